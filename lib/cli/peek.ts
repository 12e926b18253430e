/**
 * A first, lenient look at the command line: which command, and which agents, so that the options of these agents are known when
 * the line is parsed strictly.
 *
 * @module
 */
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";
import type { CommandDefinition } from "./command_definition.ts";

/** What a lenient look found. */
export interface Peek {
  readonly command: CommandDefinition | undefined;
  readonly isHelp: boolean;
  /** Flags with a value, as far as they can be told apart. */
  readonly flags: Given["flags"];
  /** Everything that is no flag and may be a name, without the command. */
  readonly words: readonly string[];
}

/** Looks at arguments without refusing any. */
export function peek(args: readonly string[], commands: readonly CommandDefinition[]): Peek {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  const words = args.filter((arg) => !arg.startsWith("-"));
  const isHelpCommand = words[0] === "help";
  const [first, second] = isHelpCommand ? words.slice(1) : words;
  const command = commands.find(({ name }) => name === `${first} ${second}`) ??
    commands.find(({ name }) => name === first);
  const flags = peekFlags(joinBooleans(options, new Set([CORE_SETTINGS.debug.flag])));
  return {
    command,
    isHelp: isHelpCommand || options.includes("--help") || options.includes("-h"),
    flags,
    words: words.slice(command?.name.split(" ").length ?? 1),
  };
}

/** Tells whether `debug` is set, by flag or variable; a value that is no boolean counts as not set. */
export function isDebugWanted(given: Given): boolean {
  const text = findGiven(given, CORE_SETTINGS.debug);
  const parsed = text && CORE_SETTINGS.debug.parse(text.text);
  return parsed !== undefined && "value" in parsed && parsed.value;
}

function peekFlags(args: readonly string[]): Given["flags"] {
  const flags = new Map<string, string>();
  for (const [index, arg] of args.entries()) {
    const [, flag, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (flag === undefined) continue;
    const next = args[index + 1];
    const given = value ?? (next === undefined || next.startsWith("-") ? "" : next);
    const isList = flag === "agents" && flags.has(flag);
    flags.set(flag, isList ? `${flags.get(flag)},${given}` : given);
  }
  return flags;
}

/**
 * Writes the values of booleans in one argument with their flag: `--debug` becomes `--debug=true`, and `--debug no` becomes `--debug=no`, so that a
 * boolean never swallows the word that follows it.
 * @param booleanFlags Flags without dashes.
 */
export function joinBooleans(args: readonly string[], booleanFlags: ReadonlySet<string>): readonly string[] {
  const joined: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === "--") return [...joined, ...args.slice(index)];
    const isBareBoolean = arg.startsWith("--") && booleanFlags.has(arg.slice(2));
    const next = args[index + 1] ?? "";
    const isValueNext = /^(true|false|1|0|yes|no|on|off)$/i.test(next);
    joined.push(!isBareBoolean ? arg : `${arg}=${isValueNext ? next : "true"}`);
    if (isBareBoolean && isValueNext) index++;
  }
  return joined;
}
