/**
 * One agent's loop: takes the newest targets and configures its shipper, at its own pace, whatever the other agents do.
 *
 * @module
 */
import type { Reloader, ReloadStats } from "../apply/reloader.ts";
import { outputPrint } from "../apply/reload_mark.ts";
import type { LogTarget } from "../join/log_target.ts";
import type { Log } from "../observe/log.ts";
import type { Rendering } from "../render/rendered.ts";
import { PendingChanges, type SeenChanges } from "./changed_targets.ts";
import { LaneReport } from "./lane_report.ts";
import { type AgentOutput, configure, type Configured } from "./reconcile.ts";
import { pause, Trigger } from "./trigger.ts";

/** What a lane is to bring about. */
export interface Wanted {
  readonly targets: readonly LogTarget[];
  /** Whether the disk was seen whole, so that absence proves something. */
  readonly mayRemove: boolean;
  /** Whether files are to be compared with the disk and not only with what was written last. */
  readonly verify: boolean;
  readonly reasons: readonly string[];
  /** What changed since the wish before, default nothing: for measuring how long it takes. */
  readonly changes?: readonly SeenChanges[];
}

/** An attempt that is over, well or not. */
export interface Attempt {
  readonly agent: string;
  /** Changes that are on disk wholly now and were not before. */
  readonly onDisk: readonly SeenChanges[];
}

/** Options of {@linkcode AgentLane}. */
export interface AgentLaneOptions extends AgentOutput {
  readonly agent: string;
  readonly minSecondsBetweenWrites: number;
  readonly log: Log;
  /** Tells the shipper of changes; undefined where it needs none. */
  readonly reloader?: Reloader | undefined;
}

/** What a lane has done since its start; from `failedFiles` on: as it stands now. */
export interface LaneStats {
  readonly attempts: number;
  readonly failedAttempts: number;
  /** Attempts that changed something on disk. */
  readonly writeSets: number;
  /** Files, links and folders made, changed or removed. */
  readonly operations: number;
  /** Those of them that mended what somebody else did. */
  readonly repairs: number;
  /** Containers that could not be rendered, over all attempts. */
  readonly refusals: number;
  readonly failedFiles: number;
  readonly refusedTargets: number;
  readonly inputWarnings: number;
  readonly unexpressedHints: number;
  /** Containers that are left out or kept as they were because of the shipper's check. */
  readonly quarantinedTargets: number;
  /** Least wait before the attempt that repeats a failed one, milliseconds; 0 if none failed. */
  readonly backoffMs: number;
}

/** Reasons that are kept for a log line. */
const MAX_REASONS = 8;
const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;
/** The longest time that a timer takes. */
const FOREVER_MS = 2 ** 31 - 1;

