/**
 * Checks against the disk that no link leads an agent's output elsewhere.
 *
 * @module
 */
import { dirname } from "node:path";
import { liesIn, OutputPathError } from "./output_path.ts";

/**
 * Confines the live log of a target to the folders of container logs, by its name: discovery has resolved its links already.
 *
 * @param path Live log file.
 * @param logRoots Folders in which container logs may lie, absolute.
 * @throws {OutputPathError} If it lies elsewhere.
 */
export function confineLog(path: string, logRoots: readonly string[]) {
  // A root may itself be reached through a link, e.g. /var/log on another disk.
  if (liesIn(path, logRoots) || liesIn(path, logRoots.map(realPlace))) return;
  throw outside("Live log", { path, logRoots });
}

/**
 * Confines the target that an agent gave a link to the folders of container logs: by its name, and by where that really is.
 *
 * @param path Target as it would be written.
 * @param logRoots Folders in which container logs may lie, absolute.
 * @returns The path.
 * @throws {OutputPathError} If it lies elsewhere, or cannot be looked at.
 */
export function confineLinkTarget(path: string, logRoots: readonly string[]): string {
  if (!liesIn(path, logRoots) && !liesIn(path, logRoots.map(realPlace))) {
    throw outside("Link target", { path, logRoots });
  }
  const real = realPlace(path);
  if (liesIn(real, logRoots) || liesIn(real, logRoots.map(realPlace))) return path;
  throw outside("Link target", { path, logRoots });
}

function outside(what: string, { path, logRoots }: { path: string; logRoots: readonly string[] }): OutputPathError {
  const where = JSON.stringify(path.slice(0, 300));
  return new OutputPathError(`${what} ${where} is outside of the folders of container logs, ${logRoots.join(", ")}`);
}

/** Follows the links of a path as far as it exists: a log that is gone may still be linked, its folders must not lead away. */
function realPlace(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) {
      throw new OutputPathError(`Cannot look at ${JSON.stringify(path.slice(0, 300))}: ${(cause as Error).message}`, {
        cause,
      });
    }
    if (isLink(path)) throw new OutputPathError(`Link to ${path} would lead to a link whose own target does not exist`);
    const folder = dirname(path);
    return realPlace(folder).replace(/\/$/, "") + path.slice(folder.length === 1 ? 0 : folder.length);
  }
}

/**
 * Refuses an output whose folders below its root are links: what is written there would land elsewhere.
 *
 * @throws {OutputPathError} Naming the link.
 */
export function refuseLinksInPath({ path, root }: { path: string; root: string }) {
  const folders: string[] = [];
  for (let folder = dirname(path); folder.length > root.length; folder = dirname(folder)) folders.push(folder);
  for (const folder of folders.reverse()) {
    const is = look(folder);
    // Nothing can lie in a folder that is not there; looking for it costs an error each time.
    if (is === "absent") return;
    if (is === "link") {
      throw new OutputPathError(`Path ${path} would lead through the link ${folder}, out of the output's folder`);
    }
  }
}

function isLink(path: string): boolean {
  return look(path) === "link";
}

function look(path: string): "link" | "absent" | "other" {
  try {
    return Deno.lstatSync(path).isSymlink ? "link" : "other";
  } catch (error) {
    // What cannot be looked at is for the writer to say.
    return error instanceof Deno.errors.NotFound ? "absent" : "other";
  }
}
