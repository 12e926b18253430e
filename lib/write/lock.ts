/**
 * The lock that keeps a second watcher from the same outputs. The kernel gives it up when the process ends, however it ends.
 *
 * @module
 */
import { describeError } from "./system_error.ts";

/** Another watcher writes these outputs. */
export class OutputsInUseError extends Error {
  override name = "OutputsInUseError";
  readonly lockPath: string;

  constructor(lockPath: string) {
    super(
      `Cannot take the lock ${lockPath}: another kube-log-watcher runs and writes the same files, stop it, ` +
        "or give this one other destinations",
    );
    this.lockPath = lockPath;
  }
}

/** The lock file cannot be used. */
export class LockError extends Error {
  override name = "LockError";
}

/** A lock that is held until it is disposed. The file stays: removing it would let two others lock two files of one name. */
export class OutputLock implements Disposable {
  readonly path: string;
  #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /**
   * Takes the lock.
   *
   * @throws {OutputsInUseError} If another process, or another writer of this one, holds it.
   * @throws {LockError} If the file cannot be opened or locked.
   */
  static take(path: string): OutputLock {
    return new OutputLock(path, lockFile(path));
  }

  /**
   * Takes the lock again when its file was removed, with its folder for instance.
   *
   * @throws {OutputsInUseError} If someone else was faster.
   * @throws {LockError} If the file cannot be opened or locked.
   */
  renew(): void {
    if (exists(this.path)) return;
    const file = lockFile(this.path);
    this.#file.close();
    this.#file = file;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function lockFile(path: string): Deno.FsFile {
  let file: Deno.FsFile | undefined;
  try {
    if (exists(path) && !Deno.lstatSync(path).isFile) throw new Error("it is no regular file");
    file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    if (file.tryLockSync(true)) return file;
  } catch (error) {
    file?.close();
    throw new LockError(`Cannot take the lock ${path}: ${describeError(error)}`, { cause: error });
  }
  file.close();
  throw new OutputsInUseError(path);
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
