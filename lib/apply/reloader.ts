/**
 * Keeps one shipper's configuration in force that of the disk: level-triggered, one reload at a time, repeated until the newest output is the one in force.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import { Confirmation } from "./confirmation.ts";
import { Deadline, delay, untilCalled } from "./delay.ts";
import { reloadByHttp } from "./http_reload.ts";
import { ReloadError } from "./reload_error.ts";
import type { ReloadMark } from "./reload_mark.ts";
import type { ReloadTarget } from "./reload_target.ts";
import { reloadBySignal } from "./signal_reload.ts";

/** Options of {@linkcode Reloader}. */
export interface ReloaderOptions {
  readonly agent: string;
  /** Gives where a reload goes now; undefined where there is nothing to reload. */
  readonly target: () => ReloadTarget | undefined;
  /** What was in force before the watcher was started. */
  readonly mark: Pick<ReloadMark, "read" | "save">;
  readonly log: Log;
  /** Longest first wait before an attempt is repeated, milliseconds, default 1000; each next one is twice as long. */
  readonly firstRetryMs?: number;
  /** Longest wait, milliseconds, default 60,000. */
  readonly lastRetryMs?: number;
  /** Gives a number from 0 to 1 by which waits are shortened, by a half at the most; default Math.random. */
  readonly random?: () => number;
}

/** An output that is on disk. */
export interface WrittenOutput {
  /** Number of the wish that it meets. */
  readonly generation: number;
  /** Whether anything on disk was changed for it. */
  readonly hasChanged: boolean;
  /** Whether all of it is on disk. */
  readonly isWhole: boolean;
  /** Gives its fingerprint. */
  readonly print: () => string;
}

/** Reloads since the start, by their result. */
export type ReloadStats = Readonly<Record<"done" | "failed", number>>;

/** Reloads one shipper. */
export class Reloader {
  readonly #options: Required<ReloaderOptions>;
  readonly #confirmation = new Confirmation();
  /** Of the newest output. */
  #written: WrittenOutput | undefined;
  /** Number of changes on disk that were seen, and of those that are in force. */
  #changes = 0;
  #inForce = 0;
  #confirmed = 0;
  readonly #counts = { done: 0, failed: 0 };
  #retryMs: number;
  #failedInARow = 0;
  readonly #waiting = new Set<() => void>();

  constructor(options: ReloaderOptions) {
    this.#options = { firstRetryMs: 1_000, lastRetryMs: 60_000, random: Math.random, ...options };
    this.#retryMs = this.#options.firstRetryMs;
  }

  /** Number of the newest wish whose output is in force. */
  get confirmed(): number {
    return this.#confirmed;
  }

  /** Whether something on disk is not in force. */
  get isPending(): boolean {
    return this.#changes !== this.#inForce;
  }

  /** What was done since the start. */
  stats(): ReloadStats {
    return { ...this.#counts };
  }

  /** Takes note of an output on disk. The first one after a start counts as changed, unless it is known to be in force. */
  noteWritten(output: WrittenOutput) {
    const isFirst = this.#written === undefined;
    this.#written = output;
    const target = this.#options.target();
    if (output.hasChanged || (isFirst && !this.#isKnown(output, target))) this.#changes++;
    if (!target) this.#inForce = this.#changes;
    if (this.isPending) this.#notify();
    else this.#confirmed = output.generation;
  }

  /**
   * Waits until nothing is pending any more, or that often an attempt failed, one after the other, or the signal comes.
   *
   * @returns Whether nothing is pending.
   */
  async settled(signal: AbortSignal, { mostFailures = Infinity }: { mostFailures?: number } = {}): Promise<boolean> {
    while (this.isPending && this.#failedInARow < mostFailures && !signal.aborted) await this.#news(signal);
    return !this.isPending;
  }

  /** Runs until the signal comes; no failure ends it. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!this.isPending) await this.#news(signal);
      else if (!await this.#attempt(signal)) await this.#pause(signal);
    }
  }

  #isKnown(output: WrittenOutput, target: ReloadTarget | undefined): boolean {
    return !target || (output.isWhole && this.#options.mark.read() === printOf(output, target));
  }

  /** Tries once; gives whether the newest output at its start is in force now. */
  async #attempt(signal: AbortSignal): Promise<boolean> {
    const { agent, log, target: targetNow } = this.#options;
    const changes = this.#changes;
    const output = this.#written!;
    const target = targetNow();
    try {
      if (target) await this.#reload(target, signal);
      this.#counts.done += Number(target !== undefined);
    } catch (error) {
      if (signal.aborted) return false;
      this.#counts.failed++;
      this.#failedInARow++;
      const message = `${agent}: the shipper is not reloaded: ${
        (error as Error).message
      }; it is tried again until it is`;
      log.once(`reload ${agent}`, "error", message, { agent });
      this.#notify();
      return false;
    }
    this.#retryMs = this.#options.firstRetryMs;
    this.#failedInARow = 0;
    log.forget(`reload ${agent}`);
    if (target) log.info(`${agent}: the shipper was reloaded`, { agent });
    this.#inForce = changes;
    // What was looked at meanwhile, without a change, is in force as well.
    this.#confirmed = this.isPending ? output.generation : this.#written!.generation;
    if (!this.isPending && target) this.#save(target);
    this.#notify();
    return true;
  }

  async #reload(target: ReloadTarget, stop: AbortSignal) {
    const { confirm, timeoutMs, refusal } = target;
    if (refusal) throw new ReloadError(refusal);
    using deadline = new Deadline(timeoutMs, stop);
    const { signal } = deadline;
    if (confirm && await this.#confirmation.begin(confirm, { version: this.#changes, signal })) return;
    if (target.kind === "http") await reloadByHttp(target, signal);
    else await reloadBySignal(target, signal);
    if (confirm) await this.#confirmation.wait(confirm, signal);
  }

  #save(target: ReloadTarget) {
    const { agent, log, mark } = this.#options;
    if (!this.#written!.isWhole) return;
    try {
      mark.save(printOf(this.#written!, target));
      log.forget(`mark ${agent}`);
    } catch (error) {
      const message = `${agent}: cannot keep in mind that the shipper was reloaded: ${(error as Error).message}; ` +
        "after a restart of the watcher it will be again";
      log.once(`mark ${agent}`, "warn", message, { agent });
    }
  }

  async #pause(signal: AbortSignal) {
    const { random, lastRetryMs } = this.#options;
    const ms = this.#retryMs * (1 - random() / 2);
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
    await delay(ms, signal);
  }

  /** Waits until something has changed. */
  async #news(signal: AbortSignal) {
    await untilCalled(signal, (resolve) => {
      this.#waiting.add(resolve);
      return () => this.#waiting.delete(resolve);
    });
  }

  #notify() {
    for (const resolve of this.#waiting) resolve();
  }
}

/** What is in force is an output at a place that was told of it. */
function printOf(output: WrittenOutput, target: ReloadTarget): string {
  const place = target.kind === "http" ? target.url : target.pidFile;
  return `${output.print()} ${place}`;
}
