/**
 * The configuration of commands that look at a node: that of its watcher, as far as it is given.
 *
 * @module
 */
import { CORE_SETTINGS, type CoreKey } from "../config/core_settings.ts";
import type { Config } from "../config/config.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { CommandContext } from "./command_definition.ts";

/** Settings that such commands take. */
export const INSPECT_SETTINGS = Object.keys(CORE_SETTINGS) as CoreKey[];

/** Says in the help how the watcher is found. */
export const INSPECT_HELP =
  "Asks the watcher that runs with the same settings, by its socket in the state folder; in its container the settings are the same " +
  "without saying anything. Where none runs, it looks at disk and API itself and tells what a watcher would do. Secrets are never shown.";

/** Resolves it. @throws {ConfigError} If any setting is missing or wrong. */
export async function resolveInspect(context: CommandContext): Promise<Config> {
  const { agents, given, file, terminal, hasNetwork, hasServiceAccount } = context;
  const { config, warnings } = await resolveConfig({
    given,
    leftOut: new Set(agents.failed.map(({ name }) => name)),
    described: agents.described,
    knownAgentNames: agents.known,
    readTextFile: Deno.readTextFile,
    workingFolder: Deno.cwd(),
    ...(file ? { rules: file.rules } : {}),
    hasNetwork,
    hasServiceAccount,
    isNodeNameRequired: false,
    // A secret that only the watcher may read is no reason not to answer.
    samples: true,
  });
  for (const warning of warnings) await terminal.note(`warning: ${warning}`);
  return config;
}
