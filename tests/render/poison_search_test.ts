import assert from "node:assert/strict";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { PoisonSearch } from "../../lib/render/poison_search.ts";

function targetsOf(count: number): LogTarget[] {
  return Array.from({ length: count }, (_, i) => ({ id: String(i) }) as LogTarget);
}

/** Runs attempts against an agent that fails as told, until one is well or the agent is blamed. */
async function searchIn(
  all: readonly LogTarget[],
  { fails, names = false }: { fails: (group: readonly LogTarget[]) => boolean; names?: boolean },
) {
  const aside = new Map<LogTarget, string>();
  const probes: number[] = [];
  let count = 0;
  const search = new PoisonSearch({
    probe: (group) => {
      count++;
      return Promise.resolve(fails(group) ? "boo" : undefined);
    },
    setAside: (version, why) => {
      aside.set(version, why);
      return () => aside.delete(version);
    },
  });
  const error = new Error("it failed");
  for (let attempts = 1; attempts < 200; attempts++) {
    count = 0;
    search.begin(all.length - aside.size);
    try {
      for (;;) {
        const suspects = all.filter((target) => !aside.has(target));
        if (!fails(suspects)) {
          search.settle();
          return { aside: [...aside.keys()].map(({ id }) => Number(id)), probes: [...probes, count], blamed: false };
        }
        const atTarget = names ? suspects.find((target) => fails([target]))?.id : undefined;
        await search.narrow({ error, suspects, isWhole: true, atTarget });
      }
    } catch (thrown) {
      probes.push(count);
      if (thrown === error) return { aside: [...aside.keys()].map(({ id }) => Number(id)), probes, blamed: true };
      assert.match(
        (thrown as Error).message,
        /^it failed; the search for the container that does it goes on at the next/,
      );
    }
  }
  throw new Error("The search did not end");
}

const anyOf = (...poison: number[]) => (group: readonly LogTarget[]) => group.some(({ id }) => poison.includes(+id));

Deno.test("one target that makes an agent fail is found among any number, in the time of one attempt", async () => {
  for (const count of [2, 3, 7, 8, 9, 100, 1000]) {
    const all = targetsOf(count);
    for (const poison of new Set([0, 1, count >> 1, count - 1])) {
      const { aside, probes, blamed } = await searchIn(all, { fails: anyOf(poison) });
      assert.deepEqual({ aside, blamed }, { aside: [poison], blamed: false }, `${poison} of ${count}`);
      assert.equal(probes.length, 1);
      assert.ok(probes[0]! <= Math.ceil(Math.log2(count)) + 5, `${probes} for ${count}`);
    }
  }
});

Deno.test("a target that the agent's process names is tried first", async () => {
  const { aside, probes } = await searchIn(targetsOf(1000), { fails: anyOf(777), names: true });
  assert.deepEqual(aside, [777]);
  assert.ok(probes[0]! <= 5, `${probes}`);
});

Deno.test("many targets that make an agent fail are found over several attempts, each of them bounded", async () => {
  const poison = [3, 4, 5, 500, 501, 777, 998, 999];
  const { aside, probes, blamed } = await searchIn(targetsOf(1000), { fails: anyOf(...poison) });
  assert.deepEqual(aside.sort((a, b) => a - b), poison);
  assert.equal(blamed, false);
  assert.ok(probes.length > 1);
  assert.ok(probes.every((count) => count <= 2 * 10 + 10), `${probes}`);
});

Deno.test("an agent that fails for every target is blamed after a few of them, and none is set aside", async () => {
  const { aside, probes, blamed } = await searchIn(targetsOf(1000), { fails: (group) => group.length > 0 });
  assert.deepEqual({ aside, blamed, probes }, { aside: [], blamed: true, probes: [4] });
});

Deno.test("an agent that fails without any target is blamed at once", async () => {
  const { aside, probes, blamed } = await searchIn(targetsOf(1000), { fails: () => true });
  assert.deepEqual({ aside, blamed, probes }, { aside: [], blamed: true, probes: [1] });
});

Deno.test("an agent that fails for two targets together, but for neither alone, is blamed", async () => {
  const fails = (group: readonly LogTarget[]) => ["5", "80"].every((id) => group.some((target) => target.id === id));
  const { aside, blamed } = await searchIn(targetsOf(100), { fails });
  assert.deepEqual({ aside, blamed }, { aside: [], blamed: true });
});

Deno.test("an agent that fails for more than half of few targets is blamed, for half of them it is not", async () => {
  const most = await searchIn(targetsOf(5), { fails: anyOf(0, 2, 4) });
  assert.deepEqual([most.aside, most.blamed], [[], true]);
  const half = await searchIn(targetsOf(4), { fails: anyOf(0, 2) });
  assert.deepEqual([half.aside, half.blamed], [[0, 2], false]);
});

Deno.test("a search ends when it is told to", async () => {
  const search = new PoisonSearch({ probe: () => Promise.resolve("boo"), setAside: () => () => {} });
  search.begin(100, AbortSignal.abort());
  const turn = { error: new Error("it failed"), suspects: targetsOf(100), isWhole: true, atTarget: undefined };
  await assert.rejects(search.narrow(turn), /it failed; the search .* goes on at the next attempt, 0 found so far/);
});
