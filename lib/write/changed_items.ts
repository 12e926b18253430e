/**
 * Finds the few items by which two lists of wanted items differ, so that an event on a node with thousands of containers does not
 * compare thousands of paths.
 *
 * @module
 */
import type { Rendered } from "../render/rendered.ts";
import type { OwnedKind } from "./on_disk.ts";

/** How far the lists may drift apart before they meet again; more is left to a whole comparison. */
const MAX_DRIFT = 32;

/** Places at which the lists may drift apart. */
const MAX_DRIFTS = 256;

/**
 * Lists the items of `after` that are not, as the same objects, in `before`.
 *
 * @param lists `owned` is what the ledger lists.
 * @returns Undefined when a path went away, or when too much differs: then everything has to be compared.
 */
export function changedItems(
  { before, after, owned }: {
    readonly before: readonly Rendered[];
    readonly after: readonly Rendered[];
    readonly owned: ReadonlyMap<string, OwnedKind>;
  },
): readonly Rendered[] | undefined {
  const gone: Rendered[] = [], come: Rendered[] = [];
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
  const replaced = new Set(gone.map(({ path }) => path));
  const isAllExplained = gone.length <= come.length &&
    come.every(({ path }) => replaced.delete(path) || !owned.has(path));
  return isAllExplained && replaced.size === 0 ? come : undefined;
}

/** Finds where the lists go on alike; their common end counts. */
function meeting(
  before: readonly Rendered[],
  after: readonly Rendered[],
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
