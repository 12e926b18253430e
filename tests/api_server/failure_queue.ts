/**
 * Refusals that the test server gives on demand.
 *
 * @module
 */

/** What a client asked for. */
export type Verb = "list" | "watch" | "event" | "other";

/** A refusal of coming requests. */
export interface Failure {
  readonly status: number;
  /** Number of requests that get it, default 1; Infinity for all to come. */
  readonly times?: number;
  /** Only requests of this verb. */
  readonly verb?: Verb;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default a Status as a real server sends it. */
  readonly body?: string;
}

/** Gives out refusals in the order in which they were added. */
export class FailureQueue {
  #entries: { failure: Failure; left: number }[] = [];

  /** Adds a refusal. */
  add(failure: Failure): void {
    this.#entries.push({ failure, left: failure.times ?? 1 });
  }

  /** Whether a refusal waits for its request. */
  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Drops all. */
  clear(): void {
    this.#entries = [];
  }

  /** Takes the refusal that a request gets, if it gets one. */
  take(verb: Verb): Failure | undefined {
    const entry = this.#entries.find(({ failure }) => failure.verb === undefined || failure.verb === verb);
    if (entry === undefined) return undefined;
    if (--entry.left <= 0) this.#entries = this.#entries.filter((other) => other !== entry);
    return entry.failure;
  }
}
