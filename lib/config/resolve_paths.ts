/**
 * Paths that a person types: from the working folder, where they are not absolute.
 *
 * @module
 */
import { resolve } from "node:path/posix";

/** Makes paths absolute. */
export function resolvePaths(paths: readonly string[], workingFolder: string): readonly string[] {
  return paths.map((path) => resolve(workingFolder, path));
}
