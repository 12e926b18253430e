/**
 * The start-up probe: finds out, before anything depends on it, whether files in a place can be replaced as a whole.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { publish, stageFile, WriteError } from "./atomic_write.ts";
import type { Disk } from "./disk.ts";
import type { Root } from "./places.ts";
import { describeError, errorCode } from "./system_error.ts";
import { temporaryName } from "./temporary_name.ts";

/** An output's place cannot be used; the message says what to mount or change. */
export class RootError extends Error {
  override name = "RootError";
  readonly root: string;

  constructor(root: string, problem: string, options?: ErrorOptions) {
    super(`Cannot use ${root} as a destination: ${problem}`, options);
    this.root = root;
  }
}

/**
 * Probes a root by doing in it, with temporary names, what writing will do.
 *
 * @param options `owner` is the agent, part of temporary names.
 * @throws {RootError} If it is read-only, not permitted, a ConfigMap or Secret volume, or the mount of a single file.
 */
export async function probeRoot(
  root: Root,
  options: { readonly owner: string; readonly disk: Disk },
): Promise<void> {
  const folder = root.kind === "file" ? dirname(root.path) : root.path;
  refuseConfigVolume(root, { folder, disk: options.disk });
  if (root.kind === "file") refuseSingleFileMount(root.path, options);
  await tryReplacing(root.path, { folder, ...options });
}

/** Refuses volumes that kubelet fills: it keeps their files behind a link `..data` and takes away whatever else appears there. */
function refuseConfigVolume(root: Root, { folder, disk }: { folder: string; disk: Disk }): void {
  const isVolume = look(join(folder, "..data"), disk)?.isSymlink === true;
  const isBehindData = root.kind === "file" && look(root.path, disk)?.isSymlink === true &&
    disk.readLink(root.path).split("/").includes("..data");
  if (!isVolume && !isBehindData) return;
  throw new RootError(
    root.path,
    `${folder} is a ConfigMap or Secret volume, whose files kubelet writes; mount an emptyDir or hostPath volume there instead`,
  );
}

/**
 * Refuses a file that is mounted by itself (subPath, or a hostPath of type File): it cannot be renamed over (EBUSY). A hard link from
 * it to its own folder tells without harm: over a mount's edge it fails with EXDEV. Where hard links are not allowed nothing is said here.
 */
function refuseSingleFileMount(path: string, { owner, disk }: { owner: string; disk: Disk }): void {
  const file = look(path, disk);
  if (file?.isFile !== true) return;
  const isOtherDevice = file.dev !== look(dirname(path), disk)?.dev;
  if (!isOtherDevice && !isBeyondMountEdge(path, { owner, disk })) return;
  throw new RootError(
    path,
    `the file ${basename(path)} is mounted by itself and cannot be replaced as a whole; mount its folder ${
      dirname(path)
    } instead, without subPath`,
  );
}

function isBeyondMountEdge(path: string, { owner, disk }: { owner: string; disk: Disk }): boolean {
  const temporary = join(dirname(path), temporaryName(owner));
  try {
    Deno.linkSync(path, temporary);
  } catch (error) {
    return errorCode(error) === "EXDEV";
  }
  disk.removeFile(temporary);
  return false;
}

async function tryReplacing(
  root: string,
  { folder, owner, disk }: { folder: string; owner: string; disk: Disk },
): Promise<void> {
  const path = join(folder, temporaryName(owner));
  try {
    publish(await stageFile(path, "", { mode: 0o600, owner, disk }), { disk });
    disk.removeFile(path);
  } catch (error) {
    const cause = error instanceof WriteError ? error.cause : error;
    throw new RootError(root, `files in ${folder} cannot be replaced, ${describeError(cause)}`, { cause });
  }
}

function look(path: string, disk: Disk): Deno.FileInfo | undefined {
  try {
    return disk.look(path);
  } catch (error) {
    throw new RootError(path, describeError(error), { cause: error });
  }
}
