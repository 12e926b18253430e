/**
 * What a shell has to know to complete a command line, whichever shell it is.
 *
 * @module
 */
import type { AgentDescription } from "../render/agent_description.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { settingOptions, UNBROKEN_SPACE } from "./option_texts.ts";

/** What may stand as a value. */
export type CompletionValue =
  /** Nothing: a switch. */
  | { readonly kind: "none" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" }
  | { readonly kind: "folder" }
  /** Something that no shell can know. */
  | { readonly kind: "any" };

/** An option. */
export interface CompletionOption {
  /** Flag without dashes. */
  readonly flag: string;
  /** One line. */
  readonly help: string;
  readonly value: CompletionValue;
}

/** A command. */
export interface CompletionCommand {
  /** One word or two. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletionOption[];
  /** What may follow it. */
  readonly argument: CompletionValue;
}

/** Everything. */
export interface CompletionModel {
  readonly commands: readonly CompletionCommand[];
  /** Summary by name of a group of commands. */
  readonly groups: Readonly<Record<string, string>>;
}

/** Options of {@linkcode completionModel}. */
export interface CompletionScope {
  readonly definitions: readonly CommandDefinition[];
  readonly groups: Readonly<Record<string, string>>;
  /** All known agents. */
  readonly agents: readonly AgentDescription[];
}

const NONE: CompletionValue = { kind: "none" };
const ANY: CompletionValue = { kind: "any" };
const BOOLEAN: CompletionValue = { kind: "words", words: ["true", "false"] };
const HELP: CompletionOption = { flag: "help", help: "Print this help", value: NONE };

/** Makes the model from the declarations that the parser goes by. */
export function completionModel({ definitions, groups, agents }: CompletionScope): CompletionModel {
  const names: CompletionValue = { kind: "words", words: agents.map(({ name }) => name).sort() };
  return { groups, commands: definitions.map((definition) => commandOf(definition, { agents, names })) };
}

function commandOf(
  definition: CommandDefinition,
  { agents, names }: { readonly agents: readonly AgentDescription[]; readonly names: CompletionValue },
): CompletionCommand {
  const own = definition.options.map(({ flag, help, choices, placeholder }) => ({
    flag,
    help,
    value: choices ? { kind: "words" as const, words: choices } : placeholder ? valueOf(placeholder) : NONE,
  }));
  const settings = settingOptions(definition, agents).filter(({ isHidden }) => !isHidden).map((option) => ({
    flag: option.flag,
    help: option.help.replaceAll(UNBROKEN_SPACE, " "),
    value: option.flag === "agents" ? names : option.isBoolean ? BOOLEAN : valueOf(option.placeholder),
  }));
  return {
    words: definition.name.split(" "),
    summary: definition.summary,
    options: [...own, ...settings, HELP],
    argument: definition.takesAgentNames ? names : argumentOf(definition),
  };
}

function argumentOf({ argument }: CommandDefinition): CompletionValue {
  if (!argument) return NONE;
  if (/^[a-z]+(, [a-z]+)* or [a-z]+$/.test(argument.help)) {
    return { kind: "words", words: argument.help.split(/, | or /) };
  }
  return valueOf(argument.syntax.replaceAll(/[<>[\].]/g, ""));
}

function valueOf(placeholder: string): CompletionValue {
  if (/^(file|path)s?$/.test(placeholder)) return { kind: "file" };
  if (/^folders?$/.test(placeholder)) return { kind: "folder" };
  if (/^[a-z]+(\|[a-z]+)+$/.test(placeholder)) return { kind: "words", words: placeholder.split("|") };
  return ANY;
}
