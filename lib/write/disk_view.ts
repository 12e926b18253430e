/**
 * The writer's memory of the disk: what lies at each path, without contents.
 *
 * Between full passes it is believed, so that an event costs nothing for the files that it does not concern. A full pass looks at
 * every file again and reads those whose size, time, inode or mode is not as remembered.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Rendered } from "../render/rendered.ts";
import type { Disk } from "./disk.ts";
import { fingerprint, fingerprintOf } from "./fingerprint.ts";
import { FolderAbsences } from "./folder_absences.ts";
import { type CurrentState, type FileOnDisk, type LinkOnDisk, MISSING, type OnDisk } from "./on_disk.ts";
import { describeError } from "./system_error.ts";

/** How a file looked when its contents were last known. */
interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  /** Mode bits as the file system shows them; those of a state are the wanted ones where it cannot keep them. */
  readonly shownMode: number;
  /** False while a further change could still get the same time. */
  readonly isSettled: boolean;
}

type Remembered = (FileOnDisk | LinkOnDisk) & Stamp;

/** Age of a file, milliseconds, from which a further change surely gets another time; kernels count in steps of up to 10 ms. */
const SETTLED_AFTER_MS = 50;

/** Bytes from which a file is nothing that this program wrote. */
const MAX_READ_BYTES = 256 * 1024 * 1024;

/** Looks between two moments in which other work gets its turn. */
const LOOKS_PER_TURN = 256;

/** Remembers what lies on the disk. */
export class DiskView implements CurrentState {
  readonly #disk: Disk;
  readonly #lasting = new Map<string, Remembered>();
  /** Answers that hold for one pass only: folders, nothing, and what is no output. */
  readonly #passing = new Map<string, OnDisk>();
  /** What is absent in which folder, for one pass. */
  readonly #absences: FolderAbsences;

  constructor(disk: Disk) {
    this.#disk = disk;
    this.#absences = new FolderAbsences(disk);
  }

  /** Begins a pass. */
  begin(): void {
    this.#passing.clear();
    this.#absences.forget();
  }

  /** Ends a pass: what held for it alone is not kept until the next one, which may be hours away. */
  end(): void {
    this.#passing.clear();
  }

  /** Answers from memory, or looks. */
  get(path: string): OnDisk {
    return this.#lasting.get(path) ?? this.#passing.get(path) ?? this.#learn(path);
  }

  /**
   * Looks at paths that are not remembered yet, giving other work its turn in between.
   *
   * @param mayLook Tells whether a path may be looked at.
   */
  async prefetch(items: readonly Rendered[], mayLook: (path: string) => boolean): Promise<void> {
    let looks = 0;
    for (const { path, root } of items) {
      if (this.#lasting.has(path) || this.#passing.has(path) || !mayLook(path)) continue;
      // In a folder that is not there lies nothing: one look, and one error, instead of one for each level below it.
      if (this.#isAbsent(dirname(path), root) || this.#absences.has(path)) this.#passing.set(path, MISSING);
      else this.#absences.note(path, this.#learn(path));
      if (++looks % LOOKS_PER_TURN === 0) await turn();
    }
    this.#absences.forget();
  }

  /**
   * Looks at everything remembered again.
   *
   * @param isKept Tells whether a path is still worth remembering.
   */
  async verify(isKept: (path: string) => boolean): Promise<void> {
    let looks = 0;
    for (const [path, before] of this.#lasting) {
      if (isKept(path)) this.#lookAgain(path, before);
      else this.#lasting.delete(path);
      if (++looks % LOOKS_PER_TURN === 0) await turn();
    }
  }

  /** Takes note of a file or link that was just written. */
  wrote(item: Rendered): void {
    this.#passing.delete(item.path);
    this.#lasting.delete(item.path);
    const info = this.#look(item.path);
    if (info === undefined) return;
    const stamp = { ...stampOf(info), isSettled: false };
    const state = item.kind === "file"
      ? { kind: item.kind, fingerprint: fingerprintOf(item), mode: item.mode }
      : { kind: item.kind, target: item.target };
    this.#lasting.set(item.path, { ...state, ...stamp });
  }

  /** Forgets a path: the next question looks. */
  forget(path: string): void {
    this.#lasting.delete(path);
    this.#passing.delete(path);
  }

  /** Forgets everything. */
  forgetAll(): void {
    this.#lasting.clear();
    this.#passing.clear();
  }

  /** Tells whether a folder, or one above it up to the root, is not there; remembers that for this pass. */
  #isAbsent(folder: string, root: string): boolean {
    if (folder.length <= root.length) return false;
    const known = this.#passing.get(folder);
    if (known !== undefined) return known.kind === "missing";
    if (this.#isAbsent(dirname(folder), root) || this.#absences.has(folder)) {
      this.#passing.set(folder, MISSING);
      return true;
    }
    const state = this.get(folder);
    this.#absences.note(folder, state);
    return state.kind === "missing";
  }

  #look(path: string): Deno.FileInfo | undefined {
    try {
      return this.#disk.look(path);
    } catch {
      return undefined; // whoever goes on with this path meets the error again and tells it
    }
  }

  #learn(path: string): OnDisk {
    const state = this.#stateOf(path);
    if (state.kind === "file" || state.kind === "link") this.#lasting.set(path, state);
    else this.#passing.set(path, state);
    return state;
  }

  #stateOf(path: string): Remembered | Exclude<OnDisk, FileOnDisk | LinkOnDisk> {
    try {
      const info = this.#disk.look(path);
      if (info === undefined) return MISSING as { kind: "missing" };
      if (info.isDirectory) return { kind: "directory" };
      const stamp = stampOf(info);
      if (info.isSymlink) return { kind: "link", target: this.#disk.readLink(path), ...stamp };
      if (!info.isFile) return { kind: "other", problem: "a device, pipe or socket lies there" };
      return { kind: "file", fingerprint: this.#read(path, info.size), mode: stamp.shownMode, ...stamp };
    } catch (error) {
      return { kind: "other", problem: describeError(error) };
    }
  }

  #read(path: string, size: number): string | undefined {
    if (size > MAX_READ_BYTES) return undefined;
    try {
      return fingerprint(this.#disk.read(path));
    } catch {
      return undefined; // a file that cannot be read is as good as a different one
    }
  }

  #lookAgain(path: string, before: Remembered): void {
    const info = this.#look(path);
    if (info !== undefined && before.isSettled && isSame(stampOf(info), before)) return;
    this.#lasting.delete(path);
    const after = this.#learn(path);
    if (after.kind !== "file" && after.kind !== "link") return;
    const isChanged = before.isChanged === true || !isEqual(after as Remembered, before);
    const mode = after.kind === "file" && before.kind === "file" && !isChanged ? { mode: before.mode } : {};
    this.#lasting.set(path, { ...(after as Remembered), ...mode, isChanged });
  }
}

function stampOf(info: Deno.FileInfo): Stamp {
  const mtimeMs = info.mtime?.getTime() ?? 0;
  return {
    size: info.size,
    mtimeMs,
    inode: info.ino ?? 0,
    shownMode: (info.mode ?? 0) & 0o7777,
    isSettled: mtimeMs < Date.now() - SETTLED_AFTER_MS,
  };
}

function isSame(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs && a.inode === b.inode && a.shownMode === b.shownMode;
}

function isEqual(a: Remembered, b: Remembered): boolean {
  if (a.kind === "link") return b.kind === "link" && a.target === b.target;
  return b.kind === "file" && a.fingerprint === b.fingerprint && a.shownMode === b.shownMode;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
