/**
 * The memory over time as a table for people.
 *
 * @module
 */
import { fifths, quartiles } from "./memory_verdict.ts";
import type { Sample } from "./sampler.ts";

const NAMES = ["first", "second", "third", "fourth", "last"] as const;

/** Writes the quartiles of resident memory by fifths of the samples. */
export function memoryTable(samples: readonly Sample[]): string {
  const head = row(["fifth", "seconds", "least", "lower", "median", "upper", "most", "whole tree"]);
  const rows = fifths(samples).map((part, index) =>
    row([
      NAMES[index]!,
      `${Math.round(part[0]?.seconds ?? 0)}-${Math.round(part.at(-1)?.seconds ?? 0)}`,
      ...quartiles(part.map(({ rss }) => rss)).map(megabytes),
      megabytes(quartiles(part.map(({ treeRss }) => treeRss))[2]),
    ])
  );
  return ["Resident memory of the watcher during the churn, MB; of the whole tree the median", head, ...rows].join(
    "\n",
  );
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => index === 0 ? cell.padEnd(8) : cell.padStart(9)).join(" ");
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
