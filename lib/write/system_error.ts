/**
 * Words for the system's errors: what went wrong, its code, and what an operator can do about it.
 *
 * @module
 */

/** What to do, by error code of the operating system. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: "let the watcher's user write to that folder",
  EBUSY: "a single file or folder is mounted there and cannot be replaced, mount the folder that holds it instead",
  EDQUOT: "free space or raise the quota of that file system",
  EIO: "check the disk",
  EISDIR: "a folder lies at that path, move it away",
  ELOOP: "a link lies in the path, name the real folder",
  EMFILE: "raise the limit of open files",
  ENAMETOOLONG: "shorten the path",
  ENOENT: "a folder of that path is missing",
  ENOSPC: "free space, or inodes, on that file system",
  ENOTDIR: "a part of the path is a file, move it away",
  EPERM: "let the watcher's user write to that folder, and check that the folder is not immutable",
  EROFS: "mount the folder writable for the watcher",
  EXDEV: "a single file is mounted there, mount the folder that holds it instead",
};

/** Reads the operating system's code of an error, e.g. `ENOSPC`; undefined if it has none. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Describes an error with its code and what to do, without the path that Deno appends to its messages. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = errorCode(error);
  if (code === undefined) return error.message;
  const text = `${error.message.replace(/ \(os error \d+\).*$/s, "")} (${code})`;
  const advice = ADVICE[code];
  return advice === undefined ? text : `${text}: ${advice}`;
}
