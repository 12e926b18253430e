/**
 * Finds the few items by which two lists of wanted items differ, so that an event on a node with thousands of containers does not
 * compare thousands of paths.
 *
 * @module
 */
import { listDifference } from "../render/list_difference.ts";
import type { Rendered } from "../render/rendered.ts";
import type { OwnedKind } from "./on_disk.ts";

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
  const difference = listDifference(before, after);
  if (difference === undefined) return undefined;
  const { gone, come } = difference;
  const replaced = new Set(gone.map(({ path }) => path));
  const isAllExplained = gone.length <= come.length &&
    come.every(({ path }) => replaced.delete(path) || !owned.has(path));
  return isAllExplained && replaced.size === 0 ? come : undefined;
}
