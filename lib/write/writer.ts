/**
 * Brings the disk to what one agent wants, and keeps it there.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Log } from "../observe/log.ts";
import type { Rendered } from "../render/rendered.ts";
import { WriteError } from "./atomic_write.ts";
import { carryOut, type Outcome } from "./carry_out.ts";
import { type Disk, realDisk } from "./disk.ts";
import { DiskView } from "./disk_view.ts";
import { Ledger } from "./ledger.ts";
import { LockError, OutputLock } from "./lock.ts";
import type { OwnedKind } from "./on_disk.ts";
import { type Failure, type Operation, type Plan, planWrites, type Reason } from "./plan.ts";
import { Places, type Root } from "./places.ts";
import { type Preview, previewWrites } from "./preview.ts";
import { probeRoot, RootError } from "./probe.ts";
import { RootFolders } from "./root_folders.ts";
import { sweepTemporaryFiles } from "./sweep.ts";

/** Options of {@linkcode Writer.open}. */
export interface WriterOptions {
  readonly agent: string;
  /** Values of the agent's settings of type `directory` and `file`. */
  readonly roots: readonly Root[];
  /** See {@linkcode ledgerPaths}. */
  readonly ledgerPath: string;
  readonly lockPath: string;
  readonly log: Log;
  /** File system, default the machine's. */
  readonly disk?: Disk;
}

/** Options of {@linkcode Writer.apply}. */
export interface ApplyOptions {
  /** Everything that the agent wants, in the order in which it is to be written. */
  readonly wanted: readonly Rendered[];
  /** False when something may be missing from `wanted`: then nothing is removed. */
  readonly mayRemove: boolean;
  /** True looks at every owned file and repairs what others did; false believes that the disk is as we left it. */
  readonly verify: boolean;
}

/** One change that was made. */
export interface AppliedOperation {
  readonly path: string;
  readonly kind: Operation["kind"];
  readonly reason: Reason;
}

/** What an apply did. The next one tries again what failed. */
export interface Applied {
  readonly operations: readonly AppliedOperation[];
  readonly failures: readonly Failure[];
}

