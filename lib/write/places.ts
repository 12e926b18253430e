/**
 * The places that the operator named for an agent: nothing is written, looked at or removed outside of them.
 *
 * @module
 */
import { basename, dirname, isAbsolute, normalize } from "node:path";
import { isReservedName } from "./temporary_name.ts";

/** A setting's value: a folder below which an agent writes, or the one file that it writes. */
export interface Root {
  /** Absolute path. */
  readonly path: string;
  readonly kind: "directory" | "file";
}

/** The roots of one agent, for questions about paths. */
export class Places {
  /** Folders in which something is written, without duplicates: each directory root, and each file root's folder. */
  readonly folders: readonly string[];
  readonly roots: readonly Root[];
  readonly #reserved: ReadonlySet<string>;

  /** @param reserved Paths of the watcher's own files. */
  constructor(roots: readonly Root[], reserved: readonly string[] = []) {
    this.roots = roots.map(({ path, kind }) => ({ path: withoutEndingSlash(normalize(path)), kind }));
    this.folders = [...new Set(this.roots.map(({ path, kind }) => kind === "file" ? dirname(path) : path))];
    this.#reserved = new Set(reserved);
  }

  /** Finds the innermost folder of {@linkcode folders} in which a path may be written; undefined if there is none. */
  folderOf(path: string): string | undefined {
    let folder: string | undefined;
    for (const root of this.roots) {
      const isInside = root.kind === "file" ? path === root.path : isBelow(path, root.path);
      const candidate = root.kind === "file" ? dirname(path) : root.path;
      if (isInside && (folder === undefined || candidate.length > folder.length)) folder = candidate;
    }
    return folder;
  }

  /** Says why nothing may be written at a path; undefined if it may. */
  refusal(path: string): string | undefined {
    if (!isPlainPath(path)) return `Path ${JSON.stringify(path)} is not an absolute path without "." and ".." parts`;
    if (isReservedName(basename(path)) || this.#reserved.has(path)) {
      return `Path ${path} is kept for the watcher's own files`;
    }
    if (this.folderOf(path) !== undefined) return undefined;
    return `Path ${path} lies outside of ${this.roots.map((root) => root.path).join(", ")}`;
  }

  /** Lists the folders between a path and its root, outermost first, the root itself left out. */
  ancestors(path: string): string[] {
    const folder = this.folderOf(path);
    const found: string[] = [];
    if (folder === undefined) return found;
    for (let parent = dirname(path); parent.length > folder.length; parent = dirname(parent)) found.push(parent);
    return found.reverse();
  }
}

/** Tells whether a path is absolute, normal and free of NUL, so that it means what it says. */
export function isPlainPath(path: string): boolean {
  return isAbsolute(path) && normalize(path) === path && !path.endsWith("/") && !path.includes("\0");
}

/** Tells whether a path lies below a folder. */
export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === "/" ? folder : folder + "/") && path.length > folder.length;
}

function withoutEndingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
