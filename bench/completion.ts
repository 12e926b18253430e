/**
 * Tells when the agents' files were complete, from what the kernel wrote on them: looking while the program works would take part of a
 * machine of two cores away from it.
 *
 * @module
 */
import { join } from "node:path";
import type { WatcherProcess } from "../tests/e2e/watcher_process.ts";
import type { BenchNode } from "./bench_node.ts";

/** How long to wait for it, milliseconds. */
const PATIENCE_MS = 180_000;
const LOOK_MS = 50;
/** Nothing may have changed for this long, milliseconds: longer than the pace of the agents' write sets. */
const QUIET_MS = 600;

/** Waits until exactly that many containers are configured, each wholly, and nothing happens any more. @throws {Error} If it takes too long. */
export async function untilComplete(
  node: BenchNode,
  { containers, watcher }: { containers: number; watcher: WatcherProcess },
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let quietMs = 0, last = ""; quietMs < QUIET_MS;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const marks = folderMarks(node);
    quietMs = marks === last ? quietMs + LOOK_MS : 0;
    // Looking at everything is dear with many files; it is done when it may be the last time.
    if (quietMs >= QUIET_MS && !node.isComplete(containers)) quietMs = 0;
    last = marks;
    if (performance.now() > deadline) {
      const log = watcher.lines.slice(-10).map(({ message }) => message).join("\n");
      throw new Error(`${node.name}: ${node.jobFiles()} job files instead of ${containers}\n${log}`);
    }
  }
}

/**
 * Gives the time of the newest change of any file, link or folder of the agents, in milliseconds since 1970.
 *
 * The kernel's stamps are exact to one tick of its clock, at most 10 ms.
 */
export function completedAt({ outputs }: BenchNode): number {
  return newest(outputs.folder);
}

function folderMarks({ outputs }: BenchNode): string {
  const { jobsPath, linksPath, scalyrDestPath, scalyrConfigPath } = outputs;
  return [jobsPath, linksPath, scalyrDestPath, scalyrConfigPath].map((path) => {
    try {
      return Deno.lstatSync(path).mtime?.getTime();
    } catch {
      return "absent";
    }
  }).join();
}

function newest(folder: string): number {
  let latest = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    // The program's own records are no configuration.
    if (name.startsWith(".")) continue;
    const path = join(folder, name);
    // A folder's time is that of the renaming that put a file into it. Not ctime: Deno (2.9.6) gives it in whole seconds.
    latest = Math.max(latest, Deno.lstatSync(path).mtime!.getTime(), isDirectory ? newest(path) : 0);
  }
  return latest;
}
