/**
 * Copies an agent's folder to a private place that only holds regular files, so that no link in it leads the sandbox elsewhere, now or later.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join, relative } from "node:path";

/** An agent's folder cannot be used as it is. */
export class AgentFolderError extends Error {
  override name = "AgentFolderError";
}

/** Files that a folder may have, and bytes that one may have: an agent is some templates and a page of code. */
const MAX_FILES = 200;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_DEPTH = 4;

/**
 * Copies the regular files of a folder. Links are followed only inside the folder (a mounted ConfigMap is made of such links).
 *
 * @param from Folder of the agent.
 * @param to Folder that is made; it must not exist.
 * @returns Fingerprint of what was copied: it changes when any name or byte changes.
 * @throws {AgentFolderError} If context.ts is missing, a link leads out of the folder, or the folder is too large to be an agent's.
 */
export function stageFolder(from: string, to: string): string {
  const files = readFolder(from);
  if (!files.has("context.ts")) throw new AgentFolderError(`Cannot use ${from} as an agent: it has no context.ts`);
  Deno.mkdirSync(to, { recursive: true, mode: 0o700 });
  const digest = createHash("sha256");
  for (const [name, bytes] of files) {
    const path = join(to, name);
    Deno.mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    Deno.writeFileSync(path, bytes, { mode: 0o600, createNew: true });
    digest.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return digest.digest("hex");
}

/** Reads all regular files, sorted by name. */
function readFolder(from: string): Map<string, Uint8Array<ArrayBuffer>> {
  const root = Deno.realPathSync(from);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const visit = (folder: string, depth: number) => {
    for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
      // `..data` and its like are how Kubernetes swaps the files of a mounted ConfigMap; the links beside them lead there.
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = join(folder, entry.name);
      const real = realPathInside(path, root);
      const stat = Deno.lstatSync(real);
      if (stat.isDirectory && depth < MAX_DEPTH) visit(path, depth + 1);
      if (!stat.isFile) continue;
      if (stat.size > MAX_FILE_BYTES) {
        throw new AgentFolderError(
          `Cannot use ${path} in an agent: ${stat.size} bytes are more than ${MAX_FILE_BYTES}`,
        );
      }
      if (files.size >= MAX_FILES) {
        throw new AgentFolderError(`Cannot use ${from} as an agent: it has more than ${MAX_FILES} files`);
      }
      const bytes = Deno.readFileSync(real);
      // Read again: whoever owns the folder may have swapped a link in meanwhile.
      realPathInside(path, root);
      files.set(relative(from, path), bytes);
    }
  };
  visit(from, 0);
  return files;
}

function realPathInside(path: string, root: string): string {
  const real = Deno.realPathSync(path);
  if (real.startsWith(root + "/")) return real;
  throw new AgentFolderError(
    `Cannot use ${path} in an agent: it is a link that leads out of the folder, to ${real}; copy the file into the folder instead`,
  );
}
