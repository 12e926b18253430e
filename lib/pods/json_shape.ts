/**
 * Reads values of unknown JSON into types that cannot be wrong.
 *
 * @module
 */

import { printable } from "../observe/printable.ts";

/** Longest name of a place, in UTF-16 units: keys are part of it. */
const MAX_PLACE = 500;

/** Says that JSON has not the shape it should have: names the place, what was expected and what was there. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";

  constructor(place: string, options: { expected: string; found: unknown }) {
    super(`Expected ${options.expected} at ${printable(place, MAX_PLACE)}, found ${kindOf(options.found)}`);
  }
}

/** A JSON object whose fields are not known yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * Takes a value as an object.
 * @throws {ShapeError} If it is something else.
 */
export function asRecord(value: unknown, place: string): JsonRecord {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonRecord;
  throw new ShapeError(place, { expected: "an object", found: value });
}

/** Takes a value as an object; null and a missing value (Go writes both for an empty one) are an empty object. */
export function asOptionalRecord(value: unknown, place: string): JsonRecord {
  return value === undefined || value === null ? {} : asRecord(value, place);
}

/** Takes a value as a list; null and a missing value are an empty list. */
export function asList(value: unknown, place: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new ShapeError(place, { expected: "a list", found: value });
}

/**
 * Takes a value as text that is not empty.
 * @throws {ShapeError} If it is something else.
 */
export function asText(value: unknown, place: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ShapeError(place, { expected: "a text", found: value });
}

/** Takes a value as text; null and a missing value are empty. */
export function asOptionalText(value: unknown, place: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new ShapeError(place, { expected: "a text", found: value });
}

/** Takes a value as a whole number from 0; null and a missing value are 0. */
export function asCount(value: unknown, place: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ShapeError(place, { expected: "a whole number from 0", found: value });
}

/**
 * Takes a value as a map of texts: keys sorted, frozen, without a prototype, so that no key (`constructor`, `__proto__`)
 * finds or makes anything but an entry. null and a missing value are an empty map.
 */
export function asTextMap(value: unknown, place: string): Readonly<Record<string, string>> {
  const source = asOptionalRecord(value, place);
  const map: Record<string, string> = {};
  for (const key of Object.keys(source).sort()) {
    if (key !== "__proto__") map[key] = asOptionalText(source[key], `${place}["${key}"]`);
  }
  // Its prototype goes last: an object that has none from its beginning is a hash table of its own (V8), of three times the size, while those
  // with the same keys share their shape.
  return Object.freeze(Object.setPrototypeOf(map, null));
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return value === "" ? "an empty text" : `a ${typeof value}`;
}
