/**
 * Lets tests wait for a state instead of for a time.
 *
 * @module
 */

/** Knows who waits for a condition, and looks again at every change. */
export class AwaitedState {
  readonly #waiting = new Set<() => void>();

  /** Resolves as soon as the condition holds. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }

  /** Says that something changed. */
  changed(): void {
    for (const check of [...this.#waiting]) check();
  }
}
