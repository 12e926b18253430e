/**
 * Lists the log files of a node as they lie there, without the watcher's knowledge: what an audit compares with.
 *
 * @module
 */
import { join } from "node:path";
import type { Config } from "../config/config.ts";

/** Lists the live log files, absolute, links resolved; rotated ones are none. Folders that are not there have none. */
export function listLogFiles(
  { podLogsPath, containersPath }: Pick<Config, "podLogsPath" | "containersPath">,
): readonly string[] {
  const found = new Set<string>();
  for (const pod of folders(podLogsPath)) {
    for (const container of folders(join(podLogsPath, pod))) {
      const folder = join(podLogsPath, pod, container);
      for (const name of namesIn(folder)) if (/^\d+\.log$/.test(name)) add(found, join(folder, name));
    }
  }
  for (const id of folders(containersPath)) add(found, join(containersPath, id, `${id}-json.log`));
  return [...found].sort();
}

function add(found: Set<string>, path: string): void {
  try {
    const real = Deno.realPathSync(path);
    if (Deno.statSync(real).isFile) found.add(real);
  } catch {
    // A link that leads nowhere, or a log that has just gone.
  }
}

function folders(path: string): readonly string[] {
  return namesIn(path).filter((name) => {
    try {
      return Deno.statSync(join(path, name)).isDirectory;
    } catch {
      return false;
    }
  });
}

function namesIn(path: string): readonly string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
