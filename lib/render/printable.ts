/**
 * Makes text of an agent fit for a log line or a terminal.
 *
 * @module
 */

/** Longest text that is kept, in UTF-16 units. */
const MAX_LENGTH = 2000;

/** Cuts a text and replaces what would end a line or steer a terminal: control characters, line separators, and marks that turn the direction of writing. */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  // deno-lint-ignore no-control-regex
  const steering = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
  return cut.toWellFormed().replaceAll(steering, " ");
}

/** Shows any plain value in a message, as JSON. */
export function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? "undefined", 100);
}
