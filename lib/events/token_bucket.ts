/**
 * Bounds how often something is done.
 *
 * @module
 */
import type { Clock } from "../pods/clock.ts";

/** Options of {@linkcode TokenBucket}. */
export interface TokenBucketOptions {
  readonly clock: Pick<Clock, "monotonicNow">;
  /** How often it may be done at once after a rest. */
  readonly burst: number;
  /** Time after which it may be done once more, milliseconds. */
  readonly everyMs: number;
}

/** Gives out tokens; a used one comes back after a while. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #tokens: number;
  #atMs: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#atMs = options.clock.monotonicNow();
  }

  /** Takes a token if there is one; else tells how long there will be none, in milliseconds. */
  take(): number {
    const { clock, burst, everyMs } = this.#options;
    const nowMs = clock.monotonicNow();
    this.#tokens = Math.min(burst, this.#tokens + (nowMs - this.#atMs) / everyMs);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return Math.ceil((1 - this.#tokens) * everyMs);
    this.#tokens--;
    return 0;
  }
}
