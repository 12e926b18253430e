/**
 * The private folder of this process for copies of agent folders; those of processes that died are removed.
 *
 * @module
 */
import { join } from "node:path";

const PREFIX = "kube-log-watcher-agents-";

/** A folder that lives as long as the process wants it, and no longer than the process. The lock on the folder itself tells that the process lives. */
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
      const lock = lockOf(path);
      // Another process may have swept it between the making and the locking.
      if (lock !== undefined && isFolder(path)) return new StagingArea(Deno.realPathSync(path), lock);
      lock?.close();
    }
  }

  [Symbol.dispose]() {
    // Closed last: without the lock another process would remove it at the same time.
    Deno.removeSync(this.path, { recursive: true });
    this.#lock.close();
  }
}

function temporaryFolder(): string {
  const path = Deno.makeTempDirSync({ prefix: PREFIX });
  remove(path);
  return join(path, "..");
}

/** Removes areas whose process does not hold the lock any more, however far it came with making or removing them. */
function sweep(parent: string) {
  for (const entry of Deno.readDirSync(parent)) {
    if (!entry.isDirectory || !entry.name.startsWith(PREFIX)) continue;
    const path = join(parent, entry.name);
    using lock = lockOf(path);
    if (lock !== undefined) remove(path);
  }
}

/** Takes the lock of an area; undefined where another process holds it, or the area is gone or another user's. */
function lockOf(path: string): Deno.FsFile | undefined {
  let folder: Deno.FsFile | undefined;
  try {
    folder = Deno.openSync(path, { read: true });
    if (folder.tryLockSync(true)) return folder;
  } catch (error) {
    folder?.close();
    rethrowUnlessOthers(error);
    return undefined;
  }
  folder.close();
  return undefined;
}

function remove(path: string) {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    rethrowUnlessOthers(error);
  }
}

/** Lets pass that something is gone, or another user's: not ours to remove. */
function rethrowUnlessOthers(error: unknown) {
  if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied)) throw error;
}

function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch (error) {
    rethrowUnlessOthers(error);
    return false;
  }
}
