/**
 * The command line from arguments to exit code.
 *
 * @module
 */
import type { ConfigFile } from "../config/config_file.ts";
import { coreSettings } from "../config/core_settings.ts";
import type { Given } from "../config/given.ts";
import { ConfigError } from "../config/resolve.ts";
import { variablesOf } from "../config/setting_names.ts";
import type { CommandDefinition, Invocation, SelectedAgents } from "./command_definition.ts";
import type { Commands } from "./commands.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { AlreadyToldError, describeFailure, EXIT } from "./failure.ts";
import { apiHostOf, hasServiceAccount } from "./in_cluster.ts";
import { isDebugWanted, type Peek, peek } from "./peek.ts";
import type { FileScope } from "./load_config_file.ts";
import { loadParser, type Parser } from "./lean_watch.ts";
import { type MissingPermission, missingPermissions } from "./permissions.ts";
import { configPathOf } from "./config_path.ts";
import { selectAgents } from "./select_agents.ts";
import { watchSignals } from "./signals.ts";
import { asStarted, STARTED_AS } from "./started_as.ts";
import { ClosedOutputError, openTerminal, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/** Options of {@linkcode run}. */
export interface RunOptions {
  /** The work behind the commands, default that of compose.ts. */
  readonly commands?: Commands;
  /** Default stdout and stderr of the process. */
  readonly terminal?: Terminal;
}

const NO_AGENTS: SelectedAgents = { known: [], described: [], failed: [] };

/**
 * Runs a command line. Never throws: whatever goes wrong becomes a message on stderr and an exit code.
 * @returns 0 fine, 1 failed, 2 used wrongly.
 */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<number> {
  const terminal = options.terminal ?? openTerminal();
  const parser = await loadParser(args);
  const peeked = peek(args, parser.definitions);
  try {
    await using resources = new AsyncDisposableStack();
    const loadCommands = commandLoader(options, resources);
    return await runPeeked(args, { parser, peeked, terminal, loadCommands });
  } catch (error) {
    const env = await readEnvironment(programVariables());
    const { exitCode, text } = describeFailure(error, { isDebug: isDebugWanted({ flags: peeked.flags, env }) });
    if (text !== "") await terminal.note(text).catch(ignoreClosed);
    return exitCode;
  }
}

/** Loads the rest of the program once, and not at all for help and mistakes that can do without. */
function commandLoader({ commands }: RunOptions, resources: AsyncDisposableStack): () => Promise<Commands> {
  let loaded = commands;
  return async () => loaded ??= resources.use((await import("./compose.ts")).composeCommands());
}

interface Scope {
  readonly parser: Parser;
  readonly peeked: Peek;
  readonly terminal: Terminal;
  readonly loadCommands: () => Promise<Commands>;
}

async function runPeeked(args: readonly string[], scope: Scope): Promise<number> {
  const { parser, peeked, terminal } = scope;
  const { command } = peeked;
  const env = await readEnvironment(programVariables());
  const missing = command ? await findMissing(command, { flags: peeked.flags, env }) : [];
  const isBarred = missing.some(({ isFatal }) => isFatal);
  if (isBarred && !peeked.isHelp) return await refuse(missing, terminal, env);
  const path = command?.settings.includes("config") && !isBarred && !peeked.isHelp
    ? configPathOf({ flags: peeked.flags, env }, Deno.cwd())
    : undefined;
  const early = path === undefined ? undefined : await readFile(path);
  const agents = await findAgents({ env, ...(early ? { file: early.settings } : {}) }, { ...scope, isBarred });
  const line = parser.parse(args, { agents, version: VERSION });
  if (line.kind === "run") return await execute(line.invocation, { ...scope, env, path, agents, missing });
  const text = asStarted(line.text, env);
  if (line.isMistake) await terminal.note(text.trimEnd());
  else await terminal.out(text);
  return line.isMistake ? EXIT.usage : EXIT.fine;
}

function programVariables(): readonly string[] {
  const own = coreSettings().map(([, { env }]) => env);
  return [...own, "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", STARTED_AS];
}

async function findMissing(command: CommandDefinition, given: Given): Promise<readonly MissingPermission[]> {
  const variables = command.settings.length === 0 ? [] : coreSettings().map(([, { env }]) => env);
  const missing = await missingPermissions(command, { variables, apiHost: apiHostOf(given) });
  const isNetworkUsed = command.usesNetwork?.(given) ?? true;
  return missing.filter(({ name }) => name !== "net" || isNetworkUsed);
}

async function refuse(
  missing: readonly MissingPermission[],
  terminal: Terminal,
  env: Environment,
): Promise<never> {
  for (const { sentence, isFatal } of missing) {
    await terminal.note(`${isFatal ? "error" : "warning"}: ${asStarted(sentence, env)}`);
  }
  throw new AlreadyToldError("Permissions are missing");
}

/** Describes the selected agents. For help their options are welcome but not needed, so there a failure is only a note. */
async function findAgents(
  given: Omit<Given, "flags">,
  scope: Scope & { readonly isBarred: boolean },
): Promise<SelectedAgents> {
  const { peeked, terminal, isBarred } = scope;
  if (!peeked.command?.takesAgentSettings) return NO_AGENTS;
  try {
    if (isBarred) throw new AlreadyToldError("Deno was started without the permissions to ask them");
    const agents = await selectAgents(await scope.loadCommands(), { peeked, ...given, workingFolder: Deno.cwd() });
    for (const { error } of agents.failed) await terminal.note(`error: ${error.message}; the other agents go on`);
    return agents;
  } catch (error) {
    if (!peeked.isHelp || !(error instanceof Error)) throw error;
    await terminal.note(`The settings of agents are not shown: ${error.message}`);
    return NO_AGENTS;
  }
}

interface ExecuteScope extends Scope {
  readonly env: Environment;
  /** Of the configuration file. */
  readonly path: string | undefined;
  readonly agents: SelectedAgents;
  readonly missing: readonly MissingPermission[];
}

async function execute(invocation: Invocation, scope: ExecuteScope): Promise<number> {
  const { terminal, agents, missing } = scope;
  for (const { sentence } of missing) await terminal.note(`warning: ${asStarted(sentence, scope.env)}`);
  const agentVariables = agents.described.flatMap(({ settings }) => Object.values(settings).flatMap(variablesOf));
  const env = { ...scope.env, ...await readEnvironment(agentVariables) };
  const { command } = invocation;
  const fileScope = { agents: agents.described, knownAgents: agents.known };
  const file = scope.path === undefined ? undefined : await readFile(scope.path, fileScope);
  if (file && file.problems.length > 0 && !command.takesFaultyFile) throw new ConfigError(file.problems);
  using signals = watchSignals();
  return await command.execute(invocation, {
    definitions: scope.parser.definitions,
    groups: scope.parser.groups,
    commands: await scope.loadCommands(),
    terminal,
    signal: signals.signal,
    given: { flags: invocation.flags, env, ...(file ? { file: file.settings } : {}) },
    file,
    agents,
    hasNetwork: missing.every(({ name }) => name !== "net"),
    hasServiceAccount: await hasServiceAccount(),
  });
}

/** Loads what reads YAML only where there is a configuration file. */
async function readFile(path: string, scope: FileScope = {}): Promise<ConfigFile> {
  const { readConfigFile } = await import("./load_config_file.ts");
  return await readConfigFile(path, scope);
}

function ignoreClosed(error: unknown): void {
  if (!(error instanceof ClosedOutputError)) throw error;
}
