/**
 * The loop: waits for triggers, makes a pass, hands the targets to each agent's lane.
 *
 * @module
 */
import type { Discoverer } from "../discover/discover.ts";
import type { JoinMemory } from "../join/join.ts";
import { targetsFor } from "../join/targets_for.ts";
import type { Log } from "../observe/log.ts";
import type { AgentLane } from "./agent_lane.ts";
import { changedTargets, type SeenChanges, type SeenTogether } from "./changed_targets.ts";
import { type NodeView, type Observation, observe } from "./reconcile.ts";
import { pause, type Trigger } from "./trigger.ts";

/** Options of {@linkcode Controller}. */
export interface ControllerOptions extends NodeView {
  readonly discoverer: Pick<Discoverer, "scan" | "invalidateAll">;
  readonly lanes: readonly AgentLane[];
  readonly trigger: Trigger;
  readonly log: Log;
  /** Time between full scans in milliseconds. */
  readonly intervalMs: number;
  /** What was remembered from before a restart. */
  readonly memory: JoinMemory;
  /**
   * Whether there are outputs of an earlier run, but nothing is remembered of it; default false. Then a container that waits for its pod may be in
   * those outputs, and they stay as they are until it waits no more.
   */
  readonly isMemoryLost?: boolean;
  /** Is called after each pass, with what is to be remembered. */
  readonly onPass?: (observation: Observation) => void;
  /** Monotonic clock in milliseconds, default performance.now. */
  readonly now?: () => number;
}

/** What is found on every node and mends itself, if it needs mending at all: a folder has no log while its container is only just starting. */
const QUIET_CODES: ReadonlySet<string> = new Set(["sandbox", "not-kubernetes", "no-log-file"]);

/** What a controller has done since its start. */
export interface ControllerStats {
  readonly passes: number;
  readonly fullScans: number;
  /** Passes in which some folder could not be read. */
  readonly incompletePasses: number;
  readonly brokenPasses: number;
  /** Logs that left the configuration after their grace period, whether or not a shipper had read them to their end. */
  readonly dropped: number;
}

/** Bounds of the time between two passes, and what a pass's own time is multiplied with: a burst of events takes a fifth of a core at the most. */
const MIN_PASS_GAP_MS = 2;
const MAX_PASS_GAP_MS = 100;
const PASS_GAP_FACTOR = 4;
/** Until the next attempt after a pass that broke off, milliseconds. */
const RETRY_MS = 1_000;

