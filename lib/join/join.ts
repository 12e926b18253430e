/**
 * Joins what the disk shows with the pods that are known: every container is in exactly one state, with a reason.
 *
 * Pure: what has to be remembered between passes comes in and goes out as a value.
 *
 * @module
 */
import type { Container, Discovery } from "../discover/container.ts";
import type { ContainerHints } from "../hints/container_hints.ts";
import type { HintProblem } from "../hints/hint_problem.ts";
import type { HintReader } from "../hints/hint_reader.ts";
import type { Pod, PodView } from "../pods/pod.ts";
import type { LogTarget } from "./log_target.ts";
import { madeUpId, makeTarget } from "./make_target.ts";
import { exclusionOf, haveEnd, judgedByPod, type Rules } from "./rules.ts";

/** What became of a container. */
export type ContainerState = "collected" | "waiting" | "excluded";

/** State of one container, for an operator. */
export interface ContainerStatus {
  /** Container.key. */
  readonly key: string;
  readonly namespace: string;
  readonly podName: string;
  readonly containerName: string;
  /** Id of the target; undefined while there is none. */
  readonly targetId: string | undefined;
  readonly state: ContainerState;
  /** Sentence without a full stop. */
  readonly reason: string;
}

/** What is remembered of one container between passes. */
export interface Remembered {
  readonly container: Container;
  /** When it was seen first, in milliseconds of a monotonic clock. */
  readonly firstSeenMs: number;
  /** When its log was found to be gone; undefined while it is there. */
  readonly goneSinceMs: number | undefined;
  /** Id that its target got; it keeps it for good. */
  readonly id: string | undefined;
  /** What the target was made of, to tell a change. */
  readonly pod: Pod | undefined;
  /** Undefined after a restart. */
  readonly wishes: ContainerHints | undefined;
  readonly target: LogTarget | undefined;
  readonly status: ContainerStatus;
}

/** Memory of {@linkcode join} by Container.key. */
export type JoinMemory = ReadonlyMap<string, Remembered>;

/** Input of {@linkcode join}. */
export interface JoinInput {
  readonly discovery: Discovery;
  readonly pods: PodView;
  readonly memory: JoinMemory;
  /** What gave `memory`: its lists are handed out again where nothing changed. Default: nothing is. */
  readonly last?: Joined | undefined;
  readonly rules: Rules;
  /** Gives what the operator and the pod wish for a container's log. */
  readonly hints: Pick<HintReader, "read" | "epoch">;
  readonly clusterEnvironment: string;
  /** Changes a target by the operator's will; default nothing. */
  readonly adjust?: ((target: LogTarget) => LogTarget) | undefined;
  /** Now, in milliseconds of a monotonic clock. */
  readonly nowMs: number;
  /** How long a container may wait for its pod or id before it is followed with the identity that its path gives, in milliseconds. */
  readonly waitMs: number;
  /** How long a vanished log stays configured, in milliseconds. */
  readonly graceMs: number;
}

/** Output of {@linkcode join}. */
export interface Joined {
  /** Sorted by container key; an unchanged target is the same object as in the pass before. */
  readonly targets: readonly LogTarget[];
  /** Sorted by container key. */
  readonly statuses: readonly ContainerStatus[];
  /** What is wrong with the annotations of pods, each once; in the order of their containers. */
  readonly problems: readonly HintProblem[];
  readonly memory: JoinMemory;
  /** {@linkcode HintReader.epoch} of the hints that were read. */
  readonly hintsEpoch: number;
  /** Containers whose log was gone for the grace period and that are followed no more. */
  readonly dropped: readonly Remembered[];
  /** When a waiting container or a grace period comes due, on the clock of `nowMs`; undefined if nothing does. */
  readonly nextDueMs: number | undefined;
}

