/**
 * Counts how many of what came when.
 *
 * @module
 */

/** One bar. */
export interface Bar {
  /** Start of its time, milliseconds after the beginning. */
  readonly fromMs: number;
  readonly count: number;
}

/**
 * Counts times by stretches of equal length. The first begins at 0; empty ones between others are there, too.
 *
 * @param timesMs Milliseconds after the beginning; earlier ones are left out.
 */
export function histogram(timesMs: readonly number[], { widthMs }: { widthMs: number }): readonly Bar[] {
  const counts: number[] = [];
  for (const time of timesMs) {
    const index = Math.floor(time / widthMs);
    if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
  }
  return Array.from(counts, (count = 0, index) => ({ fromMs: index * widthMs, count }));
}

const WIDEST = 50;

/** Draws bars as lines of text. */
export function drawHistogram(title: string, bars: readonly Bar[]): string {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const lines = bars.map(({ fromMs, count }) =>
    `${(fromMs / 1000).toFixed(2).padStart(7)} s ${String(count).padStart(5)} ${
      "#".repeat(Math.ceil(count / most * WIDEST))
    }`
      .trimEnd()
  );
  return [`### ${title}`, "", "```", ...lines, "```", ""].join("\n");
}
