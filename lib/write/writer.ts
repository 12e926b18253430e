/**
 * Brings the disk to what one agent wants, and keeps it there.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import type { Rendered } from "../render/rendered.ts";
import { WriteError } from "./atomic_write.ts";
import { changedItems } from "./changed_items.ts";
import { carryOut, type Outcome } from "./carry_out.ts";
import { type Disk, realDisk } from "./disk.ts";
import { DiskView } from "./disk_view.ts";
import type { Ledger } from "./ledger.ts";
import { LockError, type OutputLock } from "./lock.ts";
import type { OwnedKind } from "./on_disk.ts";
import { type OpenedPlaces, openPlaces } from "./open_places.ts";
import { type Failure, type Operation, type Plan, planWrites, type Reason } from "./plan.ts";
import type { Places, Root } from "./places.ts";
import { type Preview, previewWrites } from "./preview.ts";
import type { RootFolders } from "./root_folders.ts";

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
  /** What was wanted at the last pass, if the disk shows exactly that. The objects are those that rendering keeps anyway. */
  #shown: readonly Rendered[] | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(
    options: Required<WriterOptions>,
    opened: OpenedPlaces,
  ) {
    this.#options = options;
    this.#places = opened.places;
    this.#folders = opened.folders;
    this.#lock = opened.lock;
    this.#ledger = opened.ledger;
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
    return new Writer(options, await openPlaces(options));
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
    // Not what came of it: a first one has tens of thousands of operations, which would be kept until the next.
    this.#turn = turn.then(nothing, nothing);
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
    const isFull = verify || !this.#hasLooked;
    const changed = isFull || !isWhole ? undefined : this.#changedSince(wanted);
    const considered = changed ?? this.#reachable(wanted, failures);
    await this.#look(considered, { isFull, failures });
    const plan = planWrites({
      wanted: considered,
      owned: this.#ledger.owned,
      announced: this.#ledger.announced,
      current: this.#view,
      places: this.#places,
      mayRemove: mayRemove && isWhole && changed === undefined,
      isFull,
    });
    this.#shown = undefined;
    const operations = await this.#carryOut(plan, failures);
    this.#view.end();
    if (failures.length === 0 && (mayRemove || changed !== undefined)) this.#shown = wanted;
    return { operations, failures };
  }

  async #carryOut(plan: Plan, failures: Failure[]): Promise<readonly AppliedOperation[]> {
    failures.push(...plan.failures);
    const allowed = await this.#announce(plan, failures);
    const outcome = await carryOut(allowed, { owner: this.#options.agent, disk: this.#options.disk });
    failures.push(...outcome.failures);
    await this.#settle(plan, { outcome, failures });
    return outcome.done.map(({ path, kind, reason }) => ({ path, kind, reason }));
  }

  /** Lists what changed since the last pass; undefined when everything has to be compared. */
  #changedSince(wanted: readonly Rendered[]): readonly Rendered[] | undefined {
    const before = this.#shown;
    return before && changedItems({ before, after: wanted, owned: this.#ledger.owned });
  }

  /** Leaves out what is wanted in folders that are missing and cannot be made. */
  #reachable(wanted: readonly Rendered[], failures: readonly Failure[]): readonly Rendered[] {
    if (failures.length === 0) return wanted;
    const lost = new Set(failures.map(({ path }) => path));
    return wanted.filter(({ path }) => !lost.has(this.#places.folderOf(path) ?? path));
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

function nothing(): void {}