/** Writes the files and links of one agent. Holds the lock on them until it is disposed. */
export class Writer implements AsyncDisposable {
  readonly #options: Required<WriterOptions>;
  readonly #places: Places;
  readonly #folders: RootFolders;
  readonly #lock: OutputLock;
  readonly #ledger: Ledger;
  readonly #view: DiskView;
  #hasLooked = false;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(
    options: Required<WriterOptions>,
    parts: { places: Places; folders: RootFolders; lock: OutputLock; ledger: Ledger },
  ) {
    this.#options = options;
    this.#places = parts.places;
    this.#folders = parts.folders;
    this.#lock = parts.lock;
    this.#ledger = parts.ledger;
    this.#view = new DiskView(options.disk);
  }

  /**
   * Makes the roots where they are missing, probes them, takes the lock, reads the ledger and clears what a killed watcher left behind.
   *
   * @throws {RootError} If a root cannot be made or used; the message says what to mount instead.
   * @throws {OutputsInUseError} If another watcher writes there.
   * @throws {LockError} If the lock file cannot be used.
   * @throws {WriteError} If the ledger can be neither read nor moved aside.
   */
  static async open(given: WriterOptions): Promise<Writer> {
    const options = { disk: realDisk, ...given };
    const { roots, ledgerPath, lockPath, log } = options;
    const places = new Places(roots, [ledgerPath, `${ledgerPath}.corrupt`, lockPath]);
    const folders = new RootFolders(places.folders, log);
    makeFolders(folders, { ledgerPath, log });
    for (const root of places.roots) await probeRoot(root, { owner: options.agent, disk: options.disk });
    const lock = OutputLock.take(lockPath);
    try {
      const ledger = await openLedger(options, places);
      return new Writer(options, { places, folders, lock, ledger });
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /** Paths that this agent owns, with their kind. */
  get owned(): ReadonlyMap<string, OwnedKind> {
    return this.#ledger.owned;
  }

  /**
   * Brings the disk to what is wanted. Calls wait for each other. A path that fails keeps what it had, and does not stop the others.
   *
   * @throws {OutputsInUseError} If the lock file was removed and another watcher took its place.
   */
  apply(options: ApplyOptions): Promise<Applied> {
    if (this.#isClosed) {
      return Promise.reject(new Error(`Cannot write for ${this.#options.agent}: its writer is closed`));
    }
    const turn = this.#turn.then(() => this.#pass(options));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Says what an apply would do, with the contents that lie there now, and changes nothing. */
  preview(wanted: readonly Rendered[]): Promise<Preview> {
    return previewWrites({ ...this.#options, wanted });
  }

  /** Finishes the apply in progress and gives the lock back. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#turn;
    this.#lock[Symbol.dispose]();
  }

  async #pass({ wanted, mayRemove, verify }: ApplyOptions): Promise<Applied> {
    const failures = this.#checkFolders();
    const isWhole = failures.length === 0;
    const lost = new Set(failures.map(({ path }) => path));
    const reachable = isWhole ? wanted : wanted.filter(({ path }) => !lost.has(this.#places.folderOf(path) ?? path));
    const isFull = verify || !this.#hasLooked;
    await this.#look(reachable, { isFull, failures });
    const plan = planWrites({
      wanted: reachable,
      owned: this.#ledger.owned,
      announced: this.#ledger.announced,
      current: this.#view,
      places: this.#places,
      mayRemove: mayRemove && isWhole,
      isFull,
    });
    failures.push(...plan.failures);
    const allowed = await this.#announce(plan, failures);
    const outcome = await carryOut(allowed, { owner: this.#options.agent, disk: this.#options.disk });
    failures.push(...outcome.failures);
    await this.#settle(plan, { outcome, failures });
    const operations = outcome.done.map(({ path, kind, reason }) => ({ path, kind, reason }));
    return { operations, failures };
  }

  #checkFolders(): Failure[] {
    const { isReplaced, failures } = this.#folders.check();
    if (!isReplaced) return [...failures];
    this.#view.forgetAll();
    this.#hasLooked = false;
    try {
      if (failures.length === 0) this.#lock.renew();
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      return [...failures, { path: this.#lock.path, reason: error.message }];
    }
    return [...failures];
  }

  async #look(
    wanted: readonly Rendered[],
    { isFull, failures }: { isFull: boolean; failures: Failure[] },
  ): Promise<void> {
    this.#view.begin();
    if (isFull) {
      await this.#view.verify((path) => this.#ledger.owned.has(path));
      await this.#recording(failures, () => this.#ledger.restore());
      this.#hasLooked = true;
    }
    await this.#view.prefetch(wanted, (path) => this.#places.refusal(path) === undefined);
  }

  /** Lists what is about to be made; returns the operations that may go on. */
  async #announce(plan: Plan, failures: Failure[]): Promise<readonly Operation[]> {
    if (await this.#recording(failures, () => this.#ledger.announce(plan.announce))) return plan.operations;
    return plan.operations.filter(({ path, kind }) => {
      const isListed = kind === "remove" || this.#ledger.owned.has(path);
      if (!isListed) failures.push({ path, reason: `Cannot write ${path}: it could not be listed in the ledger` });
      return isListed;
    });
  }

  async #settle(plan: Plan, { outcome, failures }: { outcome: Outcome; failures: Failure[] }): Promise<void> {
    const gone = [...plan.forgotten];
    for (const { path } of failures) this.#view.forget(path);
    const failed = new Set(failures.map(({ path }) => path));
    for (const path of plan.announce.keys()) if (!failed.has(path)) this.#ledger.confirm(path);
    for (const operation of outcome.done) {
      this.#ledger.confirm(operation.path);
      if (operation.kind === "file" || operation.kind === "link") this.#view.wrote(operation.wanted);
      if (operation.kind === "remove") gone.push(operation.path);
    }
    for (const path of gone) this.#view.forget(path);
    await this.#recording(failures, () => this.#ledger.drop(gone));
  }

  async #recording(failures: Failure[], step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      if (!(error instanceof WriteError)) throw error;
      failures.push({ path: error.path, reason: error.message });
      return false;
    }
  }
}

function makeFolders(folders: RootFolders, { ledgerPath, log }: { ledgerPath: string; log: Log }): void {
  const { failures } = new RootFolders([dirname(ledgerPath)], log).check();
  const [failure] = [...folders.check().failures, ...failures];
  if (failure !== undefined) throw new RootError(failure.path, failure.reason);
}

async function openLedger({ agent, ledgerPath, disk, log }: Required<WriterOptions>, places: Places): Promise<Ledger> {
  const roots = new Map(places.folders.map((folder) => [folder, Deno.realPathSync(folder)]));
  const ledger = await Ledger.open({ path: ledgerPath, agent, roots, disk, log });
  const owned = Array.from(ledger.owned).filter(([, kind]) => kind === "directory").map(([path]) => path);
  const folders = new Set([Deno.realPathSync(dirname(ledgerPath)), ...roots.values(), ...owned]);
  sweepTemporaryFiles(folders, { owner: agent, disk, log });
  return ledger;
}
