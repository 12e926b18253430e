/**
 * Runs work on many items, some at a time: the waits for the disk overlap, and a journaling file system commits them together.
 *
 * @module
 */

/**
 * Runs `work` for every item, at most `limit` at a time (default 32).
 *
 * @param work Must not throw; what it throws ends the whole run.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  { work, limit = 32 }: { readonly work: (item: T) => Promise<void>; readonly limit?: number },
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: limit }, lane));
}
