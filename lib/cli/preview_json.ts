/**
 * A preview for machines.
 *
 * @module
 */
import type { PreviewFile, PreviewResult } from "./commands.ts";

/** Writes a preview as JSON; the keys and their order are stable. What the disk holds is told by `diff` only. */
export function previewJson(result: PreviewResult, differ?: (file: PreviewFile) => string): string {
  const stable = {
    source: result.source,
    agents: result.agents.map(({ name, files, refused, warnings, unexpressed }) => ({
      name,
      files: files.map((file) => stableFile(file, differ)),
      refused: refused.map(({ pod, reason }) => ({ pod, reason })),
      warnings,
      unexpressed: unexpressed.map(({ pod, container, hint, reason }) => ({ pod, container, hint, reason })),
    })),
    containers: result.containers.map(({ key, pod, container, state, reason }) => ({
      key,
      pod,
      container,
      state,
      reason,
    })),
    problems: result.problems.map(({ kind, text }) => ({ kind, text })),
  };
  return JSON.stringify(stable, null, 2) + "\n";
}

function stableFile(file: PreviewFile, differ?: (file: PreviewFile) => string) {
  const { path, kind, mode, target, contents, change } = file;
  return { path, kind, mode, target, contents, change, diff: differ?.(file) };
}
