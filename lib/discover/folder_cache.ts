/**
 * Keeps what each folder of a root holds, and reads again only those that something touched.
 *
 * @module
 */
import type { NotFollowed } from "./container.ts";
import { unreadableReason } from "./disk_error.ts";
import { type Changes, type FolderReading, NOTHING } from "./reading.ts";
import type { RootFolder } from "./root_folder.ts";

/** What is known of a folder that is read again. */
export interface Before {
  /** The last reading. */
  readonly reading: FolderReading | undefined;
  /** Whether something says that the folder changed; false when it is only looked at once more. */
  readonly isTouched: boolean;
}

/** Reads one folder of the root; undefined when it is not there. */
export type ReadFolder = (name: string, before: Before) => FolderReading | undefined;

/** Name under which the trouble with the root itself is kept; no folder can bear it. */
const ROOT = "";

/** The folders of one root. */
export class FolderCache {
  readonly #root: RootFolder;
  readonly #read: ReadFolder;
  readonly #readings = new Map<string, FolderReading>();
  readonly #dirty = new Set<string>();
  /** Folders that are to be looked at once more. */
  readonly #due = new Set<string>();
  /** Folders that could not be read whole: tried again at every scan. */
  readonly #incomplete = new Set<string>();
  #isListingDue = true;

  constructor(root: RootFolder, read: ReadFolder) {
    this.#root = root;
    this.#read = read;
  }

  /** True unless a folder, or the root, could not be read. */
  get isComplete(): boolean {
    return this.#incomplete.size === 0;
  }

  /** True while nothing is known of any folder. */
  get isEmpty(): boolean {
    return this.#readings.size === 0;
  }

  /** Marks everything as to be read again. */
  invalidateAll(): void {
    this.#isListingDue = true;
  }

  /** Marks one folder as to be read again. */
  invalidateFolder(name: string): void {
    if (name === ROOT || this.#root.state !== "present") this.#isListingDue = true;
    else this.#dirty.add(name);
  }

  /** Tells whether a folder is known. */
  has(name: string): boolean {
    return this.#readings.has(name);
  }

  /** Marks the folder that a path lies in, if it lies below the root. */
  invalidatePath(path: string): void {
    const relative = this.#root.relative(path);
    if (relative !== undefined) this.invalidateFolder(firstPart(relative));
  }

  /** Marks a folder only if it is known. */
  invalidateKnown(name: string): void {
    if (this.#readings.has(name)) this.#dirty.add(name);
  }

  /** Reads again what is marked, and records what changed. */
  refresh(changes: Changes): void {
    if (this.#isListingDue || this.#incomplete.has(ROOT)) this.#list(changes);
    if (this.#root.state === "present") this.#readDirty(changes);
    this.#dirty.clear();
    this.#due.clear();
  }

  #readDirty(changes: Changes): void {
    for (const name of this.#incomplete) this.#dirty.add(name);
    this.#dirty.delete(ROOT);
    const vanished: string[] = [];
    for (const name of this.#dirty.union(this.#due)) {
      const reading = this.#read(name, { reading: this.#readings.get(name), isTouched: this.#dirty.has(name) });
      if (reading !== undefined) this.#keep(name, reading, changes);
      else if (this.#readings.has(name)) vanished.push(name);
    }
    // With the root gone, for instance unmounted, its folders tell nothing by their absence.
    if (vanished.length > 0 && !this.#root.look()) this.#reportRoot(changes);
    else for (const name of vanished) this.#keep(name, undefined, changes);
  }

  #list(changes: Changes): void {
    this.#isListingDue = false;
    const names = this.#root.look() ? this.#names(changes) : this.#reportRoot(changes);
    if (names === undefined) return;
    this.#keep(ROOT, undefined, changes);
    // Folders that are gone are read too: that they are not there is for the reader to find, and to forget.
    for (const name of this.#readings.keys()) this.#due.add(name);
    for (const name of names) this.#due.add(name);
  }

  #names(changes: Changes): Set<string> | undefined {
    try {
      const names = new Set<string>();
      for (const entry of Deno.readDirSync(this.#root.realPath)) if (entry.isDirectory) names.add(entry.name);
      return names;
    } catch (error) {
      this.#trouble({ code: "unreadable", reason: unreadableReason(this.#root.path, error) }, changes);
      return undefined;
    }
  }

  /** Reports a root that is not there; that it never was there is normal, for a node may have one layout only. */
  #reportRoot(changes: Changes): Set<string> | undefined {
    const { state, reason } = this.#root;
    if (state === "absent") return new Set();
    this.#trouble({ code: state === "unreadable" ? "unreadable" : "missing-mount", reason }, changes);
    return undefined;
  }

  #trouble(trouble: Pick<NotFollowed, "code" | "reason">, changes: Changes): void {
    const { path } = this.#root;
    this.#keep(ROOT, { found: [], notFollowed: [{ key: path, path, ...trouble }], isComplete: false }, changes);
  }

  #keep(name: string, reading: FolderReading | undefined, changes: Changes): void {
    const kept = changes.record(this.#readings.get(name) ?? NOTHING, reading ?? NOTHING);
    if (reading === undefined) this.#readings.delete(name);
    else this.#readings.set(name, kept);
    if (kept.isComplete) this.#incomplete.delete(name);
    else this.#incomplete.add(name);
  }
}

/** Gives the first part of a relative path. */
export function firstPart(relative: string): string {
  const slash = relative.indexOf("/");
  return slash < 0 ? relative : relative.slice(0, slash);
}
