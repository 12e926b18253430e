/**
 * Replaces files and links as a whole: whoever reads the path sees the old contents or the new, never a part.
 *
 * A temporary file in the same folder gets the contents, reaches the disk (fsync) and is renamed over the path; then the
 * folder reaches the disk. For many files of one folder, stage and publish each and sync the folder once.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { type Disk, realDisk } from "./disk.ts";
import { describeError, errorCode } from "./system_error.ts";
import { temporaryName } from "./temporary_name.ts";

/** A path could not be written; what lay there before is whole. */
export class WriteError extends Error {
  override name = "WriteError";
  readonly path: string;
  /** Code of the operating system, e.g. `ENOSPC`; undefined if it gave none. */
  readonly code: string | undefined;

  /** @param cause What the system said. */
  constructor(path: string, cause: unknown) {
    super(`Cannot write ${path}: ${describeError(cause)}`, { cause });
    this.path = path;
    this.code = errorCode(cause);
  }
}

/** Options of everything here. */
export interface WriteOptions {
  /** Agent, part of the temporary name; default `watcher`. */
  readonly owner?: string;
  /** File system, default the machine's. */
  readonly disk?: Disk;
}

/** New contents that wait under a temporary name. */
export interface Staged {
  readonly path: string;
  readonly temporary: string;
}

const encoder = new TextEncoder();

/**
 * Replaces or creates a file.
 *
 * @throws {WriteError} If any step failed.
 */
export async function writeFileAtomically(
  path: string,
  contents: string,
  options: WriteOptions & { readonly mode: number },
): Promise<void> {
  publish(await stageFile(path, contents, options), options);
  await syncFolder(dirname(path), options);
}

/**
 * Replaces or creates a symbolic link.
 *
 * @throws {WriteError} If any step failed.
 */
export async function linkAtomically(path: string, target: string, options: WriteOptions = {}): Promise<void> {
  publish(stageLink(path, target, options), options);
  await syncFolder(dirname(path), options);
}

/**
 * Writes a file's new contents under a temporary name and waits until they are on the disk.
 *
 * @throws {WriteError} If they could not be written; the temporary file is gone then.
 */
export async function stageFile(
  path: string,
  contents: string,
  { mode, owner = "watcher", disk = realDisk }: WriteOptions & { readonly mode: number },
): Promise<Staged> {
  const temporary = join(dirname(path), temporaryName(owner));
  try {
    await disk.createFile(temporary, encoder.encode(contents), { mode });
    return { path, temporary };
  } catch (error) {
    discard(temporary, disk);
    throw new WriteError(path, error);
  }
}

/**
 * Makes a link under a temporary name.
 *
 * @throws {WriteError} If it could not be made.
 */
export function stageLink(
  path: string,
  target: string,
  { owner = "watcher", disk = realDisk }: WriteOptions = {},
): Staged {
  const temporary = join(dirname(path), temporaryName(owner));
  try {
    disk.createLink(temporary, target);
    return { path, temporary };
  } catch (error) {
    throw new WriteError(path, error);
  }
}

/**
 * Renames staged contents over their path. The name is on the disk only after {@linkcode syncFolder}.
 *
 * @throws {WriteError} If the path cannot be replaced; the temporary file is gone then.
 */
export function publish({ path, temporary }: Staged, { disk = realDisk }: WriteOptions = {}): void {
  try {
    disk.rename(temporary, path);
  } catch (error) {
    discard(temporary, disk);
    throw new WriteError(path, error);
  }
}

/**
 * Waits until the names in a folder are on the disk.
 *
 * @throws {WriteError} If the disk refused.
 */
export async function syncFolder(folder: string, { disk = realDisk }: WriteOptions = {}): Promise<void> {
  try {
    await disk.syncDirectory(folder);
  } catch (error) {
    throw new WriteError(folder, error);
  }
}

function discard(temporary: string, disk: Disk): void {
  try {
    if (disk.look(temporary) !== undefined) disk.removeFile(temporary);
  } catch {
    // The error that led here is the one to tell; the next start sweeps what is left.
  }
}
