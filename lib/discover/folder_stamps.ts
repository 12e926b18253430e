/**
 * Tells whether folders hold the names that they held, without listing them.
 *
 * Whatever comes into a folder, leaves it or gets another name changes the folder's own time of last change (POSIX, `st_mtime` of
 * directories), so that a folder whose time and inode are those of before holds the same names, each with the same inode.
 *
 * @module
 */
import { isDiskError } from "./disk_error.ts";

/** Time of last change, in milliseconds since 1970, and inode of each folder, one after the other. */
export type FolderStamps = readonly number[];

/**
 * Age of a folder's time from which a further change surely gets another one, in milliseconds. Kernels count in steps of up to 10 ms, file
 * systems with inodes of 128 bytes in whole seconds.
 */
const SETTLED_AFTER_MS = 2_000;

/** Tells when a reading begins, in milliseconds since 1970: on the wall clock, for the times of folders are of that, too. */
export function readingStart(): number {
  return Date.now();
}

/**
 * Takes stamps of folders that were just read.
 *
 * @param startMs When the reading began, see {@linkcode readingStart}.
 * @returns Undefined if a folder cannot be looked at, or changed so shortly before the reading that it may have changed since.
 */
export function stampsOf(paths: readonly string[], startMs: number): FolderStamps | undefined {
  const stamps: number[] = [];
  for (const path of paths) {
    const stamp = look(path);
    if (stamp === undefined || startMs - stamp.mtimeMs < SETTLED_AFTER_MS) return undefined;
    stamps.push(stamp.mtimeMs, stamp.inode);
  }
  // Kept for as long as the folders are there: a list that grew has room for 17 items.
  return stamps.slice();
}

/** Tells whether folders have the stamps that they had. */
export function haveStamps(paths: readonly string[], stamps: FolderStamps): boolean {
  if (stamps.length !== paths.length * 2) return false;
  return paths.every((path, index) => {
    const now = look(path);
    return now !== undefined && now.mtimeMs === stamps[index * 2] && now.inode === stamps[index * 2 + 1];
  });
}

function look(path: string): { readonly mtimeMs: number; readonly inode: number } | undefined {
  try {
    const { isDirectory, mtime, ino } = Deno.lstatSync(path);
    return isDirectory && mtime !== null && ino !== null ? { mtimeMs: mtime.getTime(), inode: ino } : undefined;
  } catch (error) {
    // Whoever reads the folder meets it again, and tells it.
    if (isDiskError(error)) return undefined;
    throw error;
  }
}
