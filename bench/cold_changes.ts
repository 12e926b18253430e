/**
 * Measures changes whose agent's sandbox has been let go and must be started first.
 *
 * A sandbox is let go 5 s after its last work, so a series on one node is slow: several nodes take turns, each in its own part of the time.
 *
 * @module
 */
import { BenchNode, type Subject } from "./bench_node.ts";
import { type ChangeKind, ChangeSeries, type ChangesRow, rowsOf, sleep } from "./changes.ts";
import { untilComplete } from "./completion.ts";

/** Options of {@linkcode measureColdChanges}. */
export interface ColdOptions {
  /** Number of changes of each kind, of all nodes together. */
  readonly count: number;
  /** Nodes that take turns. */
  readonly nodes: number;
}

/** Time between the changes of one node, milliseconds: more than the 5 s after which its sandbox is let go. */
const PERIOD_MS = 6_500;

/** Measures on nodes of the same kind. */
export async function measureColdChanges(subject: Subject, { count, nodes }: ColdOptions): Promise<ChangesRow[]> {
  await using opened = new AsyncDisposableStack();
  const series: { series: ChangeSeries; watcher: { descendants(): readonly number[] } }[] = [];
  let last: BenchNode | undefined;
  for (let index = 0; index < nodes; index++) {
    const node = last = opened.use(await BenchNode.open(subject));
    // One full scan a minute of each node would disturb the others.
    const watcher = node.watch({ agents: "one", env: { WATCHER_GRACE_PERIOD: "0", WATCHER_INTERVAL: "3600" } });
    opened.use(watcher);
    await untilComplete(node, { containers: subject.containers, watcher });
    series.push({ series: new ChangeSeries(node), watcher });
  }
  const found = new Map<ChangeKind, number[]>([["log created", []], ["label patched", []]]);
  const each = Math.ceil(count / nodes);
  await Promise.all(series.map(async ({ series, watcher }, index) => {
    await sleep(index * PERIOD_MS / nodes);
    const pause = () => untilCold(watcher);
    for (const [kind, values] of await series.run({ count: each, pause })) found.get(kind)!.push(...values);
  }));
  return rowsOf(last!, { agents: "one", sandbox: "cold", found });
}

async function untilCold(watcher: { descendants(): readonly number[] }): Promise<void> {
  await sleep(PERIOD_MS);
  while (watcher.descendants().length > 0) await sleep(50);
}
