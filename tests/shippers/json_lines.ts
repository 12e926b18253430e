/**
 * Reads what a shipper delivered into a file, one JSON object per line.
 *
 * @module
 */

/** One delivered event. */
export type DeliveredEvent = Readonly<Record<string, unknown>>;

/** Gives the events delivered so far; what comes after the last newline is not whole yet. A file that is not there has none. */
export function readJsonLines(path: string): readonly DeliveredEvent[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(0, -1).filter((line) => line !== "").map((line) =>
      JSON.parse(line)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
