/**
 * Judges measured memory. Two measures, as neither shows every leak:
 *
 * - What is left of the heap after collecting garbage, at rest with the same containers before and after the churn. It does not depend on when the
 *   garbage collector works, so that 2 KB per pod show after 2,000 pods, and half a kilobyte after 10,000. It does not see memory outside of the heap.
 * - Resident memory of all processes during the churn. It sees everything, but goes up and down by some 10 MB with the garbage collector
 *   and with the agents' processes, so that it shows only what is large, or what lasts for hours.
 *
 * @module
 */

export const MEGABYTE = 2 ** 20;

/**
 * Growth of the heap, in bytes, that is no leak, however many pods came: code that is compiled later than the first measure (0.5 to 1 MB, more on a
 * slow machine), ids of up to 8 restarts of each container, capacity of tables that is not given back. It is as much as 1.5 KB for each of 2,000 pods.
 */
const HEAP_SLACK = 3 * MEGABYTE;
/** By what the median of resident memory may rise from the second fifth of the churn to the last: a factor, and bytes. */
const RSS_FACTOR = 1.25;
const RSS_SLACK = 10 * MEGABYTE;

/** Minimum, quartiles and maximum. */
export type Quartiles = readonly [least: number, lower: number, median: number, upper: number, most: number];

/** Gives the quartiles of numbers, by linear interpolation; of no numbers NaN. */
export function quartiles(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => {
    const place = part * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] ?? NaN, sorted[Math.ceil(place)] ?? NaN];
    return low + (high - low) * (place % 1);
  };
  return [at(0), at(0.25), at(0.5), at(0.75), at(1)];
}

/** Cuts a series into five parts of about the same length. */
export function fifths<T>(series: readonly T[]): readonly (readonly T[])[] {
  return [0, 1, 2, 3, 4].map((part) =>
    series.slice(Math.floor(part * series.length / 5), Math.floor((part + 1) * series.length / 5))
  );
}

/** Says how resident memory grew during a churn, if it grew too much; the first fifth is that of filling caches. */
export function rssGrowth(series: readonly number[]): readonly string[] {
  const [, second = [], , , last = []] = fifths(series);
  const [before, after] = [quartiles(second)[2], quartiles(last)[2]];
  const limit = before * RSS_FACTOR + RSS_SLACK;
  if (after <= limit) return [];
  return [
    `its median was ${megabytes(before)} in the second fifth and ${megabytes(after)} in the last; at most ${
      megabytes(limit)
    }`,
  ];
}

/** Says how the heap grew, if it grew too much. Sizes in bytes, measured with the same number of containers. */
export function heapGrowth(
  { before, after, pods }: { readonly before: number; readonly after: number; readonly pods: number },
): readonly string[] {
  if (after - before <= HEAP_SLACK) return [];
  const perPod = Math.round((after - before) / pods);
  return [
    `${megabytes(before)} before and ${megabytes(after)} after ${pods} pods, ${perPod} bytes per pod; at most ${
      megabytes(HEAP_SLACK)
    } more`,
  ];
}

/** Writes a size for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