/** Runs one agent. */
export class AgentLane {
  readonly #options: AgentLaneOptions;
  readonly #trigger = new Trigger();
  #wanted: Wanted | undefined;
  #generation = 0;
  #attempted = 0;
  #applied = 0;
  readonly #counts = {
    attempts: 0,
    failedAttempts: 0,
    writeSets: 0,
    operations: 0,
    repairs: 0,
    refusals: 0,
    failedFiles: 0,
    refusedTargets: 0,
    inputWarnings: 0,
    unexpressedHints: 0,
    quarantinedTargets: 0,
  };
  /** Whether the attempt has to be repeated. */
  #hasFailed = false;
  /** Whether some target could not be rendered; repeating would not change that. */
  #hasRefused = false;
  #settled = Promise.withResolvers<void>();
  #retryMs = RETRY_FIRST_MS;
  readonly #report: LaneReport;
  #rendered: { readonly targets: readonly LogTarget[]; readonly rendering: Rendering } | undefined;
  #failure = "";
  readonly #pending = new PendingChanges();
  #onAttempt: (attempt: Attempt) => void = () => {};

  constructor(options: AgentLaneOptions) {
    this.#options = options;
    this.#report = new LaneReport(options);
  }

  /** Name of the agent. */
  get agent(): string {
    return this.#options.agent;
  }

  /** Number of the newest wanted output, of the newest that is wholly on disk, and of the newest that the shipper was told of as well. */
  get generations(): { wanted: number; applied: number; inForce: number } {
    const confirmed = this.#options.reloader?.confirmed ?? this.#applied;
    return { wanted: this.#generation, applied: this.#applied, inForce: Math.min(this.#applied, confirmed) };
  }

  /** Reloads of the shipper; undefined where it needs none. */
  reloads(): ReloadStats | undefined {
    return this.#options.reloader?.stats();
  }

  /** Checks by the shipper's own check, by what they said; undefined where there are none. */
  checks(): Readonly<Record<string, number>> | undefined {
    return this.#options.renderer.checks?.();
  }

  /** Waits until the shipper was told of all that is on disk, see {@linkcode Reloader.settled}. */
  async reloaded(...limits: Parameters<Reloader["settled"]>): Promise<boolean> {
    return await this.#options.reloader?.settled(...limits) ?? true;
  }

  /** What the agent was given, and wanted on disk, at the last attempt that did not fail as a whole; undefined before it. */
  get rendered(): { readonly targets: readonly LogTarget[]; readonly rendering: Rendering } | undefined {
    return this.#rendered;
  }

  /** Why the last attempt failed as a whole; empty if it did not. */
  get failure(): string {
    return this.#failure;
  }

  /** What the lane has done since its start, and what stands refused now. */
  stats(): LaneStats {
    return { ...this.#counts, backoffMs: this.#hasFailed ? this.#retryMs : 0 };
  }

  /** Has every attempt told of from now on; there is one listener. */
  onAttempt(listener: (attempt: Attempt) => void) {
    this.#onAttempt = listener;
  }

  /** Whether the last attempt failed, wholly or for some target or file. */
  get hasFailed(): boolean {
    return this.#hasFailed || this.#hasRefused;
  }

  /** Takes what is wanted now; an earlier wish that was not met yet is replaced by it. */
  want(wanted: Wanted) {
    const pending = this.#generation !== this.#applied ? this.#wanted : undefined;
    const reasons = [...new Set([...pending?.reasons ?? [], ...wanted.reasons])].slice(0, MAX_REASONS);
    this.#wanted = { ...wanted, reasons, verify: wanted.verify || (pending?.verify ?? false) };
    this.#generation++;
    this.#pending.add(wanted.changes ?? []);
    this.#settled = Promise.withResolvers();
    this.#trigger.fire("targets");
  }

  /** Resolves when an attempt for the newest wish is over, well or not. */
  async settled(): Promise<void> {
    if (this.#generation !== this.#attempted) await this.#settled.promise;
  }

  /** Runs until the signal comes; a write in progress is finished. */
  async run(signal: AbortSignal): Promise<void> {
    // Beside the writes: a shipper that does not answer keeps nothing from disk.
    await Promise.all([this.#write(signal), this.#options.reloader?.run(signal)]);
  }

  async #write(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Of the wait before a retry the first second has passed already, see below.
      const timeoutMs = this.#hasFailed ? this.#retryMs - RETRY_FIRST_MS : FOREVER_MS;
      const reasons = await this.#trigger.next({ timeoutMs, signal });
      if (signal.aborted || !this.#wanted || (reasons.length === 0 && !this.#hasFailed)) continue;
      const hadFailed = this.#hasFailed;
      const hasWritten = await this.#attempt(this.#wanted, signal);
      this.#retryMs = hadFailed && this.#hasFailed ? Math.min(this.#retryMs * 2, RETRY_LAST_MS) : RETRY_FIRST_MS;
      const gapMs = hasWritten ? this.#options.minSecondsBetweenWrites * 1000 : 0;
      // Events must not make a failing agent's attempts follow each other closely.
      await pause(this.#hasFailed ? Math.max(gapMs, RETRY_FIRST_MS) : gapMs, signal);
    }
  }

  async #attempt(wanted: Wanted, signal: AbortSignal): Promise<boolean> {
    const generation = this.#generation;
    const settled = this.#settled;
    const changes = this.#pending.take();
    const { agent, log } = this.#options;
    this.#counts.attempts++;
    let hasWritten = false;
    try {
      const configured = await configure(this.#options, { ...wanted, signal });
      this.#rendered = { targets: wanted.targets, rendering: configured.rendering };
      this.#failure = "";
      hasWritten = configured.applied.operations.length > 0;
      this.#hasFailed = configured.applied.failures.length > 0 || configured.rendering.isUnfinished === true;
      this.#hasRefused = configured.rendering.refused.length > 0;
      this.#count(configured);
      this.#report.write(configured, wanted);
      this.#noteWritten(configured, generation);
      log.forget(`agent ${agent}`);
    } catch (error) {
      this.#hasFailed = true;
      this.#failure = (error as Error).message;
      const message = `${(error as Error).message}; its files stay as they are`;
      // What the end of the watcher broke off is no news.
      if (!signal.aborted) log.once(`agent ${agent}`, "error", message, { agent });
    }
    if (this.#hasFailed) {
      this.#counts.failedAttempts++;
      this.#pending.add(changes);
    } else this.#applied = generation;
    this.#attempted = generation;
    this.#onAttempt({ agent, onDisk: this.#hasFailed ? [] : changes });
    settled.resolve();
    return hasWritten;
  }

  #noteWritten({ rendering, applied }: Configured, generation: number) {
    this.#options.reloader?.noteWritten({
      generation,
      hasChanged: applied.operations.some(({ kind }) => kind !== "directory"),
      isWhole: applied.failures.length === 0,
      print: () => outputPrint(rendering.wanted),
    });
  }

  #count({ rendering, applied }: Configured) {
    const counts = this.#counts;
    if (applied.operations.length > 0) counts.writeSets++;
    counts.operations += applied.operations.length;
    counts.repairs += applied.operations.filter(({ reason }) => reason.startsWith("repaired")).length;
    counts.refusals += rendering.refused.length;
    counts.failedFiles = applied.failures.length;
    counts.refusedTargets = rendering.refused.length;
    counts.inputWarnings = rendering.warnings.length;
    counts.unexpressedHints = rendering.unexpressed.length;
    counts.quarantinedTargets = rendering.quarantined ?? 0;
  }
}
