/**
 * The completion script of zsh.
 *
 * @module
 */
import type { CompletionCommand, CompletionModel, CompletionOption, CompletionValue } from "./completion_model.ts";

/** Writes the script, a function of zsh's own completion system. */
export function zshCompletion(model: CompletionModel): string {
  const { commands, groups } = model;
  const single = commands.filter(({ words }) => words.length === 1);
  const tops = [
    ...single.map(({ words, summary }) => [words[0]!, summary] as const),
    ...Object.entries(groups),
    ["help", "Print the help of a command"] as const,
  ];
  return `#compdef kube-log-watcher
# zsh completion for kube-log-watcher; made by: kube-log-watcher completion zsh
_kube-log-watcher() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C '--help[Print this help]' '--version[Print the version]' '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=(
${describe(tops, 8)}
      )
      _describe command commands ;;
    rest)
      case $words[1] in
${single.map((command) => caseOf(command, 8)).join("\n")}
${Object.keys(groups).map((group) => groupCase(group, commands)).join("\n")}
      esac ;;
  esac
}
# Sourced, or loaded by its name from a folder of fpath.
if [ "$funcstack[1]" = _kube-log-watcher ]; then _kube-log-watcher "$@"; else compdef _kube-log-watcher kube-log-watcher; fi
`;
}

function groupCase(group: string, commands: readonly CompletionCommand[]): string {
  const own = commands.filter(({ words }) => words[0] === group && words.length === 2);
  return `        ${group})
          _arguments -C '--help[Print this help]' '1: :->sub' '*:: :->subrest'
          case $state in
            sub)
              local -a commands=(
${describe(own.map(({ words, summary }) => [words[1]!, summary] as const), 16)}
              )
              _describe command commands ;;
            subrest)
              case $words[1] in
${own.map((command) => caseOf(command, 16)).join("\n")}
              esac ;;
          esac ;;`;
}

function caseOf({ words, options, argument }: CompletionCommand, indent: number): string {
  const space = " ".repeat(indent);
  const parts = [...options.map(optionSpec), ...(argument.kind === "none" ? [] : [quote(`*: :${action(argument)}`)])];
  return `${space}${words.at(-1)})\n${space}  _arguments \\\n${
    parts.map((part) => `${space}    ${part}`).join(" \\\n")
  } ;;`;
}

function optionSpec({ flag, help, value }: CompletionOption): string {
  const text = help.replaceAll(/[[\]\\:]/g, "\\$&");
  return quote(value.kind === "none" ? `--${flag}[${text}]` : `--${flag}=[${text}]: :${action(value)}`);
}

function action(value: CompletionValue): string {
  switch (value.kind) {
    case "words":
      return `(${value.words.join(" ")})`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    default:
      return " ";
  }
}

function describe(pairs: readonly (readonly [string, string])[], indent: number): string {
  return pairs.map(([name, text]) => `${" ".repeat(indent)}${quote(`${name}:${text}`)}`).join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
