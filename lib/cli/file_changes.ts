/**
 * What changes between two renderings of an agent's files.
 *
 * @module
 */
import type { PreviewFile } from "./commands.ts";

/** Compares: the files of after with what they were, then those that are gone. */
export function fileChanges(before: readonly PreviewFile[], after: readonly PreviewFile[]): readonly PreviewFile[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const changed = after.map((file): PreviewFile => {
    const known = old.get(file.path);
    old.delete(file.path);
    if (!known) return { ...file, change: "created" };
    const [was, is] = [known, file].map(({ kind, contents, target }) => kind === "link" ? target : contents);
    return was === is ? { ...file, change: "unchanged" } : { ...file, change: "updated", before: was ?? "" };
  });
  const gone = [...old.values()].map((file): PreviewFile => ({
    path: file.path,
    kind: file.kind,
    change: "removed",
    before: (file.kind === "link" ? file.target : file.contents) ?? "",
  }));
  return [...changed, ...gone];
}
