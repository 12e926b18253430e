/**
 * Carries out a plan's operations in their order; one that fails does not stop the others.
 *
 * @module
 */
import { dirname } from "node:path";
import { publish, type Staged, stageFile, stageLink, syncFolder, WriteError } from "./atomic_write.ts";
import type { Disk } from "./disk.ts";
import { inParallel } from "./in_parallel.ts";
import type { Failure, Operation } from "./plan.ts";
import { describeError, errorCode } from "./system_error.ts";

/** What became of a plan's operations. */
export interface Outcome {
  readonly done: readonly Operation[];
  readonly failures: readonly Failure[];
}

/** Files that wait under temporary names at the same time: their waits for the disk overlap. */
const BATCH = 256;

/**
 * Carries out operations.
 *
 * New contents are staged by the batch and published one by one, so that what is visible appears in the wanted order. At the
 * end every folder in which a file's name changed, or something was removed, is synced, once.
 *
 * @param options `owner` is the agent, part of temporary names.
 */
export async function carryOut(
  operations: readonly Operation[],
  options: { readonly owner: string; readonly disk: Disk },
): Promise<Outcome> {
  const run = new Run(options);
  for (let start = 0; start < operations.length; start += BATCH) {
    await run.batch(operations.slice(start, start + BATCH));
  }
  await run.sync();
  return run;
}

class Run implements Outcome {
  readonly done: Operation[] = [];
  readonly failures: Failure[] = [];
  readonly #options: { readonly owner: string; readonly disk: Disk };
  readonly #touched = new Set<string>();

  constructor(options: { readonly owner: string; readonly disk: Disk }) {
    this.#options = options;
  }

  async batch(operations: readonly Operation[]): Promise<void> {
    const staged = new Map<Operation, Staged>();
    for (const operation of operations) if (operation.kind === "directory") this.#make(operation);
    const crowded: Operation[] = [];
    await inParallel(operations, { work: (operation) => this.#stage(operation, { staged, crowded }) });
    for (const operation of operations) {
      this.#publish(operation, staged);
      if (operation.kind === "remove") this.#remove(operation);
    }
    for (const operation of crowded) {
      await this.#stage(operation, { staged });
      this.#publish(operation, staged);
    }
  }

  /** Waits until every changed name is on the disk. What is not for sure there has failed, so that it is looked at again. */
  async sync(): Promise<void> {
    const failed = new Map<string, string>();
    await inParallel(this.#touched, {
      work: async (folder) => {
        try {
          await syncFolder(folder, this.#options);
        } catch (error) {
          failed.set(folder, describeFailure(error, folder));
        }
      },
    });
    if (failed.size === 0) return;
    for (const operation of this.done.splice(0)) {
      const reason = failed.get(dirname(operation.path));
      if (reason === undefined) this.done.push(operation);
      else this.failures.push({ path: operation.path, reason });
    }
  }

  #make(operation: Operation): void {
    this.#try(operation, () => {
      try {
        this.#options.disk.createDirectory(operation.path);
      } catch (error) {
        throw new WriteError(operation.path, error);
      }
    });
  }

  /**
   * Writes new contents under a temporary name.
   *
   * @param lists `crowded` gets what found the disk full: alone, when the temporary files of the others are gone, it may fit.
   */
  async #stage(operation: Operation, lists: { staged: Map<Operation, Staged>; crowded?: Operation[] }): Promise<void> {
    try {
      if (operation.kind === "link") {
        lists.staged.set(operation, stageLink(operation.path, operation.wanted.target, this.#options));
      } else if (operation.kind === "file") {
        const { contents, mode } = operation.wanted;
        lists.staged.set(operation, await stageFile(operation.path, contents, { mode, ...this.#options }));
      }
    } catch (error) {
      if (lists.crowded && error instanceof WriteError && (error.code === "ENOSPC" || error.code === "EDQUOT")) {
        lists.crowded.push(operation);
      } else this.failures.push({ path: operation.path, reason: describeFailure(error, operation.path) });
    }
  }

  #publish(operation: Operation, staged: ReadonlyMap<Operation, Staged>): void {
    const ready = staged.get(operation);
    if (ready !== undefined) this.#try(operation, () => publish(ready, this.#options));
  }

  #remove(operation: Operation & { readonly kind: "remove" }): void {
    const { path, was } = operation;
    const { disk } = this.#options;
    try {
      if (was === "directory") disk.removeDirectory(path);
      else disk.removeFile(path);
      this.#touched.delete(path);
      this.#finish(operation);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return void this.done.push(operation);
      if (errorCode(error) === "ENOTEMPTY") return; // someone else's files lie in it; it goes when they are gone
      this.failures.push({ path, reason: `Cannot remove ${path}: ${describeError(error)}` });
    }
  }

  #try(operation: Operation, step: () => void): void {
    try {
      step();
      this.#finish(operation);
    } catch (error) {
      this.failures.push({ path: operation.path, reason: describeFailure(error, operation.path) });
    }
  }

  #finish(operation: Operation): void {
    this.done.push(operation);
    if (isSynced(operation)) this.#touched.add(dirname(operation.path));
  }
}

/**
 * Tells whether the name has to be on the disk when the apply is over: that of a file, and that something is gone, since then it is struck from the
 * ledger. Links and folders hold nothing that could be lost: should the machine's power fail, they are made anew by the next start, which finds them
 * in the ledger. On a node of 4,000 containers they lie in 36,000 folders, whose syncs took longer than all else.
 */
function isSynced({ kind }: Operation): boolean {
  return kind === "file" || kind === "remove";
}

function describeFailure(error: unknown, path: string): string {
  return error instanceof WriteError ? error.message : `Cannot write ${path}: ${describeError(error)}`;
}
