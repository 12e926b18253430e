/**
 * The manual page, in roff (man macros), made from the declarations that the parser and `--help` go by.
 *
 * @module
 */
import { coreSettings } from "../config/core_settings.ts";
import type { CommandDefinition } from "./command_definition.ts";

/** What the page is made from. */
export interface ManScope {
  readonly definitions: readonly CommandDefinition[];
  readonly version: string;
}

const PROGRAM = "kube-log-watcher";
/** Characters of a line of prose, before those that need an escape have it. */
const MAX_LINE = 72;

const ABOUT =
  "runs beside the log shipper on every Kubernetes node and keeps the shipper's configuration true: which log files there are, and which " +
  "attributes they get from the labels and annotations of their pods. It never touches a log line.";

const PRECEDENCE =
  "A flag wins over its environment variable, the variable over the configuration file (--config), in which a setting is called as its flag " +
  "in camelCase, the file over the default.";

const AGENTS =
  "Each agent has settings of its own, by variable and flag. The command agents list tells them; the help of a command shows those of the agents that " +
  "are named, e.g. watch --agents scalyr --help.";

/** Writes the page. */
export function manPage({ definitions, version }: ManScope): string {
  return [
    `.\\" Made by: ${PROGRAM} man`,
    `.TH KUBE-LOG-WATCHER 1 "" "${text(PROGRAM)} ${text(version)}" "User Commands"`,
    section("NAME"),
    `${text(PROGRAM)} \\- keeps the configuration of log shippers\ntrue to the containers of a Kubernetes node`,
    section("SYNOPSIS"),
    `.B ${text(PROGRAM)}\n.I command\n.RI [ option ...]`,
    section("DESCRIPTION"),
    `.B ${text(PROGRAM)}\n${prose(ABOUT)}`,
    section("COMMANDS"),
    ...definitions.map(commandText),
    section("SETTINGS"),
    prose(PRECEDENCE),
    ...coreSettings().map(([, { flag, placeholder, env, help, default: standard }]) =>
      item(`--${flag}`, {
        value: `<${placeholder}>`,
        help: `${help}. Variable: ${env}.${standard ? ` Default: ${standard}.` : ""}`,
      })
    ),
    section("SETTINGS OF AGENTS"),
    prose(AGENTS),
    section("EXIT STATUS"),
    item("0", { help: "Fine." }),
    item("1", { help: "It failed, or a check found something." }),
    item("2", { help: "It was used wrongly: the command line, a setting or the configuration file." }),
    section("EXAMPLES"),
    // A section begins a paragraph by itself.
    definitions.flatMap(({ examples }) => examples.map(exampleText)).join("\n").replace(/^\.PP\n/, ""),
    "",
  ].join("\n");
}

function commandText({ name, description, argument, takesAgentNames, options }: CommandDefinition): string {
  const words = takesAgentNames ? " [agent...]" : argument ? ` ${argument.syntax}` : "";
  return [
    `.SS ${text(`${name}${words}`)}`,
    prose(description),
    ...argument ? [".PP", prose(`${argument.syntax}: ${argument.help}.`)] : [],
    ...options.map(({ flag, help, choices, placeholder }) => {
      const value = choices ? `<${choices.join("|")}>` : placeholder ? `<${placeholder}>` : "";
      return item(`--${flag}`, { value, help: `${help}.${choices ? ` Default: ${choices[0]}.` : ""}` });
    }),
  ].join("\n");
}

function exampleText([line, comment]: readonly [string, string]): string {
  return `.PP\n${text(upper(comment))}:\n.PP\n.nf\n.RS 4\n${text(asCommand(line))}\n.RE\n.fi`;
}

/** Writes a command line of a clone as that of an installed program. */
function asCommand(line: string): string {
  return line.replaceAll(/\bdeno task (?:--quiet )?(?:start )?/g, `${PROGRAM} `);
}

function item(name: string, { value = "", help }: { readonly value?: string; readonly help: string }): string {
  return `.TP\n\\fB${text(name)}\\fR${value === "" ? "" : ` \\fI${text(value)}\\fR`}\n${prose(help)}`;
}

function section(name: string): string {
  return `.SH ${name}`;
}

function upper(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Writes prose: lines are short, as roff fills them by itself. */
function prose(words: string): string {
  const lines = [""];
  for (const word of words.split(/\s+/)) {
    const last = lines.length - 1;
    if (lines[last] === "") lines[last] = word;
    else if (lines[last]!.length + word.length < MAX_LINE) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return text(lines.join("\n"));
}

/** Writes text so that roff takes nothing in it for a request or an escape. */
function text(words: string): string {
  return words.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll(/^([.'])/gm, "\\&$1");
}
