/**
 * Unified diffs of previewed files against what the disk holds.
 *
 * @module
 */
import { createTwoFilesPatch } from "diff";
import type { PreviewFile } from "./commands.ts";

/** Lines that may differ where a diff is to be made within moments: the work grows with their square. */
const MAX_QUICK_EDITS = 4_000;

/**
 * Makes the unified diff of one file or link; empty when nothing would change.
 *
 * @param options.isQuick Whether a text is made that says that too much differs, rather than to take long, default false.
 */
export function diffOf(file: PreviewFile, { isQuick = false }: { readonly isQuick?: boolean } = {}): string {
  if (file.change === "unchanged") return "";
  const before = file.change === "created" ? "" : textOf(file.kind, file.before);
  const after = file.change === "removed" ? "" : textOf(file.kind, file.kind === "link" ? file.target : file.contents);
  const patch = createTwoFilesPatch(
    file.change === "created" ? "/dev/null" : file.path,
    file.change === "removed" ? "/dev/null" : file.path,
    before,
    after,
    undefined,
    undefined,
    { context: 3, maxEditLength: isQuick ? MAX_QUICK_EDITS : Infinity },
  );
  if (patch === undefined) {
    return `--- ${file.path}\n+++ ${file.path}\n@@ more than ${MAX_QUICK_EDITS} lines differ @@\n`;
  }
  // The first two lines are "Index:" headings of another tool.
  return modeLines(file) + patch.slice(patch.indexOf("--- "));
}

/** Tells of another mode as git does. */
function modeLines({ mode, modeBefore }: PreviewFile): string {
  return modeBefore === undefined ? "" : `old mode ${modeBefore}\nnew mode ${mode}\n`;
}

/** A link is compared as the line that `ls -l` shows. */
function textOf(kind: PreviewFile["kind"], text: string | undefined): string {
  return kind === "link" && text !== undefined ? `-> ${text}\n` : text ?? "";
}
