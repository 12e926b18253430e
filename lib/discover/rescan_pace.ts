/**
 * Paces whole looks at the disk that lost events call for.
 *
 * Reading 10,000 containers takes some 0.3 s in which events are lost again when logs are written fast; without a pace
 * one whole look would call for the next for ever.
 *
 * @module
 */

const FIRST_SPACING_MS = 250;
const LONGEST_SPACING_MS = 30_000;
/** Without a call for this long the spacing starts small again. */
const QUIET_MS = 60_000;

/** Calls for whole looks: at once, then ever less often while they keep coming, and once more after the last. */
export class RescanPace implements Disposable {
  readonly #rescan: () => void;
  #spacingMs = FIRST_SPACING_MS;
  #lastMs = -Infinity;
  #isWanted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(rescan: () => void) {
    this.#rescan = rescan;
  }

  /** Asks for a whole look. */
  request(): void {
    this.#isWanted = true;
    if (this.#timer !== undefined) return;
    if (performance.now() - this.#lastMs > QUIET_MS) this.#spacingMs = FIRST_SPACING_MS;
    this.#run();
  }

  /** Stops the timer. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #run(): void {
    const wasWanted = this.#isWanted;
    this.#isWanted = false;
    this.#lastMs = performance.now();
    this.#timer = undefined;
    // A look that was asked for is confirmed by another: the folders of lost events may not have been filled yet.
    if (wasWanted) {
      this.#timer = setTimeout(() => this.#run(), this.#spacingMs);
      this.#spacingMs = Math.min(2 * this.#spacingMs, LONGEST_SPACING_MS);
    }
    this.#rescan();
  }
}
