/**
 * One agent's loop: takes the newest targets and configures its shipper, at its own pace, whatever the other agents do.
 *
 * @module
 */
import { dirname } from "node:path";
import type { LogTarget } from "../join/log_target.ts";
import type { Log } from "../observe/log.ts";
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
}

/** Options of {@linkcode AgentLane}. */
export interface AgentLaneOptions extends AgentOutput {
  readonly agent: string;
  readonly minSecondsBetweenWrites: number;
  readonly log: Log;
}

const RETRY_FIRST_MS = 1_000;
const RETRY_LAST_MS = 60_000;
/** Operations that are logged one by one; of more only the numbers. */
const MAX_LOGGED = 20;

/** Runs one agent. */
export class AgentLane {
  readonly #options: AgentLaneOptions;
  readonly #trigger = new Trigger();
  #wanted: Wanted | undefined;
  #generation = 0;
  #applied = 0;
  /** Whether the attempt has to be repeated. */
  #hasFailed = false;
  /** Whether some target could not be rendered; repeating would not change that. */
  #hasRefused = false;
  #settled = Promise.withResolvers<void>();
  #retryMs = RETRY_FIRST_MS;
  #warned = new Map<string, string>();

  constructor(options: AgentLaneOptions) {
    this.#options = options;
  }

  /** Name of the agent. */
  get agent(): string {
    return this.#options.agent;
  }

  /** Number of the newest wanted output, and of the one that is on disk. */
  get generations(): { wanted: number; applied: number } {
    return { wanted: this.#generation, applied: this.#applied };
  }

  /** Whether the last attempt failed, wholly or for some target or file. */
  get hasFailed(): boolean {
    return this.#hasFailed || this.#hasRefused;
  }

  /** Takes what is wanted now; an earlier wish that was not met yet is replaced by it. */
  want(wanted: Wanted) {
    const pending = this.#generation !== this.#applied ? this.#wanted : undefined;
    const reasons = [...new Set([...pending?.reasons ?? [], ...wanted.reasons])];
    this.#wanted = { ...wanted, reasons, verify: wanted.verify || (pending?.verify ?? false) };
    this.#generation++;
    this.#settled = Promise.withResolvers();
    this.#trigger.fire("targets");
  }

  /** Resolves when an attempt for the newest wish is over, well or not. */
  async settled(): Promise<void> {
    if (this.#generation !== this.#applied) await this.#settled.promise;
  }

  /** Runs until the signal comes; a write in progress is finished. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wait = this.#hasFailed ? this.#retryMs : 2 ** 31 - 1;
      const reasons = await this.#trigger.next({ timeoutMs: wait, signal });
      if (signal.aborted || !this.#wanted || (reasons.length === 0 && !this.#hasFailed)) continue;
      const hasWritten = await this.#attempt(this.#wanted);
      this.#retryMs = this.#hasFailed ? Math.min(this.#retryMs * 2, RETRY_LAST_MS) : RETRY_FIRST_MS;
      if (hasWritten) await pause(this.#options.minSecondsBetweenWrites * 1000, signal);
    }
  }

  async #attempt(wanted: Wanted): Promise<boolean> {
    const generation = this.#generation;
    const settled = this.#settled;
    const { agent, log } = this.#options;
    let hasWritten = false;
    try {
      const configured = await configure(this.#options, wanted);
      hasWritten = configured.applied.operations.length > 0;
      this.#hasFailed = configured.applied.failures.length > 0;
      this.#hasRefused = configured.rendering.refused.length > 0;
      this.#report(configured, wanted);
      log.forget(`agent ${agent}`);
    } catch (error) {
      this.#hasFailed = true;
      log.once(`agent ${agent}`, "error", `${(error as Error).message}; its files stay as they are`, { agent });
    }
    if (generation === this.#generation) this.#applied = generation;
    settled.resolve();
    return hasWritten;
  }

  #report({ rendering, applied }: Configured, wanted: Wanted) {
    const { agent, log } = this.#options;
    const because = wanted.reasons.join(", ");
    const { operations, failures } = applied;
    const folders = new Set(operations.map(({ path }) => dirname(path)));
    // Folders come and go with what lies in them.
    const shown = operations.filter(({ kind, path }) => kind !== "directory" && !folders.has(path));
    for (const { path, kind, reason } of shown.length > MAX_LOGGED ? [] : shown) {
      log.info(`${agent}: ${reason}`, { agent, path, kind, because });
    }
    if (shown.length > MAX_LOGGED) log.info(`${agent}: ${shown.length} files and links changed`, { agent, because });
    const said = new Map<string, string>();
    const say = (key: string, message: string) => {
      said.set(key, message);
      if (this.#warned.get(key) !== message) log.warn(message, { agent });
    };
    for (const { path, reason } of failures) say(`file ${path}`, `${agent}: ${reason}`);
    for (const { targetId, reason } of rendering.refused) say(`target ${targetId}`, reason);
    for (const { targetId, subject, expected } of rendering.warnings) {
      const pod = wanted.targets.find((target) => target.id === targetId);
      const name = pod ? `${pod.pod.namespace}/${pod.pod.name}, container ${pod.container.name}` : targetId;
      say(
        `warning ${targetId} ${subject}`,
        `${agent}: ${subject} of ${name} is not usable and its default is taken; expected: ${expected}`,
      );
    }
    this.#warned = said;
  }
}
