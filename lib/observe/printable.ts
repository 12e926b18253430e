/**
 * Makes text of others fit for a log line or a terminal.
 *
 * @module
 */

/** Longest text that is kept, in UTF-16 units. */
const MAX_LENGTH = 2000;

/** What would end a line or steer a terminal: control characters, line separators, and marks that turn the direction of writing. */
// deno-lint-ignore no-control-regex
const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** Cuts a text and replaces what would end a line or steer a terminal. */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
  return cut.toWellFormed().replaceAll(STEERING, " ");
}

/** Writes any value as JSON of one line that steers nothing: the same value for a parser. What has no JSON is described in words. */
export function printableJson(value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value, withJson);
  } catch {
    // A loop, or a getter or toJSON that throws.
  }
  return (json ?? JSON.stringify(`no JSON: ${typeof value}`)).replaceAll(
    STEERING,
    (found) => Array.from(found, (one) => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0")).join(""),
  );
}

function withJson(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Error ? value.message : value;
}
