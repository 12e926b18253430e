/**
 * Measures the program while nothing happens on its node.
 *
 * Programs on nodes of all sizes are idle side by side for the same minute: they take next to nothing from each other.
 *
 * @module
 */
import type { WatcherProcess } from "../tests/e2e/watcher_process.ts";
import type { BenchNode, Subject } from "./bench_node.ts";
import { sleep } from "./change_series.ts";
import { untilComplete } from "./completion.ts";
import { untilAlone } from "../tests/soak/at_rest.ts";
import { type TreeMemory, treeMemory, treeUse, useBetween } from "./process_figures.ts";

/** One row of the table, with three agents. */
export interface IdleRow extends Subject {
  readonly seconds: number;
  /** Time on a processor, milliseconds; the full scan of each minute is in it. */
  readonly cpuMs: number;
  readonly cpuPercentOfCore: number;
  readonly wakeUpsPerSecond: number;
  readonly apiRequests: number;
  readonly readBytes: number;
  readonly memory: TreeMemory;
  /** Whether no agent's process was there before the time began. */
  readonly isAlone: boolean;
}

/** Time between full scans, default of WATCHER_INTERVAL. */
const INTERVAL_MS = 60_000;

/** Measures on nodes side by side. */
export async function measureIdle(
  nodes: readonly BenchNode[],
  { seconds, onLine }: { seconds: number; onLine: (text: string) => void },
): Promise<IdleRow[]> {
  await using watchers = new AsyncDisposableStack();
  const idle: { node: BenchNode; watcher: WatcherProcess }[] = [];
  for (const node of nodes) {
    onLine(`idle: ${node.name}`);
    const watcher = watchers.use(node.watch());
    await untilComplete(node, { containers: node.subject.containers, watcher });
    idle.push({ node, watcher });
  }
  const areAlone = await Promise.all(idle.map(async ({ watcher }) => await untilAlone(watcher) < Infinity));
  if (seconds * 1000 >= INTERVAL_MS) {
    onLine("idle: the first periodic scan, which still learns what it may pass over from then on");
    await sleep(INTERVAL_MS + 2_000);
  }
  onLine(`idle: nothing happens for ${seconds} s`);
  return await Promise.all(
    idle.map(({ node, watcher }, index) => measureOne(node, { watcher, seconds, isAlone: areAlone[index]! })),
  );
}

async function measureOne(
  node: BenchNode,
  { watcher, seconds, isAlone }: { watcher: WatcherProcess; seconds: number; isAlone: boolean },
): Promise<IdleRow> {
  const requests = node.scene.server.requests.length;
  const start = performance.now();
  const before = treeUse(watcher);
  await sleep(seconds * 1000);
  const { cpuMs, wakeUps, readBytes } = useBetween(before, treeUse(watcher));
  const elapsedMs = performance.now() - start;
  return {
    ...node.subject,
    seconds: elapsedMs / 1000,
    cpuMs,
    cpuPercentOfCore: 100 * cpuMs / elapsedMs,
    wakeUpsPerSecond: wakeUps / elapsedMs * 1000,
    apiRequests: node.scene.server.requests.length - requests,
    readBytes,
    memory: treeMemory(watcher),
    isAlone,
  };
}
