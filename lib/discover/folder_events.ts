/**
 * Picks out the file events that can change what discovery finds; most are log lines being written, and cannot.
 *
 * @module
 */
import type { DiscoverPaths } from "./discover.ts";
import { firstPart } from "./folder_cache.ts";
import { below } from "./root_folder.ts";

/** A watched folder and what matters in it. */
export interface WatchedRoot {
  /** Absolute, without a slash at its end. */
  readonly path: string;
  /** Levels of folders below it that lead to the files: 2 for `<pod>/<container>/<n>.log`. */
  readonly levels: number;
  /** Files on the last level whose coming and going matters. */
  readonly file: RegExp;
}

/** What an event says. */
export interface Dirt {
  readonly path: string;
  /** The folder right below the root that a new folder was made in, or that is new itself: files in it may be missed. */
  readonly newFolder: string | undefined;
}

const CONFIG = "/config.v2.json";

/** Lists the folders to watch. */
export function watchedRoots({ containersPath, podLogsPath, containerLinksPath }: DiscoverPaths): WatchedRoot[] {
  return [
    { path: containersPath, levels: 1, file: /^config\.v2\.json$|-json\.log$/ },
    { path: podLogsPath, levels: 2, file: /^\d+\.log$/ },
    { path: containerLinksPath, levels: 0, file: /\.log$/ },
  ];
}

/** Tells whether an event can matter by its kind alone; called for every write to every log, hence so plain. */
export function canMatter(event: Deno.FsEvent): boolean {
  switch (event.kind) {
    case "access":
      return false;
    case "modify":
      return event.paths[0]?.endsWith(CONFIG) ?? false;
    default:
      return true;
  }
}

/** Tells what is dirty after an event at a path; undefined where nothing is. */
export function dirtOf(path: string, { kind, roots }: {
  readonly kind: Deno.FsEvent["kind"];
  readonly roots: readonly WatchedRoot[];
}): Dirt | undefined {
  for (const root of roots) {
    const relative = below(path, root.path);
    if (relative === undefined) continue;
    const parts = relative === "" ? [] : relative.split("/");
    if (parts.length <= root.levels) {
      const isNew = parts.length > 0 && kind !== "remove" && kind !== "modify";
      return { path, newFolder: isNew ? `${root.path}/${firstPart(relative)}` : undefined };
    }
    if (parts.length === root.levels + 1 && root.file.test(parts.at(-1) ?? "")) return { path, newFolder: undefined };
    return undefined;
  }
  return undefined;
}