/** Makes passes. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #now: () => number;
  #memory: JoinMemory;
  #fullScanDueMs = 0;
  #mustRefresh = false;
  #mayHaveRemoved: boolean | undefined;
  #firstPassMs: number | undefined;
  /** Keys of what was said about containers that are not followed. */
  #said: ReadonlySet<string> = new Set();
  #lastPassMs: number | undefined;
  #startMs: number | undefined;
  #failure = "";
  #observation: Observation | undefined;
  /** When each container came into its state, by its key, in milliseconds of the wall clock: for people. */
  readonly #since = new Map<string, number>();
  /** What lanes were told last, to tell what changed since. */
  #wantedMemory: JoinMemory | undefined;
  /** When the earliest event came that no pass has looked at. */
  #unseenMs: number | undefined;
  readonly #counts = { passes: 0, fullScans: 0, incompletePasses: 0, brokenPasses: 0, dropped: 0 };

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#memory = options.memory;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What the last pass found; undefined before the first one. */
  get observation(): Observation | undefined {
    return this.#observation;
  }

  /** When the first pass that did not break off began, on the clock of the passes; undefined before it. */
  get firstPassMs(): number | undefined {
    return this.#startMs;
  }

  /** Why the last pass broke off; empty if it did not. */
  get failure(): string {
    return this.#failure;
  }

  /** Time since the last pass that did not break off, in milliseconds; undefined before the first one. */
  get lastPassAgeMs(): number | undefined {
    return this.#lastPassMs === undefined ? undefined : this.#now() - this.#lastPassMs;
  }

  /** When each container came into the state that it is in, by its key; milliseconds since 1970. */
  get since(): ReadonlyMap<string, number> {
    return this.#since;
  }

  /** What the controller has done since its start. */
  stats(): ControllerStats {
    return { ...this.#counts };
  }

  /** Has every agent render again even if no target changed, e.g. since a secret's file did. */
  refreshAgents(reason: string) {
    this.#mustRefresh = true;
    this.#options.trigger.fire(reason);
  }

  /** Reads the whole disk ahead of the first pass, which then waits for the API alone. */
  lookAhead() {
    const { discoverer, intervalMs } = this.#options;
    try {
      discoverer.invalidateAll();
      discoverer.scan();
    } catch {
      // The first pass meets it again, and tells it.
      return;
    }
    this.#counts.fullScans++;
    this.#fullScanDueMs = this.#now() + intervalMs;
  }

  /** Makes one pass: a full scan when one is due. */
  pass(reasons: readonly string[]): Observation {
    const { discoverer, intervalMs, lanes, onPass } = this.#options;
    const nowMs = this.#now();
    const isFull = nowMs >= this.#fullScanDueMs;
    if (isFull) {
      discoverer.invalidateAll();
      this.#fullScanDueMs = nowMs + intervalMs;
    }
    const last = this.#observation;
    const before = last?.joined;
    const seenMs = Math.min(this.#unseenMs ?? nowMs, nowMs);
    const observation = observe(this.#options, { memory: this.#memory, last: before, nowMs });
    const { joined, discovery } = observation;
    this.#observation = observation;
    this.#memory = joined.memory;
    this.#lastPassMs = nowMs;
    this.#startMs ??= nowMs;
    this.#unseenMs = undefined;
    this.#counts.passes++;
    this.#counts.fullScans += Number(isFull);
    this.#counts.incompletePasses += Number(!discovery.isComplete);
    this.#counts.dropped += joined.dropped.length;
    this.#report(observation, last);
    const mayRemove = this.#mayRemove(observation, nowMs);
    const isSame = before !== undefined && sameItems(before.targets, joined.targets) &&
      this.#mayHaveRemoved === mayRemove;
    this.#mayHaveRemoved = mayRemove;
    if (this.#isHeldBack(observation, nowMs)) this.#mustRefresh = true;
    else if (!isSame || isFull || this.#mustRefresh) {
      this.#mustRefresh = false;
      const changed = isSame ? [] : changedTargets(this.#wantedMemory, { joined, seenMs });
      this.#wantedMemory = joined.memory;
      for (const lane of lanes) {
        lane.want({
          targets: targetsFor(lane.agent, joined.targets, this.#options.rules),
          mayRemove,
          verify: isFull,
          reasons,
          changes: this.#changesFor(lane.agent, changed),
        });
      }
    }
    onPass?.(observation);
    return observation;
  }

  #changesFor(agent: string, changed: readonly SeenTogether[]): SeenChanges[] {
    return changed.map(({ sinceMs, targets }) => ({
      sinceMs,
      count: targetsFor(agent, targets, this.#options.rules).length,
    })).filter(({ count }) => count > 0);
  }

  /** Runs until the signal comes. */
  async run(signal: AbortSignal): Promise<void> {
    const { trigger, intervalMs } = this.#options;
    let reasons: readonly string[] = ["start"];
    while (!signal.aborted) {
      const startMs = this.#now();
      const hasPassed = this.#tryPass(reasons.length > 0 ? reasons : ["timer"]);
      const gapMs = Math.min(Math.max((this.#now() - startMs) * PASS_GAP_FACTOR, MIN_PASS_GAP_MS), MAX_PASS_GAP_MS);
      await pause(hasPassed ? gapMs : RETRY_MS, signal);
      const due = Math.min(this.#fullScanDueMs, this.#observation?.joined.nextDueMs ?? Infinity);
      reasons = await trigger.next({ timeoutMs: Math.min(Math.max(due - this.#now(), 0), intervalMs) + 1, signal });
      this.#unseenMs ??= trigger.takenMs;
    }
  }

  /**
   * Tells whether what is not wanted may go. Right after a start a container that waits may have had files before, if the record of what
   * was followed is lost.
   */
  #mayRemove(observation: Observation, nowMs: number): boolean {
    return observation.discovery.isComplete && !this.#isAnyAwaited(observation, nowMs);
  }

  /** Tells whether outputs must not change yet: those that are for the whole node would lose the containers that wait. */
  #isHeldBack(observation: Observation, nowMs: number): boolean {
    return this.#options.isMemoryLost === true && this.#isAnyAwaited(observation, nowMs);
  }

  #isAnyAwaited({ joined }: Observation, nowMs: number): boolean {
    this.#firstPassMs ??= nowMs;
    const isStarting = nowMs - this.#firstPassMs < this.#options.waitMs;
    return isStarting && joined.statuses.some(({ state }) => state === "waiting");
  }

  /** A pass that breaks off changes nothing: what is configured stays, and the next pass reads everything again. */
  #tryPass(reasons: readonly string[]): boolean {
    const { log } = this.#options;
    try {
      this.pass(reasons);
      log.forget("pass");
      this.#failure = "";
      return true;
    } catch (error) {
      this.#counts.brokenPasses++;
      this.#failure = (error as Error).message;
      log.once(
        "pass",
        "error",
        `A pass broke off: ${(error as Error).message}; what is configured stays, trying again`,
        { stack: (error as Error).stack },
      );
      this.#fullScanDueMs = 0;
      return false;
    }
  }

  /** Logs what changed in the state of containers; a lasting state is said once. */
  #report({ discovery, joined }: Observation, last: Observation | undefined) {
    const { log, graceMs } = this.#options;
    for (const status of joined.statuses === last?.joined.statuses ? [] : joined.statuses) {
      const old = last?.joined.memory.get(status.key)?.status;
      if (old === status || (old?.state === status.state && old.reason === status.reason)) continue;
      this.#since.set(status.key, Date.now());
      const { namespace, podName, containerName, state, reason } = status;
      const container = `${namespace}/${podName}/${containerName}`;
      if (state === "collected") log.debug(`Container ${container} is collected: ${reason}`, { container: status.key });
      else log.info(`Container ${container} is ${state}: ${reason}`, { container: status.key });
    }
    if (this.#since.size > joined.statuses.length) {
      for (const key of this.#since.keys()) if (!joined.memory.has(key)) this.#since.delete(key);
    }
    for (const { container } of joined.dropped) {
      const name = `${container.namespace}/${container.podName}/${container.containerName}`;
      log.info(`Container ${name} is not followed any more: its log has been gone for ${graceMs / 1000} s`, {
        container: container.key,
      });
    }
    const { problems } = joined;
    const { notFollowed } = discovery;
    if (problems === last?.joined.problems && notFollowed === last.discovery.notFollowed) return;
    const said = new Set<string>();
    for (const { kind, podUid, text } of problems) {
      log.once(`hint ${podUid} ${text}`, kind === "not-read" ? "info" : "warn", text);
      said.add(`hint ${podUid} ${text}`);
    }
    for (const { key, code, path, reason } of notFollowed) {
      const level = QUIET_CODES.has(code) ? "debug" : "warn";
      log.once(`not followed ${key}`, level, reason, { code, path });
      said.add(`not followed ${key}`);
    }
    // What is over may be said again when it comes back, and is not remembered for ever.
    for (const key of this.#said) if (!said.has(key)) log.forget(key);
    this.#said = said;
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || a.length === b.length && a.every((item, index) => item === b[index]);
}
