/**
 * The private folder of this process for copies of agent folders; those of processes that died are removed.
 *
 * @module
 */
import { join } from "node:path";

const PREFIX = "kube-log-watcher-agents-";
const LOCK = "lock";

/** A folder that lives as long as the process wants it, and no longer than the process. */
export class StagingArea implements Disposable {
  readonly path: string;
  readonly #lock: Deno.FsFile;

  private constructor(path: string, lock: Deno.FsFile) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes a new area and sweeps abandoned ones.
   * @param parent Folder to make it in, default the system's folder for temporary files.
   */
  static open(parent: string = temporaryFolder()): StagingArea {
    Deno.mkdirSync(parent, { recursive: true });
    sweep(parent);
    for (;;) {
      const path = Deno.makeTempDirSync({ dir: parent, prefix: PREFIX });
      const lock = Deno.openSync(join(path, LOCK), { create: true, write: true, mode: 0o600 });
      lock.lockSync(true);
      // Another process may have swept it between the making and the locking.
      if (isFile(join(path, LOCK))) return new StagingArea(Deno.realPathSync(path), lock);
      lock.close();
    }
  }

  [Symbol.dispose]() {
    this.#lock.close();
    Deno.removeSync(this.path, { recursive: true });
  }
}

function temporaryFolder(): string {
  const path = Deno.makeTempDirSync({ prefix: PREFIX });
  Deno.removeSync(path);
  return join(path, "..");
}

/** Removes areas whose process does not hold the lock any more. */
function sweep(parent: string) {
  for (const entry of Deno.readDirSync(parent)) {
    if (!entry.isDirectory || !entry.name.startsWith(PREFIX)) continue;
    const path = join(parent, entry.name);
    // Anything else, a pipe for instance, would keep the opening waiting.
    if (!isFile(join(path, LOCK))) continue;
    try {
      using lock = Deno.openSync(join(path, LOCK), { write: true });
      if (lock.tryLockSync(true)) Deno.removeSync(path, { recursive: true });
    } catch (error) {
      // Just being made, or another user's: not ours to remove.
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) throw error;
    }
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}
