/**
 * Reads the configuration file that the command line or the environment names.
 *
 * @module
 */
import { type ConfigFile, parseConfigFile } from "../config/config_file.ts";
import { ConfigError } from "../config/resolve.ts";
import type { AgentDescription } from "../render/agent_description.ts";

/** Agents whose settings a file may have. */
export interface FileScope {
  /** Those that are selected; undefined: not known yet. */
  readonly agents?: readonly AgentDescription[];
  readonly knownAgents?: readonly string[];
}

/**
 * Reads a file.
 *
 * @returns The file with what is wrong in it.
 * @throws {ConfigError} If it cannot be read at all.
 */
export async function readConfigFile(path: string, scope: FileScope = {}): Promise<ConfigFile> {
  return parseConfigFile(await readText(path), { path, ...scope });
}

/** Reads the text of a file. @throws {ConfigError} If it cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new ConfigError([
      `Cannot read the configuration file ${path}: ${(cause as Error).message}; correct --config or WATCHER_CONFIG`,
    ]);
  }
}
