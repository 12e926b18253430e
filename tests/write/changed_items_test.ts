import assert from "node:assert/strict";
import type { Rendered } from "../../lib/render/rendered.ts";
import { changedItems } from "../../lib/write/changed_items.ts";
import type { OwnedKind } from "../../lib/write/on_disk.ts";
import { wantedFile } from "./temp_tree.ts";

const before = Array.from({ length: 200 }, (_, index) => wantedFile(`/d/${String(index).padStart(3, "0")}`, "x"));
const owned = new Map(before.map(({ path }): [string, OwnedKind] => [path, "file"]));
const changed = (after: readonly Rendered[]) => changedItems({ before, after, owned });

Deno.test("nothing changed when the lists hold the same objects", () => assert.deepEqual(changed([...before]), []));

Deno.test("new and replaced items are found wherever they are", () => {
  const replaced = wantedFile("/d/100", "y"), first = wantedFile("/d/!", "x"), last = wantedFile("/d/~", "x");
  assert.deepEqual(changed([first, ...before.with(100, replaced), last]), [first, replaced, last]);
  const many = before.map((item, index) => index % 3 === 0 ? { ...item, contents: "y" } : item);
  assert.deepEqual(changed(many), many.filter((_, index) => index % 3 === 0));
});

Deno.test("a path that went away, a path wanted twice, or too many changes ask for a whole comparison", () => {
  assert.equal(changed(before.toSpliced(5, 1)), undefined);
  assert.equal(changed([...before, wantedFile("/d/005", "y")]), undefined);
  assert.equal(changed(before.map((item) => ({ ...item }))), undefined);
  assert.equal(changed([]), undefined);
});
