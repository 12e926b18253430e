/**
 * The few calls to the file system that writing needs. Each is one step: a crash leaves it done, not done or, for
 * `createFile` and `append`, half done.
 *
 * Quick calls on names are synchronous (some microseconds, ten times less than a hop through the thread pool); what waits for the
 * disk itself is not.
 *
 * @module
 */
import { errorCode } from "./system_error.ts";

/** File system as the writer sees it; links are never followed, except by `read`. */
export interface Disk {
  /** Looks at a path itself; undefined if nothing lies there. */
  look(path: string): Deno.FileInfo | undefined;
  read(path: string): Uint8Array;
  readLink(path: string): string;
  /** Names in a folder. */
  names(path: string): string[];
  /** Creates a file that must not exist, with exactly this mode, and waits until its contents are on the disk. */
  createFile(path: string, contents: Uint8Array, options: { readonly mode: number }): Promise<void>;
  createLink(path: string, target: string): void;
  /** Creates a folder with mode 755. */
  createDirectory(path: string): void;
  rename(from: string, to: string): void;
  /** Removes a file or link, never a folder. */
  removeFile(path: string): void;
  /** Removes a folder that must be empty. */
  removeDirectory(path: string): void;
  /** Appends to a file that must exist; `isDurable` waits until it is on the disk. */
  append(path: string, contents: Uint8Array, options: { readonly isDurable: boolean }): Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  syncDirectory(path: string): Promise<void>;
}

/** The machine's file system. */
export const realDisk: Disk = {
  look(path) {
    try {
      return Deno.lstatSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || errorCode(error) === "ENOTDIR") return undefined;
      throw error;
    }
  },
  read: (path) => Deno.readFileSync(path),
  readLink: (path) => Deno.readLinkSync(path),
  names: (path) => Array.from(Deno.readDirSync(path), ({ name }) => name),
  async createFile(path, contents, { mode }) {
    using file = Deno.openSync(path, { write: true, createNew: true, mode });
    Deno.chmodSync(path, mode); // the mode given to open is cut by the umask
    writeAll(file, contents);
    await file.sync();
  },
  createLink: (path, target) => Deno.symlinkSync(target, path),
  createDirectory(path) {
    Deno.mkdirSync(path);
    Deno.chmodSync(path, 0o755);
  },
  rename: (from, to) => Deno.renameSync(from, to),
  removeFile(path) {
    // Deno.remove takes an empty folder too.
    if (Deno.lstatSync(path).isDirectory) throw new Deno.errors.IsADirectory(`Is a directory: ${path}`);
    Deno.removeSync(path);
  },
  removeDirectory(path) {
    if (!Deno.lstatSync(path).isDirectory) throw new Deno.errors.NotADirectory(`Not a directory: ${path}`);
    Deno.removeSync(path);
  },
  async append(path, contents, { isDurable }) {
    using file = Deno.openSync(path, { append: true });
    writeAll(file, contents);
    if (isDurable) await file.sync();
  },
  async syncDirectory(path) {
    using directory = Deno.openSync(path, { read: true });
    try {
      await directory.sync();
    } catch (error) {
      if (errorCode(error) !== "EINVAL") throw error; // some network file systems have no fsync for folders
    }
  },
};

function writeAll(file: Deno.FsFile, contents: Uint8Array): void {
  for (let offset = 0; offset < contents.length;) offset += file.writeSync(contents.subarray(offset));
}
