/**
 * Measures from a change on the node until the configuration file says so, with sandboxes that are there and such that must be started.
 *
 * An agent's write sets follow each other at 250 ms at the least, and a sandbox is let go 5 s after its last work. So a series on one node
 * takes long; several nodes take turns, each in its own part of the time.
 *
 * @module
 */
import { type AgentSet, BenchNode, type Subject } from "./bench_node.ts";
import { type ChangeKind, ChangeSeries, sleep } from "./change_series.ts";
import { untilComplete } from "./completion.ts";
import { type Distribution, distribution } from "./statistics.ts";

/** One row of the table. */
export interface ChangesRow extends Subject {
  readonly agents: AgentSet;
  readonly sandbox: "warm" | "cold";
  readonly change: ChangeKind;
  /** Milliseconds. */
  readonly latencyMs: Distribution;
}

/** Options of {@linkcode measureChanges}. */
export interface ChangesOptions {
  readonly agents: AgentSet;
  /** Whether the sandbox is there already; cold ones have been let go. */
  readonly sandbox: "warm" | "cold";
  /** Number of changes of each kind, of all nodes together. */
  readonly count: number;
  /** Nodes that take turns. */
  readonly nodes: number;
  /** One of them that is there already; default none. */
  readonly first?: BenchNode;
}

/** Part of a watch that tells whether its sandboxes are there. */
interface Tree {
  descendants(): readonly number[];
}

/** Time between the changes of one node, milliseconds: longer than the pace of write sets, or than a sandbox without work lives. */
const PERIOD_MS = { warm: 285, cold: 6_000 } as const;
/** How much the time between changes varies, so that nothing keeps step with anything. */
const SPREAD_MS = 20;
/** Changes before those that count. */
const WARM_UP = 4;

/** Measures on nodes of the same kind. */
export async function measureChanges(subject: Subject, options: ChangesOptions): Promise<ChangesRow[]> {
  const { agents, sandbox, count, nodes, first } = options;
  await using opened = new AsyncDisposableStack();
  const all: { series: ChangeSeries; watcher: Tree }[] = [];
  for (let index = 0; index < nodes; index++) {
    const node = index === 0 && first !== undefined ? first : opened.use(await BenchNode.open(subject));
    // A full scan of one node would disturb the others.
    const watcher = opened.use(
      node.watch({ agents, env: { WATCHER_GRACE_PERIOD: "0", WATCHER_INTERVAL: nodes > 1 ? "3600" : "60" } }),
    );
    await untilComplete(node, { containers: subject.containers, watcher });
    all.push({ series: new ChangeSeries(node), watcher });
  }
  const found = new Map<ChangeKind, number[]>([["log created", []], ["label patched", []]]);
  await Promise.all(all.map(async ({ series, watcher }, index) => {
    await sleep(index * PERIOD_MS[sandbox] / nodes);
    const pause = sandbox === "warm" ? warmPause : () => coldPause(watcher);
    // The first ones warm up the program's own code.
    if (sandbox === "warm") await series.run({ count: WARM_UP, pause });
    const own = await series.run({ count: Math.ceil(count / nodes), pause });
    for (const [change, values] of own) found.get(change)!.push(...values);
  }));
  return [...found].map(([change, values]) => ({
    ...subject,
    agents,
    sandbox,
    change,
    latencyMs: distribution(values),
  }));
}

async function warmPause(): Promise<void> {
  await sleep(PERIOD_MS.warm + (Math.random() - 0.5) * 2 * SPREAD_MS);
}

async function coldPause(watcher: Tree): Promise<void> {
  await sleep(PERIOD_MS.cold + Math.random() * SPREAD_MS);
  while (watcher.descendants().length > 0) await sleep(50);
}
