/**
 * What a command of the program is: its options, its help and its work. The table of all commands is in command_table.ts.
 *
 * @module
 */
import type { ConfigFile } from "../config/config_file.ts";
import type { CoreKey } from "../config/core_settings.ts";
import type { Given } from "../config/given.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import type { Commands } from "./commands.ts";
import type { PermissionNeeds } from "./permissions.ts";
import type { Terminal } from "./terminal.ts";

/** An option of one command that is no setting: it has no environment variable. */
export interface CommandOption {
  /** Flag without dashes. */
  readonly flag: string;
  readonly help: string;
  /** Words it may take, the first being the default. */
  readonly choices?: readonly [string, ...string[]];
  /** Stands for its value in the help; without it and without `choices` it is a switch. */
  readonly placeholder?: string;
}

/** What may follow a command. */
export interface CommandArgument {
  /** As help shows it: `<name>` for one that is required, `[name]` for one that may be left out, `[name...]` for any number. */
  readonly syntax: string;
  readonly help: string;
}

/** One command. */
export interface CommandDefinition extends PermissionNeeds {
  /** One word, or two: a group of commands and one of them, e.g. `agents list`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What the command does, for its own help. */
  readonly description: string;
  /** Whether names of agents follow the command; without names it takes the setting `agents`, or all known agents. */
  readonly takesAgentNames: boolean;
  /** What else follows the command; default nothing. */
  readonly argument?: CommandArgument;
  /** Settings of the program that it takes. */
  readonly settings: readonly CoreKey[];
  /** Whether it takes the settings of agents. */
  readonly takesAgentSettings: boolean;
  readonly options: readonly CommandOption[];
  /** Flags of settings that it does not take, with the reason, and what to do instead. */
  readonly notTaken?: Readonly<Record<string, string>>;
  /** Example command lines for its help, each with a comment. */
  readonly examples: readonly (readonly [commandLine: string, comment: string])[];
  /** Whether mistakes in the configuration file are its own business; default: they end the run. */
  readonly takesFaultyFile?: boolean;
  /** Whether this run would use the network; default always. */
  usesNetwork?(given: Given): boolean;
  /** Does the work. @returns The exit code. */
  execute(invocation: Invocation, context: CommandContext): Promise<number>;
}

/** A command line that was understood. */
export interface Invocation {
  readonly command: CommandDefinition;
  /** Names of agents after the command, where it takes them. */
  readonly agentNames: readonly string[];
  /** Words after the command, where it takes others. */
  readonly args: readonly string[];
  /** Settings by flag, as text. */
  readonly flags: ReadonlyMap<string, string>;
  /** Values of the command's own options by flag; `true` for a switch that is there. */
  readonly options: ReadonlyMap<string, string | true>;
}

/** Agents that this run deals with. */
export interface SelectedAgents {
  /** Names of all agents that could be selected. */
  readonly known: readonly string[];
  /** Descriptions of the selected ones. */
  readonly described: readonly AgentDescription[];
  /** Selected ones that could not be described. */
  readonly failed: readonly FailedAgent[];
}

/** An agent that could not be described. */
export interface FailedAgent {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly error: Error;
}

/** What a command works with. */
export interface CommandContext {
  /** All commands, and what their groups are about. */
  readonly definitions: readonly CommandDefinition[];
  readonly groups: Readonly<Record<string, string>>;
  readonly commands: Commands;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** The values of the configuration file are among them. */
  readonly given: Given;
  /** The configuration file, if there is one. */
  readonly file: ConfigFile | undefined;
  readonly agents: SelectedAgents;
  readonly hasNetwork: boolean;
  readonly hasServiceAccount: boolean;
}
