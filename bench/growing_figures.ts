/**
 * Which figures are looked at over the number of containers.
 *
 * @module
 */
import type { Subject } from "./bench_node.ts";
import { LAYOUTS } from "./bench_pods.ts";
import type { Results } from "./results.ts";
import { type Growth, growth, type Point } from "./statistics.ts";

/** A figure over the number of containers. */
export interface Series {
  /** What it is, layout included. */
  readonly figure: string;
  readonly unit: string;
  readonly points: readonly Point[];
}

/** A figure and its growth. */
export interface GrowingFigure extends Series {
  readonly growth: Growth;
}

/** Gathers the series of all figures. */
export function seriesOf({ firstSync, changes, burst, fullScan, idle }: Results): readonly Series[] {
  return LAYOUTS.flatMap((layout) => {
    const series = <Row extends Subject>(
      figure: string,
      { unit, rows, y }: { unit: string; rows: readonly Row[]; y: (row: Row) => number },
    ): Series => ({
      figure: `${figure}, ${layout}`,
      unit,
      points: rows.filter((row) => row.layout === layout).map((row) => ({ x: row.containers, y: y(row) })),
    });
    const syncs = (agents: string) => firstSync.filter((row) => row.agents === agents);
    const warm = (change: string) =>
      changes.filter((row) => row.sandbox === "warm" && row.agents === "one" && row.change === change);
    return [
      series("first sync, one agent", { unit: "ms", rows: syncs("one"), y: ({ ms }) => ms }),
      series("first sync, three agents", { unit: "ms", rows: syncs("three"), y: ({ ms }) => ms }),
      series("log created, p50", { unit: "ms", rows: warm("log created"), y: ({ latencyMs }) => latencyMs.p50 }),
      series("label patched, p50", { unit: "ms", rows: warm("label patched"), y: ({ latencyMs }) => latencyMs.p50 }),
      series("burst, exact after", { unit: "ms", rows: burst, y: ({ exactAfterMs }) => exactAfterMs }),
      series("full scan, processor", { unit: "ms", rows: fullScan, y: ({ cpuMs }) => cpuMs }),
      series("full scan, bytes read", { unit: "bytes", rows: fullScan, y: ({ readBytes }) => readBytes }),
      series("idle, processor in a minute", {
        unit: "ms",
        rows: idle,
        y: ({ cpuMs, seconds }) => cpuMs * 60 / seconds,
      }),
      series("idle, resident memory", { unit: "MB", rows: idle, y: ({ memory }) => memory.rss / 2 ** 20 }),
      series("idle, private memory", { unit: "MB", rows: idle, y: ({ memory }) => memory.private / 2 ** 20 }),
    ];
  });
}

/** Fits the growth of all figures that were measured with three numbers of containers at least. */
export function figuresThatGrow(results: Results): readonly GrowingFigure[] {
  return seriesOf(results).flatMap((series) => {
    const fit = growth(series.points);
    return fit === undefined ? [] : { ...series, growth: fit };
  });
}