/** Joins; see the module's text. */
export function join(input: JoinInput): Joined {
  const { discovery: { containers }, memory, last, nowMs, graceMs, waitMs } = input;
  const hintsEpoch = input.hints.epoch();
  const areRulesLasting = last?.memory === memory && last.hintsEpoch === hintsEpoch && !haveEnd(input.rules);
  let areSame = containers.length === memory.size;
  let remembered = 0;
  const present = containers.map((container) => {
    const before = memory.get(container.key);
    const isSame = areRulesLasting && before !== undefined && isStill(before, container, input);
    areSame &&= isSame;
    if (before) remembered++;
    return isSame ? before : joinPresent(container, { before, input });
  });
  if (areSame && areRulesLasting) return { ...last, dropped: [], nextDueMs: undefined };
  const { absent, dropped } = remembered === memory.size ? NOBODY_ABSENT : joinAbsentOnes(present, input);
  const all = absent.length === 0 ? present : [...present, ...absent].sort(compareKeys);
  const next = new Map<string, Remembered>();
  for (const one of all) next.set(one.container.key, one);
  return {
    targets: all.map((one) => one.target).filter((target) => target !== undefined),
    statuses: all.map((one) => one.status),
    problems: sameOrNewList(last?.problems, problemsOf(all)),
    memory: next,
    hintsEpoch,
    dropped,
    nextDueMs: nextDue(all, { nowMs, graceMs, waitMs }),
  };
}

/**
 * Tells whether a container is in a state that time alone does not end, and neither it nor its pod has changed: on a node of thousands
 * that holds for nearly all at nearly every pass, and costs two look-ups each.
 */
function isStill(before: Remembered, container: Container, { pods }: JoinInput): boolean {
  if (before.container !== container || before.goneSinceMs !== undefined) return false;
  const pod = pods.find(container.podUid, container.namespace, container.podName) ?? before.pod;
  return pod === before.pod && before.status.state !== "waiting";
}

function joinPresent(
  container: Container,
  { before, input }: { readonly before: Remembered | undefined; readonly input: JoinInput },
): Remembered {
  return decide({ container, before, firstSeenMs: before?.firstSeenMs ?? input.nowMs, goneSinceMs: undefined }, input);
}

interface Absent {
  readonly absent: readonly Remembered[];
  readonly dropped: readonly Remembered[];
}

const NOBODY_ABSENT: Absent = { absent: [], dropped: [] };

/** What is remembered of containers that the disk does not show any more, and which of them are not followed any longer. */
function joinAbsentOnes(present: readonly Remembered[], input: JoinInput): Absent {
  const absent: Remembered[] = [];
  const dropped: Remembered[] = [];
  const keys = new Set(present.map(({ container }) => container.key));
  for (const [key, before] of input.memory) {
    if (keys.has(key)) continue;
    const after = joinAbsent(before, input);
    if (after) absent.push(after);
    else if (isFollowed(before)) dropped.push(before);
  }
  return { absent, dropped };
}

function compareKeys({ container: { key: a } }: Remembered, { container: { key: b } }: Remembered): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A container that the disk does not show any more; undefined when it is to be forgotten. */
function joinAbsent(before: Remembered, input: JoinInput): Remembered | undefined {
  const { discovery, nowMs, graceMs } = input;
  // An incomplete look proves no absence.
  if (!discovery.isComplete) return decide({ ...before, before }, input);
  if (!isFollowed(before)) return undefined;
  const goneSinceMs = before.goneSinceMs ?? nowMs;
  if (nowMs - goneSinceMs >= graceMs) return undefined;
  return decide({ container: before.container, before, firstSeenMs: before.firstSeenMs, goneSinceMs }, input);
}

/** Whether a container has a target, or had one before a restart of the watcher. */
function isFollowed({ target, id, status }: Remembered): boolean {
  return target !== undefined || (id !== undefined && status.state !== "excluded");
}

interface Case {
  readonly container: Container;
  readonly before: Remembered | undefined;
  readonly firstSeenMs: number;
  readonly goneSinceMs: number | undefined;
}

