/**
 * The strict parser of the command line, and its help.
 *
 * @module
 */
import { Command, CommanderError, Option } from "commander";
import { coreSettings } from "../config/core_settings.ts";
import { ownersOf } from "../config/setting_names.ts";
import { didYouMean, suggest } from "../config/suggest.ts";
import type { CommandDefinition, CommandOption, Invocation, SelectedAgents } from "./command_definition.ts";
import { UsageError } from "./failure.ts";
import { type SettingOption, settingOptions, UNBROKEN_SPACE } from "./option_texts.ts";
import { joinBooleans } from "./peek.ts";

/** Name of the program in its help. */
const PROGRAM = "kube-log-watcher";
const HELP_WIDTH = 120;

/** A command line: to be run, or text to be printed. */
export type CommandLine =
  | { readonly kind: "run"; readonly invocation: Invocation }
  /** `isMistake`: there was no command, so the text goes to stderr. */
  | { readonly kind: "print"; readonly text: string; readonly isMistake: boolean };

/** What a command line is parsed against. */
export interface ParseScope {
  readonly definitions: readonly CommandDefinition[];
  /** What the groups of commands are about, by their name; default none. */
  readonly groups?: Readonly<Record<string, string>>;
  readonly agents: SelectedAgents;
  readonly version: string;
}

/**
 * Parses a command line.
 * @throws {UsageError} If there is an unknown command, option or a missing value; with a suggestion where one is near.
 */
export function parseCommandLine(given: readonly string[], scope: ParseScope): CommandLine {
  const args = withHelpOption(given);
  refuseUnknownCommand(args, scope);
  const printed: string[] = [];
  const parsed: Invocation[] = [];
  const program = buildProgram(scope, {
    print: (text) => printed.push(text),
    accept: (invocation) => parsed.push(invocation),
  });
  const booleans = scope.definitions.flatMap((definition) => settingOptions(definition, scope.agents.described))
    .filter(({ isBoolean }) => isBoolean).map(({ flag }) => flag);
  try {
    program.parse(joinBooleans(args, new Set(booleans)), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== "commander.help") throw describeMistake(error, { args, scope, program });
    return { kind: "print", text: printed.join("").replaceAll(UNBROKEN_SPACE, " "), isMistake: error.exitCode !== 0 };
  }
  const invocation = parsed[0];
  if (!invocation) throw new UsageError(`No command is given; see ${PROGRAM} --help`);
  return { kind: "run", invocation };
}

/** Writes `help agents check` as `agents check --help`. */
function withHelpOption(args: readonly string[]): readonly string[] {
  return args[0] === "help" ? [...args.slice(1).filter((arg) => arg !== "--help" && arg !== "-h"), "--help"] : args;
}

/** @throws {UsageError} If the first words are no command; where help is asked for, Commander would print that of all. */
function refuseUnknownCommand([first = "-", second = "-"]: readonly string[], { definitions }: ParseScope): void {
  if (first.startsWith("-")) return;
  const names = [...new Set(definitions.map(({ name }) => name.split(" ")[0]!))];
  if (!names.includes(first)) throw unknownCommand(first, { word: first, names });
  const inner = definitions.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name.split(" ")[1]!);
  if (inner.length === 0 || second.startsWith("-") || inner.includes(second)) return;
  throw unknownCommand(`${first} ${second}`, { word: second, names: inner });
}

function unknownCommand(
  full: string,
  { word, names }: { readonly word: string; readonly names: readonly string[] },
): UsageError {
  return new UsageError(`Command ${full} is not known${didYouMean(word, names)} (commands: ${names.join(", ")})`);
}

interface Sinks {
  print(text: string): void;
  accept(invocation: Invocation): void;
}

function buildProgram({ definitions, groups = {}, agents, version }: ParseScope, sinks: Sinks): Command {
  const program = new Command(PROGRAM)
    .description("Keeps the configuration of log shippers true to the containers of a Kubernetes node.")
    .version(version, "--version", "Print the version")
    .helpOption("-h, --help", "Print this help")
    .helpCommand("help [command]", "Print the help of a command")
    .addHelpText("after", "\nEach command has a help of its own, e.g.: deno task start watch --help")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => sinks.print(text),
      writeErr: (text) => sinks.print(text),
      // Errors are written in one place, and not with the value of an unknown option, which may be a secret.
      outputError: () => {},
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      // Commander would read the environment to find out.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const parents = new Map<string, Command>();
  for (const definition of definitions) {
    const [group] = definition.name.split(" ");
    const isGrouped = group !== definition.name;
    let parent = isGrouped ? parents.get(group!) : program;
    if (!parent) parents.set(group!, parent = addGroup(program, { name: group!, summary: groups[group!] ?? "" }));
    addCommand(parent, { definition, agents, accept: sinks.accept });
  }
  return program;
}

function addGroup(program: Command, { name, summary }: { readonly name: string; readonly summary: string }): Command {
  return program.command(name).summary(summary).description(summary).helpCommand(false)
    .addHelpText("after", `\nEach command has a help of its own: ${PROGRAM} ${name} <command> --help`);
}

interface CommandParts {
  readonly definition: CommandDefinition;
  readonly agents: SelectedAgents;
  accept(invocation: Invocation): void;
}

