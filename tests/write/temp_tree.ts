/** Temp folders, wanted items and looks at a tree, for the tests of writing. */
import { dirname, join } from "node:path";
import { createLog, type Log } from "../../lib/observe/log.ts";
import type { RenderedFile, RenderedLink } from "../../lib/render/rendered.ts";
import { ledgerPaths } from "../../lib/write/ledger_path.ts";
import { Writer, type WriterOptions } from "../../lib/write/writer.ts";

/** Runs a test in a temp folder and removes it. */
export async function inTempFolder(test: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "klw-write-" }));
  try {
    await test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Makes a wanted file. */
export function wantedFile(path: string, contents: string, mode = 0o640): RenderedFile {
  return { kind: "file", path, root: dirname(path), contents, mode };
}

/** Makes a wanted link. */
export function wantedLink(path: string, target: string): RenderedLink {
  return { kind: "link", path, root: dirname(path), target };
}

/** Lists a tree, one line per path below the root, sorted; the watcher's own ledger and lock are left out. */
export function listTree(root: string, below = ""): string[] {
  const lines: string[] = [];
  for (const { name } of Deno.readDirSync(join(root, below))) {
    if (name.startsWith(".kube-log-watcher-")) continue;
    const relative = join(below, name);
    const info = Deno.lstatSync(join(root, relative));
    const mode = ((info.mode ?? 0) & 0o7777).toString(8);
    if (info.isDirectory) lines.push(`${relative}/`, ...listTree(root, relative));
    else if (info.isSymlink) lines.push(`${relative} -> ${Deno.readLinkSync(join(root, relative))}`);
    else lines.push(`${relative} ${mode} ${JSON.stringify(Deno.readTextFileSync(join(root, relative)))}`);
  }
  return lines.sort();
}

/** Options for a writer of one folder, with a log that collects its lines. */
export function writerOptions(root: string): WriterOptions & { readonly lines: string[] } {
  const lines: string[] = [];
  const log: Log = createLog({ level: "debug", write: (line) => void lines.push(line) });
  const roots = [{ path: root, kind: "directory" as const }];
  return { agent: "test", roots, ...ledgerPaths({ agent: "test", roots }), log, lines };
}

/** Opens a writer of one folder. */
export function openWriter(root: string, options: Partial<WriterOptions> = {}): Promise<Writer> {
  return Writer.open({ ...writerOptions(root), ...options });
}

/** A pass that looks at everything and may remove. */
export const FULL = { mayRemove: true, verify: true } as const;
/** A pass after an event. */
export const EVENT = { mayRemove: true, verify: false } as const;

/** Writes operations as `kind reason name` lines. */
export function summary(
  { operations }: { readonly operations: readonly { path: string; kind: string; reason: string }[] },
  root: string,
): string[] {
  return operations.map(({ path, kind, reason }) => `${kind} ${path.slice(root.length + 1)}: ${reason}`);
}
