/**
 * The completion script of fish.
 *
 * @module
 */
import type { CompletionCommand, CompletionModel, CompletionValue } from "./completion_model.ts";

const COMPLETE = "complete -c kube-log-watcher";

/** Writes the script. */
export function fishCompletion({ commands, groups }: CompletionModel): string {
  const tops: (readonly [string, string])[] = [
    ...commands.filter(({ words }) => words.length === 1).map(({ words, summary }) => [words[0]!, summary] as const),
    ...Object.entries(groups),
    ["help", "Print the help of a command"],
  ];
  const names = tops.map(([name]) => name).join(" ");
  const lines = [
    "# fish completion for kube-log-watcher; made by: kube-log-watcher completion fish",
    `${COMPLETE} -f`,
    `${COMPLETE} -n "not __fish_seen_subcommand_from ${names}" -l version -d "Print the version"`,
    ...tops.map(([name, text]) =>
      `${COMPLETE} -n "not __fish_seen_subcommand_from ${names}" -a ${name} -d ${quote(text)}`
    ),
    ...Object.keys(groups).flatMap((group) => groupLines(group, commands)),
    ...commands.flatMap(commandLines),
  ];
  return lines.join("\n") + "\n";
}

function groupLines(group: string, commands: readonly CompletionCommand[]): string[] {
  const own = commands.filter(({ words }) => words.length === 2 && words[0] === group);
  const names = own.map(({ words }) => words[1]).join(" ");
  const when = `-n "__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${names}"`;
  return own.map(({ words, summary }) => `${COMPLETE} ${when} -a ${words[1]} -d ${quote(summary)}`);
}

function commandLines({ words, options, argument }: CompletionCommand): string[] {
  const when = `-n "${words.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ")}"`;
  const flags = options.map(({ flag, help, value }) =>
    `${COMPLETE} ${when} -l ${flag} -d ${quote(help)}${valueOf(value)}`
  );
  const rest = argument.kind === "none" || argument.kind === "any" ? [] : [`${COMPLETE} ${when}${wordsOf(argument)}`];
  return [...rest, ...flags];
}

function valueOf(value: CompletionValue): string {
  return value.kind === "none" ? "" : ` -r${wordsOf(value)}`;
}

function wordsOf(value: CompletionValue): string {
  switch (value.kind) {
    case "words":
      return ` -f -a ${quote(value.words.join(" "))}`;
    case "file":
      return " -F";
    case "folder":
      return ` -f -a "(__fish_complete_directories)"`;
    default:
      return "";
  }
}

/** Writes a text in fish's single quotes, in which only these two are escaped. */
function quote(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