function decide({ container, before, firstSeenMs, goneSinceMs }: Case, input: JoinInput): Remembered {
  const { pods, rules, hints, nowMs, waitMs, clusterEnvironment, adjust = (target) => target } = input;
  // What was known of a pod is not taken away again.
  const pod = pods.find(container.podUid, container.namespace, container.podName) ?? before?.pod;
  const wishes = hints.read({ ...nameOf(container), pod });
  const base = { container, firstSeenMs, goneSinceMs, pod, wishes };
  const exclusion = exclusionOf({ container, pod }, rules) ?? wishes.exclusion;
  if (exclusion !== undefined) {
    return { ...base, id: before?.id, target: undefined, status: statusOf(container, "excluded", exclusion) };
  }
  const learned = before?.id ?? container.id ??
    pod?.containers.find((one) => one.name === container.containerName)?.ids.get(container.restart);
  const isOverdue = nowMs - firstSeenMs >= waitMs;
  const needing = judgedByPod(rules);
  if (!pod && before?.id === undefined && (needing !== undefined || !isOverdue)) {
    const why = needing === undefined ? "" : `, and without it ${needing} cannot be judged`;
    return {
      ...base,
      id: before?.id,
      target: undefined,
      status: statusOf(container, "waiting", `The API does not show its pod yet${why}`),
    };
  }
  if (learned === undefined && !isOverdue) {
    return {
      ...base,
      id: undefined,
      target: undefined,
      status: statusOf(
        container,
        "waiting",
        "No link in the folder of container links and no pod status tells its id yet",
      ),
    };
  }
  const id = learned ?? madeUpId(container);
  const target = reuse(before, { container, pod, wishes, id }) ??
    sameOrNew(before?.target, adjust(makeTarget(container, { id, pod, wishes, clusterEnvironment })));
  return { ...base, id, target, status: statusOf(container, "collected", collectedReason({ pod, goneSinceMs }), id) };
}

function reuse(
  before: Remembered | undefined,
  now: { container: Container; pod: Pod | undefined; wishes: ContainerHints; id: string },
): LogTarget | undefined {
  return before?.target && before.container === now.container && before.pod === now.pod &&
      before.wishes === now.wishes && before.id === now.id
    ? before.target
    : undefined;
}

function nameOf({ podUid, namespace, podName, containerName }: Container) {
  return { podUid, namespace, podName, containerName };
}

/** Containers of a pod, and its restarts, have most problems in common. */
function problemsOf(remembered: readonly Remembered[]): HintProblem[] {
  const found = new Map<string, HintProblem>();
  for (const { wishes } of remembered) for (const problem of wishes?.problems ?? []) found.set(problem.text, problem);
  return [...found.values()];
}

/** Keeps the list when its items are the same, for those who look at it only when it is another one. */
function sameOrNewList<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before?.length === now.length && before.every((one, index) => one === now[index]) ? before : now;
}

/** Keeps the object when the values are the same, since a new object means a new rendering. */
function sameOrNew(before: LogTarget | undefined, now: LogTarget): LogTarget {
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

function collectedReason({ pod, goneSinceMs }: { pod: Pod | undefined; goneSinceMs: number | undefined }): string {
  if (goneSinceMs !== undefined) return "Its log is gone from disk, and it stays configured for the grace period";
  return pod
    ? "Log and pod are known"
    : "Its log is there, the API does not show its pod; identity is taken from the log's path";
}

function statusOf(container: Container, state: ContainerState, reason: string, targetId?: string): ContainerStatus {
  const { key, namespace, podName, containerName } = container;
  return { key, namespace, podName, containerName, targetId, state, reason };
}

function nextDue(
  remembered: readonly Remembered[],
  { nowMs, waitMs, graceMs }: { nowMs: number; waitMs: number; graceMs: number },
): number | undefined {
  let due = Infinity;
  for (const { status, firstSeenMs, goneSinceMs } of remembered) {
    if (status.state === "waiting" && firstSeenMs + waitMs > nowMs) due = Math.min(due, firstSeenMs + waitMs);
    if (goneSinceMs !== undefined) due = Math.min(due, goneSinceMs + graceMs);
  }
  return due === Infinity ? undefined : due;
}
