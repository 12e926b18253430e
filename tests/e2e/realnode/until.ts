/**
 * Waits for a condition of the world outside this process.
 *
 * @module
 */

/** Options of {@linkcode until}. */
export interface UntilOptions {
  /** Default 60,000. */
  readonly timeoutMs?: number;
  /** Default 100. */
  readonly everyMs?: number;
}

/**
 * Asks again and again until nothing is missing.
 * @param what Follows "Timeout while waiting for".
 * @param missing Gives what is still missing; nothing, an empty list or an empty text when the wait is over.
 * @throws {Error} If something is still missing at the end of the time.
 */
export async function until(
  what: string,
  missing: () => unknown | Promise<unknown>,
  { timeoutMs = 60_000, everyMs = 100 }: UntilOptions = {},
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (true) {
    const still = await missing();
    if (!still || (Array.isArray(still) && still.length === 0)) return;
    if (performance.now() > end) {
      const text = Array.isArray(still) ? still.slice(0, 8).join("\n  ") : String(still);
      throw new Error(`Timeout of ${timeoutMs / 1000} s while waiting for ${what}:\n  ${text}`);
    }
    await pause(everyMs);
  }
}

/** Lets time pass. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
