import assert from "node:assert/strict";
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Numbers of rows: the problems of the field, and the predecessor's defects. */
const PROBLEMS = 20;
const DEFECTS = 13;

Deno.test("every promise of docs/promises.md and of the README names tests that exist", () => {
  const sources = [...walk(join(ROOT, "tests"))].map((path) => Deno.readTextFileSync(path)).join("\n");
  const names = new Set([...rowsOf(promises()), ...rowsOf(readmeTable())].flatMap(testsOf));
  assert.deepEqual([...names].filter((name) => !sources.includes(`"${name}"`)), []);
});

Deno.test("docs/promises.md has a row with a test for each problem and each defect, and the README one for each", () => {
  const rows = rowsOf(promises());
  assert.deepEqual(
    rows.slice(0, PROBLEMS).map(([number]) => number),
    Array.from({ length: PROBLEMS }, (_, index) => `${index + 1}`),
  );
  assert.equal(rows.length, PROBLEMS + DEFECTS);
  for (const row of [...rows, ...rowsOf(readmeTable())]) assert.ok(testsOf(row).length > 0, row.join(" | "));
  assert.equal(rowsOf(readmeTable()).length, PROBLEMS + DEFECTS);
});

function promises(): string {
  return Deno.readTextFileSync(join(ROOT, "docs/promises.md"));
}

function readmeTable(): string {
  const text = Deno.readTextFileSync(join(ROOT, "README.md"));
  const [, table] = /<!-- promises -->\n([^]*)\n<!-- \/promises -->/.exec(text) ?? [];
  assert.ok(table, "the README has the part between its markers");
  return table;
}

/** Cells of the rows of all tables, heads left out. */
function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  return lines.filter((line, index) => line.startsWith("| ") && !lines[index + 1]?.startsWith("|---"))
    .map((line) => line.slice(1, line.lastIndexOf("|")).split("|").map((cell) => cell.trim()));
}

/** Names in the last cell. */
function testsOf(row: readonly string[]): readonly string[] {
  return [...row.at(-1)!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}

function* walk(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else if (path.endsWith("_test.ts")) yield path;
  }
}
