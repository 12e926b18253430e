/**
 * Why a pass starts. A trigger carries no state: the pass reads everything again.
 *
 * @module
 */

/** Reasons kept for a log line; of a burst the first ones tell enough. */
const MAX_REASONS = 5;

/** Gathers reasons for a pass until the loop takes them. */
export class Trigger {
  #reasons = new Set<string>();
  #count = 0;
  #firstMs: number | undefined;
  #takenMs: number | undefined;
  #waiting: (() => void) | undefined;

  /** When the earliest of the reasons that were taken last came, in milliseconds of performance.now; undefined if there were none. */
  get takenMs(): number | undefined {
    return this.#takenMs;
  }

  /** Asks for a pass. */
  fire(reason: string) {
    this.#firstMs ??= performance.now();
    this.#count++;
    if (this.#reasons.size < MAX_REASONS) this.#reasons.add(reason);
    this.#waiting?.();
  }

  /**
   * Waits for a reason.
   *
   * @returns The reasons since the last call; empty when the time was up or the signal came.
   */
  async next({ timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal }): Promise<string[]> {
    if (this.#count === 0 && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      this.#waiting = resolve;
      const onAbort = () => resolve();
      signal.addEventListener("abort", onAbort);
      await promise;
      signal.removeEventListener("abort", onAbort);
      this.#waiting = undefined;
      clearTimeout(timer);
    }
    const reasons = [...this.#reasons];
    if (this.#count > reasons.length) reasons.push(`${this.#count - reasons.length} more`);
    this.#reasons = new Set();
    this.#count = 0;
    this.#takenMs = this.#firstMs;
    this.#firstMs = undefined;
    return reasons;
  }
}

/** Waits, or less long when the signal comes. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const onAbort = () => resolve();
  signal.addEventListener("abort", onAbort);
  await promise;
  signal.removeEventListener("abort", onAbort);
  clearTimeout(timer);
}
