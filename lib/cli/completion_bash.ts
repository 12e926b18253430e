/**
 * The completion script of bash.
 *
 * @module
 */
import type { CompletionCommand, CompletionModel, CompletionValue } from "./completion_model.ts";

/** Writes the script; bash 3.2 or later, no other package needed. */
export function bashCompletion({ commands, groups }: CompletionModel): string {
  const first = [...new Set([...commands.map(({ words }) => words[0]!), "help"])];
  const second = Object.keys(groups).map((group) => {
    const names = commands.filter(({ words }) => words.length === 2 && words[0] === group).map(({ words }) => words[1]);
    return `    ${group}) replies="${names.join(" ")} --help" ;;`;
  });
  return `# bash completion for kube-log-watcher; made by: kube-log-watcher completion bash
_kube_log_watcher() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command="" replies="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      -*) ;;
      *) command="\${command:+$command }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$command " in
    " ") replies="${first.join(" ")} --help --version" ;;
${commands.map(commandCase).join("\n")}
    "help ") replies="${first.join(" ")}" ;;
${second.map((line) => line.replace(/^ {4}([a-z-]+)\)/, '    "$1 ")')).join("\n")}
  esac
  [ -z "$replies" ] || COMPREPLY=($(compgen -W "$replies" -- "$word"))
}
complete -o bashdefault -F _kube_log_watcher kube-log-watcher
`;
}

/** One command: what follows its options, else its options and its argument. */
function commandCase({ words, options, argument }: CompletionCommand): string {
  const taking = options.filter(({ value }) => value.kind !== "none");
  const values = taking.map(({ flag, value }) => `        --${flag}) ${valueReply(value)} ;;`);
  const flags = options.map(({ flag }) => `--${flag}`).join(" ");
  const rest = argument.kind === "words" ? `${argument.words.join(" ")} ` : "";
  const other = argument.kind === "file" || argument.kind === "folder"
    ? `if [ "\${word:0:1}" = - ]; then replies="${flags}"; else ${valueReply(argument)}; fi`
    : `replies="${rest}${flags}"`;
  return `    "${words.join(" ")} "*)
      case $before in
${values.join("\n")}
        *) ${other} ;;
      esac ;;`;
}

function valueReply(value: CompletionValue): string {
  switch (value.kind) {
    case "words":
      return `replies="${value.words.join(" ")}"`;
    case "file":
      return `COMPREPLY=($(compgen -f -- "$word")); return`;
    case "folder":
      return `COMPREPLY=($(compgen -d -- "$word")); return`;
    default:
      return "return";
  }
}
