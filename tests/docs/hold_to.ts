/**
 * Holds parts of documents to what the program says of itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";

/** Folder of the project. */
export const ROOT = dirname(BUILT_IN_AGENTS);

const IS_UPDATE = Deno.env.get("UPDATE_README") === "1";

/** Compares the part of a document between `<!-- name -->` and `<!-- /name -->` with what it should be; with UPDATE_README=1 puts it there. */
export function holdTo(name: string, expected: string, document: string = join(ROOT, "README.md")): void {
  const text = Deno.readTextFileSync(document);
  const title = relative(ROOT, document);
  const pattern = new RegExp(`(<!-- ${name} -->\n)([\\s\\S]*?)(<!-- /${name.split(" ")[0]} -->)`);
  const match = pattern.exec(text);
  assert.ok(match, `${title} has no part <!-- ${name} -->`);
  if (IS_UPDATE) {
    return Deno.writeTextFileSync(document, text.replace(pattern, (_, start, _old, end) => start + expected + end));
  }
  assert.equal(match[2], expected, `${title}, part ${name}: run the tests once with UPDATE_README=1`);
}
