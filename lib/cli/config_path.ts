/**
 * Tells which configuration file is meant, without what reads it: most nodes have none.
 *
 * @module
 */
import { resolve } from "node:path";
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";

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
