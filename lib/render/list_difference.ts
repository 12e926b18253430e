/**
 * Finds the few items by which two long lists differ, by their identity, without comparing anything else of them.
 *
 * @module
 */

/** How far the lists may drift apart before they meet again; more is left to a whole comparison. */
const MAX_DRIFT = 32;

/** Places at which the lists may drift apart. */
const MAX_DRIFTS = 256;

/** What one list has that the other has not. An item that has changed its place may be in both. */
export interface ListDifference<T> {
  readonly gone: readonly T[];
  readonly come: readonly T[];
}

/** Compares two lists; undefined when they differ by too much for this to be worth it. */
export function listDifference<T>(before: readonly T[], after: readonly T[]): ListDifference<T> | undefined {
  const gone: T[] = [], come: T[] = [];
  let i = 0, j = 0;
  for (let drifts = 0; i < before.length || j < after.length;) {
    if (i < before.length && before[i] === after[j]) {
      i++;
      j++;
      continue;
    }
    const next = meeting(before, after, { i, j });
    if (next === undefined || ++drifts > MAX_DRIFTS) return undefined;
    gone.push(...before.slice(i, next.i));
    come.push(...after.slice(j, next.j));
    ({ i, j } = next);
  }
  return { gone, come };
}

/** Finds where the lists go on alike; their common end counts. */
function meeting<T>(
  before: readonly T[],
  after: readonly T[],
  { i, j }: { i: number; j: number },
): { i: number; j: number } | undefined {
  for (let drift = 1; drift <= MAX_DRIFT; drift++) {
    for (let skipped = 0; skipped <= drift; skipped++) {
      const a = i + skipped, b = j + drift - skipped;
      if (a > before.length || b > after.length) continue;
      if (before[a] === after[b]) return { i: a, j: b };
    }
  }
  return undefined;
}
