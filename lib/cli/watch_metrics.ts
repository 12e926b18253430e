/**
 * The metrics of a watch: each promise that can fail is counted.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import { type Metric, serveMetrics } from "../observe/metrics_endpoint.ts";
import { agentMetrics } from "./agent_metrics.ts";
import { apiMetrics } from "./api_metrics.ts";
import type { Measured } from "./measured.ts";
import { nodeMetrics } from "./node_metrics.ts";
import { notHealthy, notReady } from "./watch_health.ts";

/** Serves metrics and health of a watch. @throws {Error} As {@linkcode serveMetrics}. */
export async function openMetrics(
  measured: Measured,
  { port, intervalMs, log }: { readonly port: number; readonly intervalMs: number; readonly log: Log },
): Promise<AsyncDisposable> {
  const openedMs = performance.now();
  return await serveMetrics({
    port,
    metrics: watchMetrics(measured),
    notReady: () => notReady(measured),
    notHealthy: () => notHealthy(measured, { intervalMs, openForMs: performance.now() - openedMs }),
    log,
  });
}

/** Lists the metrics. */
export function watchMetrics(measured: Measured): Metric[] {
  return [...nodeMetrics(measured), ...agentMetrics(measured), ...apiMetrics(measured)];
}
