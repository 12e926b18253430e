/**
 * Reads and merges attributes: names and texts that are shipped with every line of a log.
 *
 * @module
 */
import type { Refuse } from "./rule_list.ts";

export type Attributes = Readonly<Record<string, string>>;

/** Attributes of one container, the characters of their names and values in all, and the longest name and value. */
export const MAX_ATTRIBUTES = 100;
export const MAX_ATTRIBUTE_CHARACTERS = 8192;
const MAX_NAME = 320;
const MAX_VALUE = 2048;

/** No attributes. */
export const NO_ATTRIBUTES: Attributes = Object.freeze({});

/** Tells whether a name can be that of an attribute. */
export function isAttributeName(name: string): boolean {
  // The one name that some program would take for something else.
  return name.length <= MAX_NAME && /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) && name !== "__proto__";
}

/** Tells whether a text can be the value of an attribute. */
export function isAttributeValue(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_VALUE;
}

/** Makes an attribute's name of the key of a label or annotation: what cannot be in a name becomes `_`; before a digit, `.` or `-` comes one. */
export function attributeNameOf(key: string): string {
  const name = key.replaceAll(/[^A-Za-z0-9_.-]/g, "_");
  return /^[A-Za-z_]/.test(name) && name !== "__proto__" ? name : `_${name}`;
}

/** Reads an object of attributes; numbers and booleans become text, what is wrong is left out. Undefined if it is no object. */
export function readAttributes(value: unknown, refuse: Refuse): Attributes | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return void refuse('a JSON object of texts, e.g. {"team": "shop"}');
  }
  const good = Object.entries(value).flatMap(([name, item]: [string, unknown]): [string, string][] => {
    const text = typeof item === "number" || typeof item === "boolean" ? String(item) : item;
    if (isAttributeName(name) && isAttributeValue(text)) return [[name, text]];
    refuse(
      `names of at most ${MAX_NAME} letters, digits, "_", "." and "-" that begin with a letter or "_", ` +
        `and texts of at most ${MAX_VALUE} characters; ${JSON.stringify(name.slice(0, 40))} is left out`,
    );
    return [];
  });
  return Object.fromEntries(good);
}

/**
 * Merges attributes: of those with the same name the first one holds. Sorted by name.
 *
 * @param layers Most important first.
 * @param refuse Is told once if there are more than the limits allow; those of the last layers are left out.
 */
export function mergeAttributes(layers: readonly Attributes[], refuse: Refuse): Attributes {
  const merged = new Map<string, string>();
  let characters = 0;
  let leftOut = 0;
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (merged.has(name)) continue;
      characters += name.length + value.length;
      if (merged.size >= MAX_ATTRIBUTES || characters > MAX_ATTRIBUTE_CHARACTERS) leftOut++;
      else merged.set(name, value);
    }
  }
  if (leftOut > 0) {
    refuse(`at most ${MAX_ATTRIBUTES} attributes with ${MAX_ATTRIBUTE_CHARACTERS} characters; ${leftOut} are left out`);
  }
  if (merged.size === 0) return NO_ATTRIBUTES;
  return Object.fromEntries([...merged].sort(([a], [b]) => a < b ? -1 : 1));
}
