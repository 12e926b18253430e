/**
 * Follows the links from `<n>.log` to the live log, hop by hop and inside the folders of container logs only.
 *
 * With dockershim the kubelet's `<n>.log` is a link into Docker's folder (pkg/kubelet/dockershim,
 * createContainerLogSymlink); with containerd and CRI-O it is the file itself.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import type { NotFollowed } from "./container.ts";
import { doesExist, isAbsent, isDiskError, unreadableReason } from "./disk_error.ts";
import { isContainerId } from "./identity.ts";
import { firstMissingHop, type RootFolder } from "./root_folder.ts";

/** The folders that links may lead through. */
export interface LinkRoots {
  readonly docker: RootFolder;
  readonly pods: RootFolder;
  readonly links: RootFolder;
}

/** The file at the end of the links. */
export interface LiveLog {
  readonly path: string;
  readonly info: Deno.FileInfo;
}

/** Why no file was reached. */
export interface DeadEnd extends Pick<NotFollowed, "code" | "reason"> {
  /** True when there is nothing at the path itself, not even a link. */
  readonly isAbsent?: true;
}

/** As many as Linux follows before ELOOP. */
const MAX_HOPS = 40;

/**
 * Follows a path to a regular file. The folder of the path must have its links resolved already, so that a path that
 * is no link costs one system call.
 */
export function followLinks(path: string, roots: LinkRoots): LiveLog | DeadEnd {
  let hop = path;
  try {
    for (let hops = 0; hops <= MAX_HOPS; hops++) {
      const info = Deno.lstatSync(hop);
      if (!info.isSymlink) return hops === 0 ? asLog(path, info) : settle(path, { hop, info, roots });
      const target = resolve(Deno.realPathSync(dirname(hop)), Deno.readLinkSync(hop));
      const next = locate(target, roots);
      if (next === undefined) return outside(path, target);
      hop = next;
    }
    return { code: "malformed", reason: `${path} is a loop of links; remove it` };
  } catch (error) {
    if (isAbsent(error)) return missing(path, { hop, roots });
    return { code: "unreadable", reason: unreadableReason(hop, error) };
  }
}

/** Gives the container id that a path of Docker's json-file driver names twice: `<id>/<id>-json.log`. */
export function dockerIdOf(path: string): string | undefined {
  const match = /\/([0-9a-f]{64})\/([0-9a-f]{64})-json\.log$/.exec(path);
  return match !== null && match[1] === match[2] && isContainerId(match[1] ?? "") ? match[1] : undefined;
}

function asLog(path: string, info: Deno.FileInfo): LiveLog | DeadEnd {
  if (info.isFile) return { path, info };
  return { code: "malformed", reason: `${path} is no regular file; a log was expected` };
}

/** Checks where the links really ended: folders on the way may be links too. */
function settle(path: string, { hop, info, roots }: { hop: string; info: Deno.FileInfo; roots: LinkRoots }) {
  const real = Deno.realPathSync(hop);
  return isInside(real, roots) ? asLog(real, info) : outside(path, real);
}

/** Finds a link's target in our mounts; undefined when it lies outside of the roots. */
function locate(target: string, roots: LinkRoots): string | undefined {
  if (isInside(target, roots)) return target;
  // Docker's folder may be mounted elsewhere than on the node; the id tells the file all the same.
  const id = dockerIdOf(target);
  if (id === undefined || roots.docker.state !== "present") return undefined;
  const mounted = `${roots.docker.realPath}/${id}/${id}-json.log`;
  return doesExist(mounted) ? mounted : undefined;
}

function isInside(path: string, roots: LinkRoots): boolean {
  return [roots.docker, roots.pods, roots.links].some((root) => root.relative(path));
}

function outside(path: string, target: string): DeadEnd {
  const docker = dockerIdOf(target);
  const cure = docker === undefined
    ? "links are followed inside the folders of container logs only"
    : `if Docker keeps its containers in ${dirname(dirname(target))}, mount that and set WATCHER_CONTAINERS_PATH to it`;
  return {
    code: "outside-roots",
    reason: `${path} leads to ${target}, outside of the folders of container logs; ${cure}`,
  };
}

/** Tells a mount that is missing from a container that is gone. */
function missing(path: string, { hop, roots }: { hop: string; roots: LinkRoots }): DeadEnd {
  if (hop === path) return { code: "no-log-file", reason: `${path} does not exist`, isAbsent: true };
  const root = [roots.docker, roots.pods, roots.links].find((root) => root.relative(hop));
  if (root !== undefined && isUnmounted(root)) {
    const lost = root.state === "present" ? `${root.path} is empty` : `${firstMissingHop(hop).path} does not exist`;
    return {
      code: "missing-mount",
      reason: `${path} leads to ${hop}, but ${lost} here; mount the node's ${root.path} (${root.variable})`,
    };
  }
  return { code: "no-log-file", reason: `${path} leads to ${hop}, which does not exist; its container is gone` };
}

/** Tells whether a root is not there, or is a mount point with nothing mounted on it. */
function isUnmounted(root: RootFolder): boolean {
  if (root.state !== "present") return true;
  try {
    for (const _ of Deno.readDirSync(root.realPath)) return false;
    return true;
  } catch (error) {
    if (isDiskError(error)) return false;
    throw error;
  }
}
