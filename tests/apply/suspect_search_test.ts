import assert from "node:assert/strict";
import fc from "fast-check";
import { mostProbes, searchSuspects } from "../../lib/apply/suspect_search.ts";

/** Searches among numbers from 0 for those that are bad. */
async function search(count: number, bad: ReadonlySet<number>, { isBaseGood = true, most = Infinity } = {}) {
  let probes = 0;
  const found = await searchSuspects(Array.from({ length: count }, (_, index) => index), {
    isBaseGood,
    why: "whole",
    isOver: () => probes >= most,
    probe: (accepted) => {
      probes++;
      return Promise.resolve(accepted.some((one) => bad.has(one)) ? "bad" : undefined);
    },
  });
  return { ...found, probes };
}

Deno.test("one bad of 200 is found with few probes, and all others are accepted", async () => {
  for (const one of [0, 33, 99, 100, 199]) {
    const found = await search(200, new Set([one]));
    assert.deepEqual([...found.bad.keys()], [one]);
    assert.equal(found.accepted.length, 199);
    assert.deepEqual(found.open, []);
    assert.ok(found.probes <= 2 * Math.log2(200) + 3, `${found.probes} probes`);
  }
});

Deno.test("a search calls exactly the bad ones bad, and probes no more than it may", async () => {
  const cases = fc.integer({ min: 1, max: 60 }).chain((count) =>
    fc.tuple(fc.constant(count), fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 8 }))
  );
  await fc.assert(fc.asyncProperty(cases, async ([count, list]) => {
    const bad = new Set(list);
    const { accepted, bad: found, open, probes } = await search(count, bad);
    assert.ok(probes <= mostProbes(count));
    assert.ok([...found.keys()].every((one) => bad.has(one)));
    assert.ok(accepted.every((one) => !bad.has(one)));
    assert.equal(accepted.length + found.size + open.length, count);
  }));
});

Deno.test("where everything is refused none is called bad: it is not the containers", async () => {
  const all = new Set(Array.from({ length: 200 }, (_, index) => index));
  const found = await search(200, all);
  assert.equal(found.bad.size, 0);
  assert.equal(found.probes, 3);
  assert.equal((await search(4, all, { isBaseGood: false })).bad.size, 0);
});

Deno.test("a search that has to end says what it did not come to, and keeps what it found", async () => {
  const found = await search(200, new Set([150, 190]), { most: 6 });
  assert.ok(found.open.length > 0);
  assert.equal(found.accepted.length + found.bad.size + found.open.length, 200);
});
