/**
 * What lies on disk where the watcher writes, read plainly.
 *
 * @module
 */
import { join, relative } from "node:path";
import { parse } from "yaml";
import { linkTarget, names } from "./node_logs.ts";
import type { RealNode } from "./real_node.ts";
import { hostPath, INSIDE } from "./watcher_pod.ts";

/** Where the watcher writes, as seen from here. */
export interface Places {
  readonly config: string;
  readonly scalyrLinks: string;
  readonly jobs: string;
  readonly symlinks: string;
}

/** Finds the places of a node. */
export function placesOf(node: Pick<RealNode, "folder" | "varLog">): Places {
  const outside = (path: string) => hostPath(path, node.folder).replace(/^\/var\/log(?=\/)/, node.varLog);
  return {
    // The manifest mounts /etc/scalyr-agent of the node there.
    config: outside("/etc/scalyr-agent/agent.json"),
    scalyrLinks: outside(INSIDE.scalyrLinks),
    jobs: outside(INSIDE.jobs),
    symlinks: outside(INSIDE.symlinks),
  };
}

/** Everything that is written. Links and jobs by path below their folder. */
export interface Written {
  /** agent.json, parsed; `logs` are in `entries`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Elements of `logs` by container id. */
  readonly entries: Readonly<Record<string, unknown>>;
  readonly scalyrLinks: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, unknown>>;
  readonly symlinks: Readonly<Record<string, string>>;
}

/** Reads everything. */
export function readWritten(places: Places): Written {
  const { logs, ...config } = JSON.parse(Deno.readTextFileSync(places.config));
  return {
    config,
    entries: Object.fromEntries(logs.map((entry: { path: string }) => [entry.path.split("/").at(-2), entry])),
    scalyrLinks: readLinks(places.scalyrLinks),
    jobs: readJobs(places.jobs),
    symlinks: readLinks(places.symlinks),
  };
}

/** Reads a tree of links: path below the folder, and target. */
export function readLinks(folder: string): Record<string, string> {
  const links: Record<string, string> = {};
  for (const path of leaves(folder)) {
    const target = linkTarget(path);
    if (target !== undefined) links[relative(folder, path)] = target;
  }
  return sorted(links);
}

/** Lists what is no folder below a folder, and no watcher's record, which begins with a dot. */
export function leaves(folder: string): string[] {
  const found: string[] = [];
  for (const name of names(folder)) {
    if (name.startsWith(".")) continue;
    const path = join(folder, name);
    if (isFolder(path)) found.push(...leaves(path));
    else found.push(path);
  }
  return found;
}

function readJobs(folder: string): Record<string, unknown> {
  return sorted(Object.fromEntries(leaves(folder).map((path) => [relative(folder, path), readJob(path)])));
}

function readJob(path: string): unknown {
  try {
    return parse(Deno.readTextFileSync(path), { version: "1.1" });
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch {
    return false; // gone meanwhile
  }
}

/** Sorts keys, so that two records can be compared as text. */
export function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1));
}
