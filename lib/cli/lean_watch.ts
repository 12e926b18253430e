/**
 * The command line of a DaemonSet, `watch` and nothing else, is understood without the parser of command lines and without the other
 * commands: they would take 20 MB of the memory of a process that stays for months, and a tenth of a second of its start.
 *
 * @module
 */
import type { CommandDefinition, Invocation } from "./command_definition.ts";
import type { CommandLine, ParseScope } from "./command_line.ts";
import { watchCommand } from "./watch_command.ts";

/** What a command line is parsed against, and its parser. */
export interface Parser extends Pick<ParseScope, "definitions"> {
  readonly groups: Readonly<Record<string, string>>;
  parse(args: readonly string[], scope: Pick<ParseScope, "agents" | "version">): CommandLine;
}

/** Loads what these arguments need to be understood. */
export async function loadParser(args: readonly string[]): Promise<Parser> {
  if (args.length === 1 && args[0] === watchCommand.name) {
    return { definitions: [watchCommand], groups: {}, parse: () => ({ kind: "run", invocation: bare(watchCommand) }) };
  }
  const [{ COMMAND_GROUPS: groups, COMMANDS: definitions }, { parseCommandLine }] = await Promise.all([
    import("./command_table.ts"),
    import("./command_line.ts"),
  ]);
  return { definitions, groups, parse: (args, scope) => parseCommandLine(args, { definitions, groups, ...scope }) };
}

function bare(command: CommandDefinition): Invocation {
  return { command, agentNames: [], args: [], flags: new Map(), options: new Map() };
}
