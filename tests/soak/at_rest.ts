/**
 * The program at rest: waits until there is nothing left to do, and what is measured then.
 *
 * @module
 */
import type { WatcherProcess } from "../e2e/watcher_process.ts";

/** What was measured at rest. */
export interface AtRest {
  /** How the disk differs from what it should be; empty if it is exact. */
  readonly differences: readonly string[];
  /** Seconds from the last change on the node until the state was exact. */
  readonly settledAfter: number;
  /** Seconds from the exact state until no agent's process was there. */
  readonly childrenGoneAfter: number;
  /** Bytes in use after collecting garbage. */
  readonly heap: number;
  /** Resident memory, bytes: when the heap has just been collected. */
  readonly rss: number;
  readonly openFiles: readonly string[];
  /** Pods that had come until then. */
  readonly pods: number;
}

/** Longest time from the last change on the node until the state is exact, and from there until agents' processes are gone, in seconds. */
const PATIENCE_SECONDS = 60;
const LOOK_MS = 250;

/** Waits until the state is exact, or gives up; then the differences that are left are told. */
export async function untilExact(
  differences: () => readonly string[],
): Promise<Pick<AtRest, "differences" | "settledAfter">> {
  const startMs = performance.now();
  for (;;) {
    const found = differences();
    const settledAfter = (performance.now() - startMs) / 1000;
    if (found.length === 0 || settledAfter > PATIENCE_SECONDS) return { differences: found, settledAfter };
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Waits until no agent's process is there. @returns Seconds; Infinity if they stay. */
export async function untilAlone(watcher: WatcherProcess): Promise<number> {
  const startMs = performance.now();
  while (watcher.descendants().length > 0) {
    if (performance.now() - startMs > PATIENCE_SECONDS * 1000) return Infinity;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return (performance.now() - startMs) / 1000;
}
