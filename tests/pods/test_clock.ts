/**
 * A clock that stands still until a test moves it.
 *
 * @module
 */
import type { Clock } from "../../lib/pods/clock.ts";
import { AwaitedState } from "../api_server/awaited_state.ts";

interface Timer {
  readonly dueAt: number;
  readonly delayMs: number;
  readonly callback: () => void;
}

/** Time moves by {@linkcode TestClock.advance} only; chance is what the test sets. */
export class TestClock implements Clock {
  /** What random() gives. */
  chance = 0;
  readonly #timers = new Set<Timer>();
  readonly #state = new AwaitedState();
  #now: number;
  /** How far the wall clock is away from where time alone would have brought it, in milliseconds. */
  #jumpedMs = 0;

  constructor(now = Date.parse("2026-11-23T21:00:00Z")) {
    this.#now = now;
  }

  /** Delays of the timers that run, in milliseconds. */
  get delays(): readonly number[] {
    return [...this.#timers].map(({ delayMs }) => delayMs);
  }

  now(): number {
    return this.#now + this.#jumpedMs;
  }

  monotonicNow(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer = { dueAt: this.#now + delayMs, delayMs, callback };
    this.#timers.add(timer);
    this.#state.changed();
    return () => void this.#timers.delete(timer);
  }

  /** Waits until a timer of that delay runs. */
  scheduled(delayMs: number): Promise<void> {
    return this.#state.until(() => this.delays.includes(delayMs));
  }

  /** Sets the wall clock forward or, below 0, back; no time passes. */
  jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  /** Moves time on and fires what is due, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let timer = this.#nextDue(until); timer !== undefined; timer = this.#nextDue(until)) {
      this.#now = Math.max(this.#now, timer.dueAt);
      this.#timers.delete(timer);
      timer.callback();
    }
    this.#now = until;
  }

  #nextDue(until: number): Timer | undefined {
    return [...this.#timers].filter(({ dueAt }) => dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];
  }
}
