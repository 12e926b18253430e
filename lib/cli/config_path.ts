/**
 * Tells which configuration file is meant, without what reads it: most nodes have none.
 *
 * @module
 */
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";

/** Names the configuration file; undefined where none is given. */
export function configPathOf(given: Given): string | undefined {
  const text = findGiven({ flags: given.flags, env: given.env }, CORE_SETTINGS.config);
  const parsed = text && CORE_SETTINGS.config.parse(text.text);
  return parsed && "value" in parsed ? parsed.value : undefined;
}
