/**
 * Figures: how long it took from a log file to the configuration that names it.
 *
 * The start is the birth time of the node's file, whose clock advances every 4 ms on common kernels; the end is when the reader, which looks
 * every few milliseconds, had read the last file. So the true times are a little shorter.
 *
 * @module
 */
import type { OutputReader } from "./output_reader.ts";

/** Times of one container, milliseconds. */
export interface Latency {
  readonly log: string;
  /** From the log file to the last of the three agents' files. */
  readonly fromLogMs: number;
  /** From the kubelet's link, which is the first to tell the container's id, to the last of the three agents' files. */
  readonly fromLinkMs: number;
}

/**
 * Works out the times of all containers whose log came while the watcher ran.
 * @param sinceMs When the watcher was seen to run, milliseconds of the epoch.
 * @param pauses Times in which it did not run.
 */
export function latencies(
  reader: OutputReader,
  { sinceMs, pauses }: { sinceMs: number; pauses: readonly (readonly [fromMs: number, toMs: number])[] },
): Latency[] {
  return [...reader.logOf].flatMap(([id, log]) => {
    const born = reader.logs.get(log)?.cameMs;
    const link = reader.links.get(id)?.cameMs;
    const written = [reader.entries, reader.jobs, reader.scalyrLinks, reader.symlinks].map((one) =>
      one.get(id)?.cameMs
    );
    if (born === undefined || link === undefined || born < sinceMs) return [];
    if (pauses.some(([from, to]) => born >= from && born <= to)) return [];
    if (written.some((time) => time === undefined)) return [];
    const lastMs = Math.max(...written as number[]);
    return [{ log, fromLogMs: lastMs - born, fromLinkMs: lastMs - link }];
  });
}

/** Writes p50, p99 and max of a list. */
export function figures(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms (${sorted.length} containers)`;
}
