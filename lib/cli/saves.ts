/**
 * Notices saves.
 *
 * @module
 */

/** Time in which the saves of an editor, which come in several steps, are taken for one, milliseconds. */
const QUIET_MS = 100;

/** Options of {@linkcode saves}. */
export interface SavesOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether folders in the folders count, too, default true. */
  readonly isDeep?: boolean;
}

/** Comes once for each save in some folders. */
export async function* saves(
  folders: readonly string[],
  { signal, isDeep = true }: SavesOptions,
): AsyncGenerator<void> {
  using watcher = Deno.watchFs([...folders], { recursive: isDeep });
  const close = () => watcher.close();
  if (signal.aborted) return;
  signal.addEventListener("abort", close, { once: true });
  const events = watcher[Symbol.asyncIterator]();
  for (let next = events.next(); !(await next).done;) {
    next = events.next();
    for (let isQuiet = false; !isQuiet;) {
      const quiet = Promise.withResolvers<"quiet">();
      const timer = setTimeout(() => quiet.resolve("quiet"), QUIET_MS);
      const first = await Promise.race([next, quiet.promise]);
      clearTimeout(timer);
      isQuiet = first === "quiet" || first.done === true;
      if (!isQuiet) next = events.next();
    }
    if (!signal.aborted) yield;
  }
}
