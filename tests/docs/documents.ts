/**
 * The documents of the project.
 *
 * @module
 */
import { join } from "node:path";
import { ROOT } from "./hold_to.ts";

/** A document. */
export interface Document {
  /** Path from the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** Lists all documents: those of the project's folder, of docs and of the agents. */
export function documents(): readonly Document[] {
  const folders = ["", "docs", ...[...Deno.readDirSync(join(ROOT, "agents"))].map(({ name }) => `agents/${name}`)];
  const paths = folders.flatMap((folder) =>
    [...Deno.readDirSync(join(ROOT, folder))].filter(({ name, isFile }) => isFile && name.endsWith(".md"))
      .map(({ name }) => join(folder, name))
  );
  return paths.sort().map((path) => ({ path, text: Deno.readTextFileSync(join(ROOT, path)) }));
}

/** Gives the documents for people who run the program: README and docs. */
export function guides(): readonly Document[] {
  return documents().filter(({ path }) => path === "README.md" || path.startsWith("docs/"));
}

/** Lists the names by which headings of a document are linked to, as GitHub makes them. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const plain = markdown.replaceAll(/^```[^]*?^```$/gm, "");
  const anchors = new Set<string>();
  for (const [, heading] of plain.matchAll(/^#{1,6} (.*)$/gm)) {
    const text = heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const name = text.replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
    let number = 0;
    while (anchors.has(number === 0 ? name : `${name}-${number}`)) number++;
    anchors.add(number === 0 ? name : `${name}-${number}`);
  }
  return anchors;
}
