/**
 * Tells pods' owners of mistakes in annotations, by Kubernetes Events; never faster than is good for the API server, and whatever fails, nothing else is
 * disturbed.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import type { Connection } from "../pods/api_client.ts";
import { Backoff } from "../pods/backoff.ts";
import { type Clock, sleep, systemClock } from "../pods/clock.ts";
import { type Outcome, sendEvent } from "./send_event.ts";
import { printOf } from "./event_object.ts";
import type { PodProblem } from "./pod_problem.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Options of {@linkcode EventReporter}. */
export interface EventReporterOptions {
  readonly connection: Connection;
  /** Finds the mistakes that there are now. */
  readonly find: () => readonly PodProblem[];
  readonly nodeName: string;
  readonly log: Log;
  /** Default the real clock. */
  readonly clock?: Clock;
}

/** What a reporter has done since its start. */
export interface EventStats {
  /** Events by what became of them: `created`, `known` (the API server had it), `dropped` (namespace gone, or refused for good) and `failed` (tried again). */
  readonly sent: Readonly<Record<Outcome["kind"], number>>;
  /** Mistakes that nobody was told of yet, as of the last look. */
  readonly waiting: number;
}

/** Time in which what comes at once is gathered, milliseconds. */
const GATHER_MS = 1_000;
/** Time after which a mistake that is still there is told again: an API server keeps events for an hour by default. */
const REPEAT_MS = 65 * 60_000;
/** Events that may be sent at once, and the time after which there may be one more. */
const BURST = 25;
const EVERY_MS = 6_000;
/** Mistakes that are remembered as told, at the most; further ones wait until one of these is gone. */
const MAX_TOLD = 5_000;
const FULL_MS = 60_000;

/** Sends events. */
export class EventReporter {
  readonly #options: EventReporterOptions;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #bucket: TokenBucket;
  /** When each mistake was told, by its print; monotonic. */
  readonly #told = new Map<string, number>();
  readonly #sent = { created: 0, known: 0, dropped: 0, failed: 0 };
  #waiting = 0;
  #hasNews = false;
  #wake: (() => void) | undefined;

  constructor(options: EventReporterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = new Backoff(this.#clock, { baseMs: 1_000, capMs: 300_000 });
    this.#bucket = new TokenBucket({ clock: this.#clock, burst: BURST, everyMs: EVERY_MS });
  }

  /** Returns the counters as they are now. */
  stats(): EventStats {
    return { sent: { ...this.#sent }, waiting: this.#waiting };
  }

  /** Has it look, soon: something may have changed. */
  look(): void {
    this.#hasNews = true;
    this.#wake?.();
  }

  /** Runs until the signal is aborted; throws nothing. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    let nextMs = Infinity;
    while (!signal.aborted) {
      try {
        await this.#untilNews(nextMs, signal);
        await sleep(GATHER_MS, { clock: this.#clock, signal });
        this.#hasNews = false;
        nextMs = await this.#tell(signal);
        this.#options.log.forget("events");
      } catch (error) {
        if (signal.aborted) return;
        const message = `Looking for mistakes to tell of failed: ${(error as Error).message}; it is tried again`;
        this.#options.log.once("events", "error", message);
        nextMs = this.#backoff.next();
      }
    }
  }

  /** Waits for something new, at the longest for a time. It leaves nothing behind: it is called as often as pods change. */
  async #untilNews(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#hasNews) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = ms === Infinity ? () => {} : this.#clock.schedule(ms, resolve);
    const onAbort = () => resolve();
    signal.addEventListener("abort", onAbort);
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
    signal.removeEventListener("abort", onAbort);
    cancel();
  }

  /** Tells what is not told yet. @returns Milliseconds until there is something to tell again. */
  async #tell(signal: AbortSignal): Promise<number> {
    for (;;) {
      const nowMs = this.#clock.monotonicNow();
      const problems = new Map(this.#options.find().map((problem) => [printOf(problem), problem]));
      this.#forget(problems, nowMs);
      const due = [...problems].filter(([print]) => this.#dueInMs(print, nowMs) <= 0);
      this.#waiting = due.length;
      if (due.length === 0) return Math.min(...[...problems.keys()].map((print) => this.#dueInMs(print, nowMs)));
      const waitMs = await this.#send(due, signal);
      // What is wrong may have changed in the meantime, so it is looked for again.
      if (waitMs > 0) await sleep(waitMs, { clock: this.#clock, signal });
    }
  }

  /** Sends as many as may be sent now. @returns How long to wait before the next ones. */
  async #send(due: readonly (readonly [string, PodProblem])[], signal: AbortSignal): Promise<number> {
    const { connection, nodeName, log } = this.#options;
    for (const [print, problem] of due) {
      if (this.#told.size >= MAX_TOLD && !this.#told.has(print)) return FULL_MS;
      const waitMs = this.#bucket.take();
      if (waitMs > 0) return waitMs;
      const outcome = await sendEvent(problem, { connection, nodeName, log, clock: this.#clock, signal });
      this.#sent[outcome.kind]++;
      if (outcome.kind === "failed") return Math.max(outcome.waitMs, this.#backoff.next());
      this.#backoff.reset();
      this.#told.set(print, this.#clock.monotonicNow());
      this.#waiting--;
    }
    return 0;
  }

  #dueInMs(print: string, nowMs: number): number {
    const toldMs = this.#told.get(print);
    return toldMs === undefined ? 0 : toldMs + REPEAT_MS - nowMs;
  }

  /** What comes and goes is told once in that time, too. */
  #forget(problems: ReadonlyMap<string, PodProblem>, nowMs: number) {
    for (const [print, toldMs] of this.#told) {
      if (!problems.has(print) && nowMs - toldMs >= REPEAT_MS) this.#told.delete(print);
    }
  }
}
