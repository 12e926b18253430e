/**
 * The record of what one agent wrote and may remove. It survives restarts and crashes.
 *
 * The rule that everything here serves: whatever we own on disk is listed, at any moment. So new paths are listed, on the disk, before
 * they are made, and struck out after they are gone.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Log } from "../observe/log.ts";
import { syncFolder, WriteError, writeFileAtomically } from "./atomic_write.ts";
import type { Disk } from "./disk.ts";
import { dropLine, LedgerFormatError, ownLine, parseLedger, writeLedger } from "./ledger_format.ts";
import type { OwnedKind } from "./on_disk.ts";
import { isBelow } from "./places.ts";
import { describeError } from "./system_error.ts";

/** Options of {@linkcode Ledger.open}. */
export interface LedgerOptions {
  readonly path: string;
  readonly agent: string;
  /** Folders that may be written in now, as the operator named them, and where they lead, links resolved. */
  readonly roots: ReadonlyMap<string, string>;
  readonly disk: Disk;
  readonly log: Log;
}

/** Appended entries from which the file is written anew, if they are also more than twice the owned ones. */
const COMPACT_AFTER = 1000;

const encoder = new TextEncoder();

/** The ledger of one agent. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #owned = new Map<string, OwnedKind>();
  /** Entries of folders that are roots no more: kept for the day that they are again, never touched. */
  readonly #elsewhere = new Map<string, OwnedKind>();
  readonly #announced = new Set<string>();
  #roots: Record<string, string> = {};
  /** File as it was after our last write; undefined when it must be written as a whole. */
  #file: { readonly size: number; readonly inode: number | null } | undefined;
  #appended = 0;

  private constructor(options: LedgerOptions) {
    this.#options = options;
    this.#roots = Object.fromEntries(options.roots);
  }

  /**
   * Reads the ledger; without one nothing is owned. One that cannot be understood is moved aside, and nothing is owned.
   *
   * @throws {WriteError} If it is there but can be neither read nor moved aside.
   */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options);
    await ledger.#load();
    return ledger;
  }

  /** What is listed inside of today's roots, oldest first. */
  get owned(): ReadonlyMap<string, OwnedKind> {
    return this.#owned;
  }

  /** What was listed ahead by this process and is not confirmed yet. */
  get announced(): ReadonlySet<string> {
    return this.#announced;
  }

  /**
   * Lists paths that are about to be made, and waits until the list is on the disk. Writes nothing when all are listed.
   *
   * @throws {WriteError} If it could not be written: then none of the paths may be made.
   */
  async announce(entries: ReadonlyMap<string, OwnedKind>): Promise<void> {
    const fresh = [...entries].filter(([path, kind]) => this.#owned.get(path) !== kind);
    if (fresh.length === 0) return;
    const before = fresh.map(([path]) => this.#owned.get(path));
    for (const [path, kind] of fresh) this.#owned.set(path, kind);
    try {
      await this.#add(ownLine(fresh), { count: fresh.length, isDurable: true });
    } catch (error) {
      fresh.forEach(([path], index) => {
        const kind = before[index];
        if (kind === undefined) this.#owned.delete(path);
        else this.#owned.set(path, kind);
      });
      throw error;
    }
    fresh.forEach(([path], index) => before[index] === undefined && this.#announced.add(path));
  }

  /** Takes note that a listed path was made. */
  confirm(path: string): void {
    this.#announced.delete(path);
  }

  /**
   * Strikes out paths whose removal is on the disk. Does not wait: should the line get lost, the paths are struck out again.
   *
   * @throws {WriteError} If it could not be written; the next call writes it.
   */
  async drop(paths: Iterable<string>): Promise<void> {
    const gone = [...paths].filter((path) => this.#owned.delete(path));
    for (const path of gone) this.#announced.delete(path);
    if (gone.length > 0) await this.#add(dropLine(gone), { count: gone.length, isDurable: false });
  }

  /**
   * Writes the ledger again if somebody took it away or changed it.
   *
   * @throws {WriteError} If it could not be written.
   */
  async restore(): Promise<void> {
    const isEmpty = this.#owned.size + this.#elsewhere.size === 0;
    if (!this.#isAsWeLeftIt() && !(isEmpty && this.#look() === undefined)) await this.#writeWhole();
  }

  async #load(): Promise<void> {
    const { path, agent, disk } = this.#options;
    const info = this.#look();
    if (info === undefined) return;
    try {
      if (!info.isFile) throw new LedgerFormatError("It is no regular file");
      const text = new TextDecoder("utf-8", { fatal: true }).decode(disk.read(path));
      const { owned, roots } = parseLedger(text, agent);
      this.#takeIn(owned, roots);
      const isSameHead = JSON.stringify(sorted(roots)) === JSON.stringify(sorted(this.#roots));
      if (text.endsWith("\n") && isSameHead) this.#file = { size: info.size, inode: info.ino };
      this.#appended = owned.size;
    } catch (error) {
      if (!(error instanceof LedgerFormatError || error instanceof TypeError)) throw new WriteError(path, error);
      await this.#moveAside(error);
    }
  }

  #takeIn(owned: ReadonlyMap<string, OwnedKind>, formerRoots: Readonly<Record<string, string>>): void {
    const { roots } = this.#options;
    const leftAlone = new Map<string, number>();
    for (const [path, kind] of owned) {
      const root = innermost(path, roots.keys());
      const formerRoot = innermost(path, Object.keys(formerRoots)) ?? "/";
      const isMoved = root === formerRoot && formerRoots[root] !== roots.get(root);
      if (root !== undefined && !isMoved) this.#owned.set(path, kind);
      else leftAlone.set(formerRoot, (leftAlone.get(formerRoot) ?? 0) + 1);
      if (root !== undefined) continue;
      this.#elsewhere.set(path, kind);
      this.#roots[formerRoot] = formerRoots[formerRoot] ?? formerRoot;
    }
    for (const [root, count] of leftAlone) this.#reportLeftAlone(root, { count, folder: formerRoots[root] ?? root });
  }

  #reportLeftAlone(root: string, { count, folder }: { count: number; folder: string }): void {
    const { roots, log, agent, path } = this.#options;
    const why = roots.has(root)
      ? `${root} leads to ${roots.get(root)} now`
      : `${root} is no destination of this agent any more`;
    log.warn(`${count} paths that were written in ${folder} are left there: ${why}; remove them by hand`, {
      agent,
      ledger: path,
    });
  }

  async #moveAside(error: unknown): Promise<void> {
    const { path, disk, log, agent } = this.#options;
    const aside = `${path}.corrupt`;
    try {
      disk.rename(path, aside);
      await syncFolder(dirname(path), { disk });
    } catch (cause) {
      throw cause instanceof WriteError ? cause : new WriteError(path, cause);
    }
    log.error(
      `Cannot read the ledger ${path}: ${
        describeError(error)
      }; it was moved to ${aside}, and nothing that was written ` +
        "earlier is removed unless it is wanted again",
      { agent },
    );
  }

  async #add(line: string, { count, isDurable }: { count: number; isDurable: boolean }): Promise<void> {
    const { path, disk } = this.#options;
    const file = this.#file;
    this.#appended += count;
    const isLong = this.#appended > Math.max(COMPACT_AFTER, 2 * this.#owned.size);
    if (file === undefined || isLong || !this.#isAsWeLeftIt()) return await this.#writeWhole();
    this.#file = undefined; // until the line is written for sure, half of it may be
    const bytes = encoder.encode(line);
    try {
      await disk.append(path, bytes, { isDurable });
    } catch (error) {
      throw new WriteError(path, error);
    }
    this.#file = { size: file.size + bytes.length, inode: file.inode };
  }

  async #writeWhole(): Promise<void> {
    const { path, agent, disk } = this.#options;
    const owned = new Map([...this.#elsewhere, ...this.#owned]);
    this.#file = undefined;
    await writeFileAtomically(path, writeLedger({ agent, roots: this.#roots, owned }), {
      mode: 0o600,
      owner: agent,
      disk,
    });
    const info = this.#look();
    if (info !== undefined) this.#file = { size: info.size, inode: info.ino };
    this.#appended = 0;
  }

  #isAsWeLeftIt(): boolean {
    const info = this.#look();
    return this.#file !== undefined && info?.isFile === true && info.size === this.#file.size &&
      info.ino === this.#file.inode;
  }

  #look(): Deno.FileInfo | undefined {
    try {
      return this.#options.disk.look(this.#options.path);
    } catch (error) {
      throw new WriteError(this.#options.path, error);
    }
  }
}

function innermost(path: string, roots: Iterable<string>): string | undefined {
  let found: string | undefined;
  for (const root of roots) if (isBelow(path, root) && root.length > (found?.length ?? -1)) found = root;
  return found;
}

function sorted(roots: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(roots).sort(([a], [b]) => a < b ? -1 : 1);
}
