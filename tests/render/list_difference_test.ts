import assert from "node:assert/strict";
import fc from "fast-check";
import { listDifference } from "../../lib/render/list_difference.ts";

Deno.test("what is gone and what has come make one list of the other, in any order of items", () => {
  const list = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });
  fc.assert(fc.property(list, list, (before, after) => {
    const { gone, come } = listDifference(before, after)!;
    const left = new Set(before);
    for (const item of gone) left.delete(item);
    for (const item of come) left.add(item);
    assert.deepEqual([...left].sort(), [...after].sort());
  }));
});

Deno.test("lists that have little in common are left to a whole comparison", () => {
  const long = (start: number) => Array.from({ length: 500 }, (_, index) => start + index);
  assert.equal(listDifference(long(0), long(1_000)), undefined);
});
