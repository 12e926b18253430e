/**
 * Tells which targets changed between two passes, and when the change was seen: what the time from file to configuration is measured from.
 *
 * @module
 */
import type { Joined, JoinMemory } from "../join/join.ts";
import type { LogTarget } from "../join/log_target.ts";

/** Targets whose changes were seen at one moment. */
export interface SeenTogether {
  /** Milliseconds of the passes' clock. */
  readonly sinceMs: number;
  readonly targets: readonly LogTarget[];
}

/** A number of changes that an agent has to bring to disk. */
export interface SeenChanges {
  /** When they were seen, milliseconds of the passes' clock. */
  readonly sinceMs: number;
  readonly count: number;
}

/**
 * Lists the targets that are new or other than before, by the moment since which they wait. A log counts from when it was seen first, even if it had to wait for its
 * pod; a change of a target that is there already, and what a pass found without waiting, from the event that asked for the pass.
 *
 * @param before Memory of the last pass whose targets were handed on; undefined: there was none.
 * @param options.seenMs When the earliest event that asked for this pass came, or else when the pass began.
 */
export function changedTargets(
  before: JoinMemory | undefined,
  { joined, seenMs }: { readonly joined: Pick<Joined, "memory">; readonly seenMs: number },
): SeenTogether[] {
  const groups = new Map<number, LogTarget[]>();
  for (const [key, { target, firstSeenMs }] of joined.memory) {
    if (target === undefined) continue;
    const old = before?.get(key)?.target;
    if (old === target) continue;
    const sinceMs = old === undefined ? Math.min(firstSeenMs, seenMs) : seenMs;
    const group = groups.get(sinceMs);
    if (group) group.push(target);
    else groups.set(sinceMs, [target]);
  }
  return [...groups].map(([sinceMs, targets]) => ({ sinceMs, targets }));
}

/** Groups of changes that are kept apart; of more the newest are joined, and count from the earliest of them. */
const MAX_GROUPS = 100;

/** Holds the changes that an agent has not brought to disk yet; bounded, however many come. */
export class PendingChanges {
  #groups: { sinceMs: number; count: number }[] = [];

  add(changes: readonly SeenChanges[]) {
    for (const { sinceMs, count } of changes) {
      const last = this.#groups.at(-1);
      if (!last || this.#groups.length < MAX_GROUPS) this.#groups.push({ sinceMs, count });
      else Object.assign(last, { sinceMs: Math.min(last.sinceMs, sinceMs), count: last.count + count });
    }
  }

  /** Takes all out. */
  take(): SeenChanges[] {
    const groups = this.#groups;
    this.#groups = [];
    return groups;
  }
}
