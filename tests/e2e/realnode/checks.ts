/**
 * The named checks of a run: each is a sentence that holds or does not.
 *
 * @module
 */

/** Counts and prints checks. */
export class Checks {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  get hasFailed(): boolean {
    return this.#failed > 0;
  }

  /** Checks that nothing is wrong. @param wrong What is wrong, one line each. */
  none(sentence: string, wrong: readonly string[]): void {
    if (wrong.length === 0) this.#passed++;
    else this.#failed++;
    console.log(`${wrong.length === 0 ? "ok    " : "FAILED"} ${sentence}`);
    for (const line of wrong.slice(0, 20)) console.log(`         ${line}`);
    if (wrong.length > 20) console.log(`         ... and ${wrong.length - 20} more`);
  }

  /** Checks that two values are the same when written as JSON. */
  same(sentence: string, actual: unknown, expected: unknown): void {
    const [is, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
    this.none(sentence, is === wanted ? [] : [`is       ${is}`, `expected ${wanted}`]);
  }

  /** Checks that an action does not throw. @returns Whether it did not. */
  async works(sentence: string, action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      this.none(sentence, []);
      return true;
    } catch (error) {
      this.none(sentence, String((error as Error).message ?? error).split("\n"));
      return false;
    }
  }

  /** Counts a run that could not begin. */
  skip(reason: string): void {
    this.#skipped++;
    console.log(`left out: ${reason}`);
  }

  /** Gives the last line of a run. */
  totals(): string {
    return `${this.#passed} passed, ${this.#failed} failed${this.#skipped > 0 ? `, ${this.#skipped} skipped` : ""}`;
  }
}
