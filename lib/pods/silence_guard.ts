/**
 * Ends a request that has gone silent.
 *
 * @module
 */
import type { Clock } from "./clock.ts";

/** Is the reason of the abort when the other side was silent for too long. */
export class SilenceError extends Error {
  override readonly name = "SilenceError";

  constructor(subject: string, { limitMs }: { limitMs: number }) {
    super(`${subject} was silent for ${Math.round(limitMs / 1000)} s and was given up`);
  }
}

/** Options of {@linkcode SilenceGuard}. */
export interface SilenceGuardOptions {
  /** Ends the request as well. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Longest silence in milliseconds. */
  readonly limitMs: number;
}

/**
 * Aborts its signal when it has not been touched for the limit. However many bytes touch it, it keeps one timer.
 */
export class SilenceGuard implements Disposable {
  readonly #subject: string;
  readonly #controller = new AbortController();
  readonly #options: SilenceGuardOptions;
  readonly #onAbort: () => void;
  #limitMs: number;
  #touchedAt: number;
  #cancelTimer: () => void;

  /** @param subject What goes silent, as the start of a sentence. */
  constructor(subject: string, options: SilenceGuardOptions) {
    this.#subject = subject;
    this.#options = options;
    this.#limitMs = options.limitMs;
    this.#touchedAt = options.clock.monotonicNow();
    this.#onAbort = () => this.#controller.abort(options.signal.reason);
    if (options.signal.aborted) this.#onAbort();
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#cancelTimer = options.clock.schedule(this.#limitMs, () => this.#check());
  }

  /** Is aborted by silence, or by the signal of the options. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes note that something came. */
  touch(): void {
    this.#touchedAt = this.#options.clock.monotonicNow();
  }

  /** Takes note that something came, and allows another length of silence from now on. */
  allow(limitMs: number): void {
    this.touch();
    this.#limitMs = limitMs;
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.schedule(limitMs, () => this.#check());
  }

  [Symbol.dispose](): void {
    this.#cancelTimer();
    this.#options.signal.removeEventListener("abort", this.#onAbort);
  }

  #check(): void {
    const restMs = this.#touchedAt + this.#limitMs - this.#options.clock.monotonicNow();
    if (restMs > 0) this.#cancelTimer = this.#options.clock.schedule(restMs, () => this.#check());
    else this.#controller.abort(new SilenceError(this.#subject, { limitMs: this.#limitMs }));
  }
}
