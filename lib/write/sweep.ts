/**
 * Clears away temporary files that a killed watcher left behind.
 *
 * @module
 */
import { join } from "node:path";
import type { Log } from "../observe/log.ts";
import type { Disk } from "./disk.ts";
import { describeError } from "./system_error.ts";
import { isTemporaryName } from "./temporary_name.ts";

/** Options of {@linkcode sweepTemporaryFiles}. */
export interface SweepOptions {
  /** Agent; only names made for it are taken. */
  readonly owner: string;
  readonly disk: Disk;
  readonly log: Log;
}

/** Removes own temporary files from folders; a folder that is missing or is no folder is passed over. */
export function sweepTemporaryFiles(folders: Iterable<string>, { owner, disk, log }: SweepOptions): void {
  for (const folder of folders) {
    try {
      if (disk.look(folder)?.isDirectory !== true) continue;
      for (const name of disk.names(folder)) {
        if (!isTemporaryName(name, owner)) continue;
        disk.removeFile(join(folder, name));
        log.debug(`Removed ${join(folder, name)}, left behind by a watcher that was killed`, { agent: owner });
      }
    } catch (error) {
      log.warn(`Cannot clear temporary files from ${folder}: ${describeError(error)}`, { agent: owner });
    }
  }
}