function addCommand(program: Command, { definition, agents, accept }: CommandParts): void {
  const flags = new Map<string, string>();
  const options = new Map<string, string | true>();
  const command = program.command(definition.name.split(" ").at(-1)!).summary(definition.summary).description(
    definition.description,
  )
    .addHelpText("after", agentsText(definition, agents) + examplesText(definition));
  if (definition.takesAgentNames) {
    command.argument("[agent...]", "Names of agents, default: --agents, or all known agents");
  }
  if (definition.argument) command.argument(definition.argument.syntax, definition.argument.help);
  for (const option of definition.options) command.addOption(ownOption(option));
  for (const option of settingOptions(definition, agents.described)) command.addOption(settingOption(option, flags));
  command.action(() => {
    for (const { flag } of definition.options) {
      const value: unknown = command.getOptionValue(camelCase(flag));
      if (value === true || typeof value === "string") options.set(flag, value);
    }
    const words = [...new Set(command.args)];
    const { takesAgentNames } = definition;
    accept({
      command: definition,
      agentNames: takesAgentNames ? words : [],
      args: takesAgentNames ? [] : command.args,
      flags,
      options,
    });
  });
}

/** Writes a flag as Commander names its value. */
function camelCase(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function ownOption({ flag, help, choices, placeholder }: CommandOption): Option {
  if (placeholder !== undefined) return new Option(`--${flag} <${placeholder}>`, help);
  if (!choices) return new Option(`--${flag}`, help);
  return new Option(`--${flag} <${choices.join("|")}>`, `${help} (default: ${choices[0]})`).choices(choices);
}

function settingOption(option: SettingOption, flags: Map<string, string>): Option {
  const { flag, placeholder, separator } = option;
  const value = option.isBoolean ? `[${placeholder}]` : `<${placeholder}>`;
  const collect = (text: string) => {
    const earlier = separator === undefined ? undefined : flags.get(flag);
    flags.set(flag, earlier === undefined ? text : `${earlier}${separator}${text}`);
    return text;
  };
  return new Option(`--${flag} ${value}`, option.help).argParser(collect).helpGroup(option.group).hideHelp(
    option.isHidden,
  );
}

/** Names the agents where none is selected, whose settings would stand here. */
function agentsText({ name, takesAgentNames, takesAgentSettings }: CommandDefinition, agents: SelectedAgents): string {
  const [first] = agents.known;
  if (!takesAgentSettings || agents.described.length > 0 || first === undefined) return "";
  const example = takesAgentNames ? `${name} ${first} --help` : `${name} --agents ${first} --help`;
  return `\nSettings of agents are shown for those that are named, e.g.: deno task start ${example}\n` +
    `  ${agents.known.toSorted().join(", ")}\n`;
}

function examplesText({ examples }: CommandDefinition): string {
  return ["", "Examples:", ...examples.map(([line, comment]) => `  # ${comment}\n  ${line}`)].join("\n");
}

interface MistakeScope {
  readonly args: readonly string[];
  readonly scope: ParseScope;
  readonly program: Command;
}

function describeMistake(error: CommanderError, { args, scope, program }: MistakeScope): UsageError {
  const group = program.commands.find((one) => args.includes(one.name()));
  const command = group?.commands.find((one) => args.includes(one.name())) ?? group;
  const isGroup = command !== undefined && command.commands.length > 0;
  const path = [PROGRAM, ...(command === group ? [group?.name()] : [group?.name(), command?.name()]), "--help"];
  const help = `see ${path.filter(Boolean).join(" ")}`;
  const word = /^error: unknown (?:option|command) '([^=]*?)(?:=.*)?'(?:\n.*)?$/s.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.unknownCommand") {
    const names = (isGroup ? command : program).commands.map((one) => one.name());
    const full = isGroup ? `${command.name()} ${word}` : word;
    return unknownCommand(full, { word, names });
  }
  if (error.code === "commander.excessArguments" && command) {
    const takes = command.registeredArguments.length > 0 ? "one argument" : "no arguments, only options";
    return new UsageError(`Command ${command.name()} takes ${takes} (${help})`);
  }
  if (error.code !== "commander.unknownOption") {
    return new UsageError(`${error.message.replace(/^error: /, "")}; ${help}`);
  }
  return new UsageError(`Option ${word} is not known${explainOption(word, { args, scope, command })} (${help})`);
}

interface OptionScope {
  readonly args: readonly string[];
  readonly scope: ParseScope;
  readonly command: Command | undefined;
}

function explainOption(option: string, { args, scope, command }: OptionScope): string {
  const flag = option.replace(/^-+/, "");
  const isSetting = coreSettings().some(([, setting]) => setting.flag === flag);
  const place = args.findIndex((arg) => arg === option || arg.startsWith(`${option}=`));
  if (isSetting && (!command || place < args.indexOf(command.name()))) {
    return ` before the command; give it after, e.g. ${PROGRAM} ${command?.name() ?? "watch"} ${option}`;
  }
  const definition = scope.definitions.find(({ name }) => name === command?.name());
  const why = definition?.notTaken && Object.hasOwn(definition.notTaken, flag) ? definition.notTaken[flag] : undefined;
  if (why !== undefined) return `: ${why}`;
  const env = `WATCHER_${flag.toUpperCase().replaceAll("-", "_")}`;
  const selected = new Set(scope.agents.described.map(({ name }) => name));
  const owner = ownersOf(env, scope.agents.known).find((name) => !selected.has(name));
  if (owner !== undefined) return `: it belongs to agent ${owner}, which is not selected`;
  const near = suggestOption(flag, command);
  return near === undefined ? "" : `; did you mean --${near}?`;
}

/** Finds the option that was meant; a secret's own flag is hidden and refused, so that of its file is named instead. */
function suggestOption(flag: string, command: Command | undefined): string | undefined {
  const options = (command?.options ?? []).map(({ long, hidden }) => ({
    flag: long?.slice(2) ?? "",
    isHidden: hidden,
  }));
  const near = suggest(flag, [...options.map((option) => option.flag), "help"]);
  return options.some((option) => option.isHidden && option.flag === near) ? `${near}-file` : near;
}
