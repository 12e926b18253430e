/**
 * How the supervisor of an agent's child process says what became of the process.
 *
 * @module
 */

/** Exit code: the process used more memory than it may. */
export const MEMORY_EXCEEDED = 86;

/** Exit code: the host is no more, there is no one to answer to. */
export const HOST_GONE = 87;

/** Makes the line, for standard error, that the thread of the agent does not get beyond one of the targets that it was asked for. */
export function hangsAt(index: number): string {
  return `\x01 hangs at ${index}\n`;
}

/** Finds such lines. */
// deno-lint-ignore no-control-regex
export const HANGS_AT = /\x01 hangs at (\d{1,9})\n/g;
