/**
 * Runs what was asked for, one node at a time.
 *
 * @module
 */
import type { BenchOptions, Figure } from "./bench_options.ts";
import { BenchNode, type Subject } from "./bench_node.ts";
import { type BurstRow, measureBurst } from "./burst.ts";
import { type ChangesRow, measureChanges } from "./changes.ts";
import { type FirstSyncRow, measureFirstSync } from "./first_sync.ts";
import { type FullScanRow, measureFullScan } from "./full_scan.ts";
import { type IdleRow, measureIdle } from "./idle.ts";
import { thisMachine } from "./machine.ts";
import type { Results } from "./results.ts";

/** How much is done of what. */
interface Effort {
  readonly syncs: number;
  /** Changes of each kind: on the node whose latency the goals are about, and on others. */
  readonly mainChanges: number;
  readonly otherChanges: number;
  readonly coldChanges: number;
  readonly scans: number;
  readonly idleSeconds: number;
}

const FULL: Effort = {
  syncs: 3,
  mainChanges: 500,
  otherChanges: 15,
  coldChanges: 72,
  scans: 3,
  idleSeconds: 60,
};
const QUICK: Effort = { syncs: 1, mainChanges: 40, otherChanges: 6, coldChanges: 12, scans: 2, idleSeconds: 15 };
/** Containers of the node whose latency the goals are about. */
const MAIN_SIZE = 250;
/** Nodes with so many containers take long, and differ little from one start to the next. */
const LARGE = 4_000;
/** Nodes that take turns. */
const MAIN_NODES = 2;
const COLD_NODES = 12;

/** What {@linkcode measure} works with. */
export interface Surroundings {
  /** Is told what is being done. */
  readonly onLine: (text: string) => void;
  /** Is given what was found so far, after each node: a run that is broken off is not lost. Default nobody. */
  readonly onPart?: (results: Results) => void;
  /** Takes the nodes, to be removed at the end: with millions of files and folders that takes long. */
  readonly nodes: AsyncDisposableStack;
}

/** Measures. */
export async function measure(
  options: BenchOptions,
  { onLine, onPart = () => {}, nodes }: Surroundings,
): Promise<Results> {
  const machine = thisMachine();
  const effort = options.isQuick ? QUICK : FULL;
  const rows: Rows = { firstSync: [], changes: [], burst: [], fullScan: [], idle: [], failures: [] };
  const idle: BenchNode[] = [];
  for (const subject of subjectsOf(options)) {
    onLine(`${subject.containers} containers, ${subject.layout}`);
    const node = nodes.use(await BenchNode.open(subject));
    if (options.only.includes("idle")) idle.push(node);
    await measureNode(node, { options, effort, rows, onLine });
    onPart({ machine, isQuick: options.isQuick, ...rows });
  }
  if (options.only.includes("cold-changes")) {
    const action = async () => void rows.changes.push(...await cold(options, { effort, onLine }));
    await attempt("cold-changes", { action, rows, onLine });
  }
  if (idle.length > 0) {
    const action = async () => void rows.idle.push(...await measureIdle(idle, { seconds: effort.idleSeconds, onLine }));
    await attempt("idle", { action, rows, onLine });
  }
  return { machine, isQuick: options.isQuick, ...rows };
}

interface Rows {
  readonly firstSync: FirstSyncRow[];
  readonly changes: ChangesRow[];
  readonly burst: BurstRow[];
  readonly fullScan: FullScanRow[];
  readonly idle: IdleRow[];
  readonly failures: string[];
}

async function measureNode(
  node: BenchNode,
  { options, effort, rows, onLine }: {
    options: BenchOptions;
    effort: Effort;
    rows: Rows;
    onLine: (text: string) => void;
  },
): Promise<void> {
  const { containers, layout } = node.subject;
  const isMain = containers === MAIN_SIZE && layout === options.layouts[0];
  const run = async (figure: Figure, action: () => Promise<void>) => {
    if (!options.only.includes(figure)) return;
    onLine(`  ${figure}`);
    await attempt(`${figure}, ${node.name}`, { action, rows, onLine });
  };
  await run("first-sync", async () => {
    const times = containers >= LARGE ? Math.min(2, effort.syncs) : effort.syncs;
    rows.firstSync.push(...await measureFirstSync(node, { times }));
  });
  await run("changes", async () => {
    const count = isMain ? effort.mainChanges : effort.otherChanges;
    const nodes = isMain ? MAIN_NODES : 1;
    const plan = { count, agents: "one", sandbox: "warm", nodes, first: node } as const;
    rows.changes.push(...await measureChanges(node.subject, plan));
    if (!isMain) return;
    const few = { count: effort.otherChanges, nodes: 1, first: node };
    rows.changes.push(...await measureChanges(node.subject, { ...few, agents: "three", sandbox: "warm" }));
  });
  await run("burst", async () => void rows.burst.push(await measureBurst(node)));
  await run("full-scan", async () => void rows.fullScan.push(await measureFullScan(node, { scans: effort.scans })));
}

/** Does one measurement; one that fails is named and does not cost the others. */
async function attempt(
  what: string,
  { action, rows, onLine }: { action: () => Promise<void>; rows: Rows; onLine: (text: string) => void },
): Promise<void> {
  try {
    await action();
  } catch (error) {
    rows.failures.push(`${what}: ${(error as Error).message}`);
    onLine(`FAILED ${rows.failures.at(-1)}`);
  }
}

async function cold(
  { layouts, sizes }: BenchOptions,
  { effort, onLine }: { effort: Effort; onLine: (text: string) => void },
): Promise<ChangesRow[]> {
  const containers = sizes.includes(MAIN_SIZE) ? MAIN_SIZE : sizes[0]!;
  onLine(`cold-changes: ${COLD_NODES} nodes of ${containers} containers take turns`);
  const plan = { agents: "one", sandbox: "cold", count: effort.coldChanges, nodes: COLD_NODES } as const;
  return await measureChanges({ containers, layout: layouts[0]! }, plan);
}

function subjectsOf({ sizes, layouts, only }: BenchOptions): Subject[] {
  if (only.length === 1 && only[0] === "cold-changes") return [];
  return sizes.flatMap((containers) => layouts.map((layout) => ({ containers, layout })));
}
