/**
 * Compares a preview with files that are kept: an agent's author has them in a repository and sees what a change does.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { PreviewFile, PreviewResult } from "./commands.ts";

/** Name of a file in the folder: the agent's, then the whole path. */
function goldenPath(folder: string, { agent, path }: { readonly agent: string; readonly path: string }): string {
  return join(folder, agent, path);
}

/** Writes what a preview has, and removes what it has no more. @returns The number of files. */
export async function updateGolden(result: PreviewResult, folder: string): Promise<number> {
  for (const path of await kept(result, folder)) await Deno.remove(path);
  const files = result.agents.flatMap(({ name, files }) => files.map((file) => ({ agent: name, file })));
  for (const { agent, file } of files) {
    const path = goldenPath(folder, { agent, path: file.path });
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, textOf(file));
  }
  return files.length;
}

/** Compares. @returns Files with what is kept as what was before; unchanged ones among them. */
export async function compareGolden(result: PreviewResult, folder: string): Promise<PreviewResult> {
  const left = new Set(await kept(result, folder));
  const agents = [];
  for (const agent of result.agents) {
    const files: PreviewFile[] = [];
    for (const file of agent.files) {
      const path = goldenPath(folder, { agent: agent.name, path: file.path });
      left.delete(path);
      files.push(await compareFile(file, path));
    }
    const start = `${join(folder, agent.name)}/`;
    for (const path of [...left].filter((one) => one.startsWith(start))) {
      files.push({
        path: path.slice(start.length - 1),
        kind: "file",
        change: "removed",
        before: await Deno.readTextFile(path),
      });
    }
    agents.push({ ...agent, files });
  }
  return { ...result, agents };
}

async function compareFile(file: PreviewFile, path: string): Promise<PreviewFile> {
  const shown: PreviewFile = { path: file.path, kind: "file", contents: textOf(file) };
  let before: string;
  try {
    before = await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { ...shown, change: "created" };
  }
  return before === shown.contents ? { ...shown, change: "unchanged" } : { ...shown, change: "updated", before };
}

/** A link is kept as a file that says where it leads. */
function textOf({ kind, contents, target }: PreviewFile): string {
  return kind === "link" ? `-> ${target}\n` : contents ?? "";
}

/** Lists the files that are kept of the agents of a preview. */
async function kept({ agents }: PreviewResult, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name } of agents) await walk(join(folder, name), found);
  return found.sort();
}

async function walk(folder: string, found: string[]): Promise<void> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory) await walk(path, found);
      else found.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
