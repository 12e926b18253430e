/**
 * Tells cheaply that paths do not exist, where many are asked for in the same folder: at a first start nothing is there yet, and each look at what is
 * absent costs an error.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import type { Disk } from "./disk.ts";
import type { OnDisk } from "./on_disk.ts";

/** Absent paths of one folder after which the folder is listed: fewer looks are cheaper than a list of thousands of names. */
const LIST_AFTER = 32;

/** Remembers for a short time what folders hold. */
export class FolderAbsences {
  readonly #disk: Disk;
  readonly #misses = new Map<string, number>();
  readonly #names = new Map<string, ReadonlySet<string>>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Tells whether a path is known not to exist; false where that is not known. */
  has(path: string): boolean {
    const names = this.#names.get(dirname(path));
    return names !== undefined && !names.has(basename(path));
  }

  /** Takes note of what a look found. */
  note(path: string, { kind }: OnDisk): void {
    if (kind !== "missing") return;
    const folder = dirname(path);
    const misses = (this.#misses.get(folder) ?? 0) + 1;
    this.#misses.set(folder, misses);
    if (misses === LIST_AFTER) this.#list(folder);
  }

  /** Forgets everything. */
  forget(): void {
    this.#misses.clear();
    this.#names.clear();
  }

  #list(folder: string): void {
    try {
      this.#names.set(folder, new Set(this.#disk.names(folder)));
    } catch {
      // Then each path is looked at, and whoever goes on with it tells the error.
    }
  }
}
