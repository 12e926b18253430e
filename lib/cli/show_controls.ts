/**
 * Makes control characters visible.
 *
 * @module
 */

/** Writes control characters, and those that turn the direction of writing, as `\x..`; newlines and tabs stay. */
export function showControls(text: string): string {
  return text.replaceAll(
    // deno-lint-ignore no-control-regex
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
