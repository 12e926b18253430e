/**
 * Plain objects, as JSON gives them.
 *
 * @module
 */

/** An object whose values are not known yet. */
export type Plain = Readonly<Record<string, unknown>>;

/** Tells whether a value is an object and no list. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Finds a key that is not among the known ones. */
export function unknownKey(value: Plain, known: readonly string[]): string | undefined {
  return Object.keys(value).find((key) => !known.includes(key))?.slice(0, 100);
}
