/**
 * Which paths of one agent's rendering are taken, so that no two outputs are one file and none lies below another.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Rendered } from "./rendered.ts";

/** Paths and whose they are. */
export class TakenPaths {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();

  /**
   * Takes the paths of some files together, or none of them.
   *
   * A file below a link would be written wherever that leads, so that a path that is a folder to one file cannot be a file or link itself.
   *
   * @param owner Whose files they are, for the next one's message.
   * @returns Why they cannot be taken, or undefined.
   */
  claim(files: readonly Rendered[], owner: string): string | undefined {
    const paths = new Set<string>();
    const folders = new Set<string>();
    for (const { path, root } of files) {
      const other = paths.has(path) || folders.has(path) ? owner : this.#files.get(path) ?? this.#folders.get(path);
      if (other !== undefined) return `${path} is already taken by ${other}`;
      paths.add(path);
      for (let folder = dirname(path); folder.length > root.length; folder = dirname(folder)) {
        const taken = paths.has(folder) ? owner : this.#files.get(folder);
        if (taken !== undefined) return `${path} lies below ${folder}, which is already a file or link of ${taken}`;
        folders.add(folder);
      }
    }
    for (const path of paths) this.#files.set(path, owner);
    for (const folder of folders) this.#folders.set(folder, owner);
    return undefined;
  }
}
