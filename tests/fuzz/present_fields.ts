/**
 * What becomes of fields on their way into a file.
 *
 * @module
 */
import { lossy } from "./lossy.ts";

/** Gives an entry that is a map's own; empty where it has none. */
export function own(map: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(map, key) ? map[key]! : "";
}

/** Gives the fields that are not empty, as they come back. */
export function present(fields: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(fields).filter(([, text]) => text !== "");
  return Object.fromEntries(entries.map(([name, text]) => [name, lossy(text)]));
}
