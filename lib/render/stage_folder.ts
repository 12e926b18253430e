/**
 * Copies an agent's folder to a private place that only holds regular files, so that no link in it leads the sandbox elsewhere, now or later.
 *
 * @module
 */
import { join, relative } from "node:path";

/** An agent's folder cannot be used as it is. */
export class AgentFolderError extends Error {
  override name = "AgentFolderError";
}

/** What a folder may hold: an agent is some templates and a page of code. */
const MAX_FILES = 200;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 4;

type Files = Map<string, Uint8Array<ArrayBuffer>>;

/**
 * Copies the regular files of a folder. Links are followed only inside the folder (a mounted ConfigMap is made of such links).
 *
 * @param from Folder of the agent.
 * @param to Folder that is made; it must not exist.
 * @throws {AgentFolderError} If context.ts is missing, a link leads out of the folder, the folder is too large to be an agent's, or
 * cannot be read.
 */
export function stageFolder(from: string, to: string) {
  const files = readFolder(from);
  if (!files.has("context.ts")) throw new AgentFolderError(`Cannot use ${from} as an agent: it has no context.ts`);
  Deno.mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const [name, bytes] of files) {
    const path = join(to, name);
    Deno.mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    Deno.writeFileSync(path, bytes, { mode: 0o600, createNew: true });
  }
}

/**
 * Tells what a folder's files look like from outside: it changes when a file is added, removed, changed or swapped.
 *
 * Reads no contents; a folder that cannot be read has a stamp of its own.
 */
export function stampOf(folder: string): string {
  const stamp: string[] = [];
  try {
    for (const path of pathsIn(folder)) {
      try {
        const { dev, ino, size, mtime, ctime } = Deno.statSync(path);
        stamp.push([path, dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" "));
      } catch (error) {
        stamp.push(`${path} ${(error as Error).name}`);
      }
    }
  } catch (error) {
    stamp.push((error as Error).name);
  }
  return stamp.join("\n");
}

/** Lists what may be an agent's files, sorted: everything but hidden entries and installed packages. */
function* pathsIn(folder: string, depth = 0): Generator<string> {
  for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    // `..data` and its like are how Kubernetes swaps the files of a mounted ConfigMap; the links beside them lead there.
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (!isFolder(path)) yield path;
    else if (depth < MAX_DEPTH) yield* pathsIn(path, depth + 1);
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function readFolder(from: string): Files {
  const files: Files = new Map();
  let size = 0;
  try {
    const root = Deno.realPathSync(from);
    for (const path of pathsIn(from)) {
      const bytes = readInside(path, root);
      if (!bytes) continue;
      size += bytes.length;
      if (files.size >= MAX_FILES || size > MAX_BYTES) {
        throw new AgentFolderError(
          `Cannot use ${from} as an agent: it has more than ${MAX_FILES} files or ${MAX_BYTES} bytes`,
        );
      }
      files.set(relative(from, path), bytes);
    }
    return files;
  } catch (cause) {
    if (cause instanceof AgentFolderError) throw cause;
    throw new AgentFolderError(`Cannot use ${from} as an agent: ${(cause as Error).message}`, { cause });
  }
}

/** Reads a regular file of the folder; undefined for anything else, like a socket. */
function readInside(path: string, root: string): Uint8Array<ArrayBuffer> | undefined {
  const real = realPathInside(path, root);
  if (!Deno.lstatSync(real).isFile) return undefined;
  using file = Deno.openSync(real);
  const { dev, ino, size } = file.statSync();
  if (size > MAX_FILE_BYTES) {
    throw new AgentFolderError(`Cannot use ${path} in an agent: ${size} bytes are more than ${MAX_FILE_BYTES}`);
  }
  // Whoever owns the folder may have swapped a link in meanwhile: what was opened must be what lies there, and no link be in its path.
  const now = Deno.lstatSync(real);
  if (now.dev !== dev || now.ino !== ino || realPathInside(path, root) !== real) {
    throw new AgentFolderError(`Cannot use ${path} in an agent: it was replaced while it was read`);
  }
  return readAll(file, size);
}

function readAll(file: Deno.FsFile, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let length = 0;
  for (let n = 1; n > 0 && length < size; length += n) n = file.readSync(bytes.subarray(length)) ?? 0;
  return bytes.subarray(0, length);
}

function realPathInside(path: string, root: string): string {
  const real = Deno.realPathSync(path);
  if (real.startsWith(root + "/")) return real;
  throw new AgentFolderError(
    `Cannot use ${path} in an agent: it is a link that leads out of the folder, to ${real}; copy the file into the folder instead`,
  );
}
