/**
 * Inputs that once broke a promise: `tests/fixtures/fuzz/<subject>/<what>.json`.
 *
 * In a fixture `{"$repeat": [text, times]}` stands for a long text, and `{"$join": [texts]}` for texts in a row.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Folder of the fixtures. */
export const FOUND_CASES: string = fileURLToPath(new URL("../fixtures/fuzz", import.meta.url));

/** An input, and what it once did. */
export interface FoundCase {
  /** Sentence that says what went wrong. */
  readonly found: string;
  readonly value: unknown;
}

/** Reads the cases of one subject by name of the file. */
export function foundCases(subject: string): ReadonlyMap<string, FoundCase> {
  const folder = `${FOUND_CASES}/${subject}`;
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".json")).sort();
    return new Map(names.map((name) => [name, read(`${folder}/${name}`)]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw error;
  }
}

function read(path: string): FoundCase {
  return JSON.parse(Deno.readTextFileSync(path), (_key, value) => {
    if (Array.isArray(value?.$repeat)) return value.$repeat[0].repeat(value.$repeat[1]);
    if (Array.isArray(value?.$join)) return value.$join.join("");
    return value;
  });
}
