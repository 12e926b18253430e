/**
 * Makes text of an agent fit for a log line or a terminal.
 *
 * @module
 */
import { printable } from "../observe/printable.ts";

export { printable };

/** Shows any plain value in a message, as JSON. */
export function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? "undefined", 100);
}
