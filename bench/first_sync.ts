/**
 * Measures from the start of the process until every container's configuration is on disk.
 *
 * @module
 */
import { AGENT_SETS, type AgentSet, type BenchNode, type Subject } from "./bench_node.ts";
import { completedAt, untilComplete } from "./completion.ts";
import { type TreeMemory, treeMemory } from "./process_figures.ts";
import { median } from "./statistics.ts";

/** One row of the table. */
export interface FirstSyncRow extends Subject {
  readonly agents: AgentSet;
  /** Median over the repetitions, milliseconds; start of the process and of the sandboxes included. */
  readonly ms: number;
  readonly allMs: readonly number[];
  /** Memory right after it, agents' processes still there. */
  readonly memory: TreeMemory;
}

/** Measures with each set of agents. */
export async function measureFirstSync(node: BenchNode, { times }: { times: number }): Promise<FirstSyncRow[]> {
  const rows: FirstSyncRow[] = [];
  for (const agents of Object.keys(AGENT_SETS) as AgentSet[]) {
    const runs: { ms: number; memory: TreeMemory }[] = [];
    for (let left = times; left > 0; left--) runs.push(await once(node, agents));
    const allMs = runs.map(({ ms }) => ms);
    rows.push({ ...node.subject, agents, ms: median(allMs), allMs, memory: runs.at(-1)!.memory });
  }
  return rows;
}

async function once(node: BenchNode, agents: AgentSet): Promise<{ ms: number; memory: TreeMemory }> {
  const start = Date.now();
  await using watcher = node.watch({ agents });
  await untilComplete(node, { containers: node.subject.containers, watcher });
  const memory = treeMemory(watcher);
  return { ms: completedAt(node) - start, memory };
}
