/**
 * What is to happen later.
 *
 * @module
 */

/** Something that happens. */
export type Action = () => void | Promise<void>;

/** Keeps actions until they are due. */
export class Schedule {
  #entries: { readonly atMs: number; readonly action: Action }[] = [];

  /** Number of actions that wait. */
  get size(): number {
    return this.#entries.length;
  }

  /** Adds an action. */
  after(delayMs: number, action: Action): void {
    this.#entries.push({ atMs: performance.now() + delayMs, action });
  }

  /** Does what is due, in the order of its times. */
  async runDue(): Promise<void> {
    const nowMs = performance.now();
    const due = this.#entries.filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
    this.#entries = this.#entries.filter(({ atMs }) => atMs > nowMs);
    for (const { action } of due) await action();
  }
}
