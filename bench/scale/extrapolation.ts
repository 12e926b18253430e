/**
 * Works out from what was measured what a large cluster would cost.
 *
 * @module
 */
import type { ScaleResults, SteadyRow } from "./scale_results.ts";

/** Cost of a pattern with a number of nodes. */
export interface Extrapolated {
  readonly pattern: "ours" | "predecessor";
  readonly nodes: number;
  readonly requestsPerSecond: number;
  /** Of bodies. */
  readonly bytesPerSecond: number;
  /** Processors of the API server that are busy with it. */
  readonly serverCores: number;
}

/** A watch lives from 300 to 600 s, 450 on average, and is then opened anew. */
export const WATCH_SECONDS = 450;

/**
 * Extrapolates in proportion to the number of nodes from the largest number that was measured; what the API server does without clients is
 * taken off. The windows that were measured are too short to see watches end, so that their renewal is reckoned and not measured.
 */
export function extrapolate({ steady }: ScaleResults, nodes: number): readonly Extrapolated[] {
  const idle = steady.find(({ pattern }) => pattern === "none");
  const largest = (pattern: SteadyRow["pattern"]) =>
    steady.filter((row) => row.pattern === pattern).sort((a, b) => a.clients - b.clients).at(-1);
  return (["ours", "predecessor"] as const).flatMap((pattern) => {
    const row = largest(pattern);
    if (row === undefined) return [];
    const factor = nodes / row.clients / row.seconds;
    const idleCpu = idle === undefined ? 0 : idle.serverCpuSeconds / idle.seconds * row.seconds;
    const { list, watch, get } = row.requests;
    return {
      pattern,
      nodes,
      requestsPerSecond: pattern === "ours" ? nodes / WATCH_SECONDS : (list + watch + get) * factor,
      bytesPerSecond: row.bytes * factor,
      serverCores: Math.max(0, row.serverCpuSeconds - idleCpu) * factor,
    };
  });
}
