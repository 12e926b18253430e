/**
 * How whoever reads a text starts the program: texts say `deno task start`, as in a clone; what starts it elsewhere says otherwise.
 *
 * @module
 */
import type { Environment } from "./environment.ts";

/** Variable by which a launcher or an image says how it is called, e.g. `npx kube-log-watcher`. */
export const STARTED_AS = "KUBE_LOG_WATCHER_STARTED_AS";

/** Replaces the commands of a clone by those that start this program. */
export function asStarted(text: string, env: Readonly<Record<string, string | undefined>> | Environment): string {
  const start = env[STARTED_AS]?.trim();
  if (!start) return text;
  return text.replaceAll(/\bdeno task (?:--quiet )?(?:start\b|(?=(?:preview|demo)\b))/g, (found) =>
    // Before a command's own name stands no space of the words that are replaced.
    found.endsWith("start") ? start : `${start} `);
}
