/**
 * Measures a burst: 500 containers that start within one second.
 *
 * @module
 */
import { freePort, scrape, total } from "../tests/faults/metrics_scrape.ts";
import type { BenchNode, Subject } from "./bench_node.ts";
import { sleep } from "./change_series.ts";
import { completedAt, untilComplete } from "./completion.ts";

/** One row of the table; counts are of the burst alone, and of all three agents together where not said otherwise. */
export interface BurstRow extends Subject {
  readonly started: number;
  /** How long it took to start them, milliseconds. */
  readonly spreadMs: number;
  readonly passes: number;
  readonly renders: number;
  readonly operations: number;
  /** Attempts that wrote something: the most of any agent. */
  readonly writeSetsPerAgent: number;
  /** From the last log on disk to the last change of a configuration file, milliseconds. */
  readonly exactAfterMs: number;
}

const BURST = 500;
const SPREAD_MS = 1_000;
const AGENTS = ["scalyr", "appdynamics", "symlinker"];

/** Measures on a node; afterwards the containers are removed again. */
export async function measureBurst(node: BenchNode): Promise<BurstRow> {
  const metricsPort = freePort();
  await using watcher = node.watch({ env: { WATCHER_METRICS_PORT: String(metricsPort) } });
  const { containers } = node.subject;
  await untilComplete(node, { containers, watcher });
  const before = await scrape(metricsPort);
  const pods = Array.from({ length: BURST }, () => node.newPod());
  const start = Date.now();
  for (const [index, pod] of pods.entries()) {
    const earlyMs = start + index * SPREAD_MS / BURST - Date.now();
    if (earlyMs > 0) await sleep(earlyMs);
    node.show(pod);
    await node.writeLogs(pod);
  }
  const last = Date.now();
  await untilComplete(node, { containers: containers + BURST, watcher });
  const exactAfterMs = completedAt(node) - last;
  const after = await scrape(metricsPort);
  const grown = (name: string) => total(after, name) - total(before, name);
  const writeSets = AGENTS.map((agent) => grown(`write_sets_total{agent="${agent}"}`));
  for (const pod of pods) await node.end(pod);
  return {
    ...node.subject,
    started: BURST,
    spreadMs: last - start,
    passes: grown("passes_total"),
    renders: grown("attempts_total"),
    operations: grown("operations_total"),
    writeSetsPerAgent: Math.max(...writeSets),
    exactAfterMs,
  };
}
