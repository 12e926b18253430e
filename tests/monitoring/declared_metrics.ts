/**
 * The metrics that a watch has, without a watch.
 *
 * @module
 */
import type { Measured } from "../../lib/cli/measured.ts";
import { watchMetrics } from "../../lib/cli/watch_metrics.ts";
import type { Metric } from "../../lib/observe/metrics_endpoint.ts";

/** Lists what is declared; none of it can be read. */
export function declaredMetrics(): readonly Metric[] {
  return watchMetrics({} as Measured);
}

/** Lists the names of series, those that a histogram has among them, with their labels. */
export function declaredSeries(): ReadonlyMap<string, readonly string[]> {
  return new Map(
    declaredMetrics().flatMap(({ name, type, labels = [] }) =>
      type === "histogram"
        ? [[`${name}_bucket`, [...labels, "le"]], [`${name}_sum`, labels], [`${name}_count`, labels]] as const
        : [[name, labels]] as const
    ),
  );
}
