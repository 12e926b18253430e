/**
 * Delays between attempts.
 *
 * @module
 */
import type { Clock } from "./clock.ts";

/** Options of {@linkcode Backoff}. */
export interface BackoffOptions {
  /** Longest first delay in milliseconds, default 500. */
  readonly baseMs?: number;
  /** Longest delay in milliseconds, default 30,000. */
  readonly capMs?: number;
}

/** Counts attempts and says how long to wait: doubling, up to a cap, and each delay shortened by chance by up to a half. */
export class Backoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #clock: Pick<Clock, "random">;
  #failures = 0;

  constructor(clock: Pick<Clock, "random">, { baseMs = 500, capMs = 30_000 }: BackoffOptions = {}) {
    this.#clock = clock;
    this.#baseMs = baseMs;
    this.#capMs = capMs;
  }

  /** Returns the delay before the next attempt, in milliseconds. */
  next(): number {
    const longestMs = Math.min(this.#capMs, this.#baseMs * 2 ** this.#failures);
    if (longestMs < this.#capMs) this.#failures++;
    return longestMs * (1 - this.#clock.random() / 2);
  }

  /** Starts over: an attempt went well. */
  reset(): void {
    this.#failures = 0;
  }
}
