/**
 * Compares what a preview rendered with what lies on disk.
 *
 * @module
 */
import type { AgentConfig, Config } from "../config/config.ts";
import type { Rendered } from "../render/rendered.ts";
import { ledgerPaths } from "../write/ledger_path.ts";
import { previewWrites } from "../write/preview.ts";
import { rootsOf } from "./agent_places.ts";
import type { PreviewFile } from "./commands.ts";
import { hideSecrets } from "./hide_secrets.ts";

/** Options of {@linkcode compareWithDisk}. */
export interface CompareOptions {
  readonly agent: AgentConfig;
  readonly config: Pick<Config, "statePath">;
  /** What was rendered, with secrets masked. */
  readonly wanted: readonly Rendered[];
  /** Stands for secrets, on both sides. */
  readonly mask: string;
}

/** Adds to each file how it differs from the disk, and the files that a watcher would remove. */
export async function compareWithDisk(files: readonly PreviewFile[], options: CompareOptions): Promise<PreviewFile[]> {
  const { agent, config, wanted } = options;
  const compared = files.map((file) => compare(file, options));
  const roots = rootsOf(agent, config.statePath);
  const { name } = agent.description;
  const { ledgerPath } = ledgerPaths({ agent: name, roots, statePath: config.statePath });
  const { operations } = await previewWrites({ agent: name, roots, ledgerPath, wanted });
  const texts = files.flatMap(({ contents }) => contents ?? []);
  for (const { kind, path, before } of operations) {
    if (kind !== "remove" || before === undefined) continue;
    const isLink = Deno.lstatSync(path).isSymlink;
    compared.push({
      path,
      kind: isLink ? "link" : "file",
      change: "removed",
      before: isLink ? before : hideSecrets(before, { ...options, texts }),
    });
  }
  return compared;
}

function compare(file: PreviewFile, options: CompareOptions): PreviewFile {
  const before = readPath(file, options);
  if (before === undefined) return { ...file, change: "created" };
  const isSame = before === (file.kind === "link" ? file.target : file.contents);
  const mode = file.kind === "file" ? modeOf(file.path) : undefined;
  const isModeSame = mode === undefined || mode === file.mode;
  const compared: PreviewFile = { ...file, change: isSame && isModeSame ? "unchanged" : "updated", before };
  return isModeSame ? compared : { ...compared, modeBefore: mode };
}

/** Reads the mode of a file, octal; undefined where there is no file. */
function modeOf(path: string): string | undefined {
  try {
    const { isFile, mode } = Deno.lstatSync(path);
    return isFile && mode !== null ? formatMode(mode & 0o7777) : undefined;
  } catch {
    // What is wrong with the path is told where it is read.
    return undefined;
  }
}

/** Writes a mode as `ls` and `chmod` know it, e.g. `0640`. */
export function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function readPath({ path, kind, contents = "" }: PreviewFile, options: CompareOptions): string | undefined {
  try {
    const { isSymlink } = Deno.lstatSync(path);
    if (kind === "link") return isSymlink ? Deno.readLinkSync(path) : "something that is no link";
    return hideSecrets(Deno.readTextFileSync(path), { ...options, texts: [contents] });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    return `cannot be read: ${(error as Error).message}`;
  }
}
