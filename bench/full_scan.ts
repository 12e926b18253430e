/**
 * Measures a full scan in which nothing changed: folders are read and every agent's files are compared with the disk.
 *
 * @module
 */
import { freePort, scrape, total } from "../tests/faults/metrics_scrape.ts";
import type { BenchNode, Subject } from "./bench_node.ts";
import { sleep } from "./change_series.ts";
import { untilComplete } from "./completion.ts";
import { treeUse, useBetween } from "./process_figures.ts";

/** One row of the table; each figure is for one scan, with three agents. */
export interface FullScanRow extends Subject {
  readonly scans: number;
  /** Time on a processor, milliseconds. */
  readonly cpuMs: number;
  /** Bytes that calls like read(2) returned; the names in folders are not among them. */
  readonly readBytes: number;
  readonly readCalls: number;
}

/** Measures over a number of scans; garbage collection is among them. */
export async function measureFullScan(node: BenchNode, { scans: wanted }: { scans: number }): Promise<FullScanRow> {
  const metricsPort = freePort();
  // So that scans of many containers do not follow each other closely.
  const interval = node.subject.containers > 2_000 ? "2" : "1";
  await using watcher = node.watch({
    env: { WATCHER_METRICS_PORT: String(metricsPort), WATCHER_INTERVAL: interval },
  });
  await untilComplete(node, { containers: node.subject.containers, watcher });
  const scansSoFar = async () => total(await scrape(metricsPort), "full_scans_total");
  const firstScan = await scansSoFar();
  const before = treeUse(watcher);
  let scans = 0;
  while (scans < wanted) {
    await sleep(200);
    scans = await scansSoFar() - firstScan;
  }
  // What was scraped meanwhile is little beside a scan, and is measured with it.
  const { cpuMs, readBytes, readCalls } = useBetween(before, treeUse(watcher));
  return {
    ...node.subject,
    scans,
    cpuMs: cpuMs / scans,
    readBytes: readBytes / scans,
    readCalls: readCalls / scans,
  };
}
