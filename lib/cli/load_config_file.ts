/**
 * Reads the configuration file that the command line or the environment names.
 *
 * @module
 */
import { resolve } from "node:path";
import { type ConfigFile, parseConfigFile } from "../config/config_file.ts";
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";
import { ConfigError } from "../config/resolve.ts";
import type { AgentDescription } from "../render/agent_description.ts";

/** Agents whose settings a file may have. */
export interface FileScope {
  /** Those that are selected; undefined: not known yet. */
  readonly agents?: readonly AgentDescription[];
  readonly knownAgents?: readonly string[];
}

/**
 * Names the configuration file, absolute; undefined where none is given.
 *
 * @param workingFolder Where a path is meant from that is not absolute.
 */
export function configPathOf(given: Given, workingFolder: string): string | undefined {
  const text = findGiven({ flags: given.flags, env: given.env }, CORE_SETTINGS.config);
  const parsed = text && CORE_SETTINGS.config.parse(text.text);
  return parsed && "value" in parsed ? resolve(workingFolder, parsed.value) : undefined;
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
