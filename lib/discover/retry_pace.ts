/**
 * Paces the attempts to watch again.
 *
 * @module
 */

/** After a watch broke for the first time, milliseconds. */
const FIRST_MS = 250;

/**
 * Tells how long to poll before the next attempt. A watch that stood and broke, as by an event with a name that is not UTF-8, can be had again at
 * once; should it break again and again, the waits double up to the longest one. A watch that is refused needs somebody to raise a limit.
 */
export class RetryPace {
  readonly #longestMs: number;
  readonly #now: () => number;
  #nextMs = FIRST_MS;
  #lastMs = -Infinity;

  /** @param now Monotonic clock in milliseconds, default performance.now. */
  constructor(longestMs: number, now: () => number = () => performance.now()) {
    this.#longestMs = longestMs;
    this.#now = now;
  }

  /** Wait after a watch could not be had, in milliseconds. */
  afterRefusal(): number {
    return this.#longestMs;
  }

  /** Wait after a watch broke that stood, in milliseconds. */
  afterBreak(): number {
    const nowMs = this.#now();
    // After a long time without trouble it starts over.
    if (nowMs - this.#lastMs > 2 * this.#longestMs) this.#nextMs = FIRST_MS;
    this.#lastMs = nowMs;
    const waitMs = Math.min(this.#nextMs, this.#longestMs);
    this.#nextMs = Math.min(2 * waitMs, this.#longestMs);
    return waitMs;
  }
}
