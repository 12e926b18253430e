import assert from "node:assert/strict";
import type { LogTarget } from "../../lib/join/log_target.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import { type Bench, nodeFile, numbers, openBench } from "./bench.ts";

const SMALL = { loadMs: 20_000, requestMs: 1_000, targetMs: 2, memoryBytes: 150 * 2 ** 20, stderrBytes: 2048 };

/** Makes targets 1 to `count`; those of `poison` have their annotation `fail`. */
function targetsOf(bench: Bench, { count, poison = {} }: { count: number; poison?: Record<number, string> }) {
  return Array.from({ length: count }, (_, i) => bench.target(i + 1, poison[i + 1] ? { fail: poison[i + 1]! } : {}));
}

function allBut(count: number, ...missing: number[]): number[] {
  return Array.from({ length: count }, (_, i) => i + 1).filter((number) => !missing.includes(number));
}

/** Checks that exactly the targets named are on disk, in both kinds of files. */
function assertHas(rendering: Rendering, expected: readonly number[]) {
  assert.deepEqual(numbers(rendering), { own: [...expected], inNode: [...expected] });
}

function replace(targets: LogTarget[], by: LogTarget) {
  return targets.map((target) => target.id === by.id ? by : target);
}

/** Counts how often a version of a target was given to the agent. */
function timesGiven(bench: Bench, version: LogTarget): number {
  return bench.requests.filter((request) => request.type === "render" && request.upsert.includes(version)).length;
}

const WAYS: Readonly<Record<string, RegExp>> = {
  backtrack: /it gave no answer within 1 s \(endless loop\?\), its process was ended;/,
  exit: /it ended its process by itself;/,
  floodOutput: /it answered with more than \d+ bytes, its process was ended;/,
  floodErrors: /it printed more than 20480 bytes, its process was ended;/,
  grow: /it used more than 150 MiB of memory, its process was ended;/,
};

for (const [way, says] of Object.entries(WAYS)) {
  Deno.test(`one target of 100 for which an agent does this is left out alone until it changes: ${way}`, async () => {
    await using bench = await openBench(SMALL);
    let targets = targetsOf(bench, { count: 100, poison: { 42: way } });
    const poison = targets[41]!;
    const first = await bench.renderer.render(targets);
    assertHas(first, allBut(100, 42));
    assert.deepEqual(first.refused.map(({ targetId }) => targetId), [poison.id]);
    const [{ reason } = { reason: "" }] = first.refused;
    assert.match(reason, /^Agent test cannot render shop\/pod-42\/web: it /);
    assert.match(reason, says);
    assert.match(reason, /; it is not tried again until the pod or the agent changes$/);

    const given = timesGiven(bench, poison);
    targets = replace(targets, bench.target(7, { some: "change" }));
    assertHas(await bench.renderer.render([...targets, bench.target(101)]), allBut(101, 42));
    await bench.sandbox.release();
    targets = replace(targets, bench.target(8, { some: "change" }));
    const later = await bench.renderer.render(targets);
    assertHas(later, allBut(100, 42));
    assert.deepEqual(later.refused, first.refused);
    assert.equal(timesGiven(bench, poison), given, "it was not tried again, neither by a new process");

    const fixed = await bench.renderer.render(replace(targets, bench.target(42, { fail: "no more" })));
    assertHas(fixed, allBut(100));
    assert.deepEqual(fixed.refused, []);
  });
}

Deno.test("a target that the process hangs at is tried alone first", async () => {
  await using bench = await openBench(SMALL);
  await bench.renderer.render(targetsOf(bench, { count: 250, poison: { 99: "hang" } }));
  const sizes = bench.requests.flatMap((request) => request.type === "render" ? [request.upsert.length] : []);
  assert.deepEqual(sizes, [250, 0, 1, 1, 1, 1, 249]);
});

Deno.test("a target that turns to poison keeps its last good version, in its own files and in the node's", async () => {
  await using bench = await openBench(SMALL);
  const targets = targetsOf(bench, { count: 20 });
  const good = await bench.renderer.render(targets);
  const poison = bench.target(5, { fail: "exit" });
  const failing = await bench.renderer.render(replace(targets, poison));
  assert.deepEqual(failing.wanted, good.wanted);
  assert.equal(failing.refused.length, 1);
  const given = timesGiven(bench, poison);

  await bench.sandbox.release();
  const other = replace(replace(targets, poison), bench.target(6, { some: "change" }));
  const later = await bench.renderer.render(other);
  assert.deepEqual(later.wanted, good.wanted);
  assert.equal(later.refused.length, 1, "it is still reported");
  assert.equal(timesGiven(bench, poison), given);
  assertHas(await bench.renderer.render(other.filter(({ id }) => id !== poison.id)), allBut(20, 5));
});

Deno.test("two kinds of poison at once are both left out", async () => {
  await using bench = await openBench(SMALL);
  const rendering = await bench.renderer.render(targetsOf(bench, { count: 100, poison: { 3: "hang", 77: "exit" } }));
  assertHas(rendering, allBut(100, 3, 77));
  assert.match(rendering.refused[0]!.reason, /pod-3\/web: it gave no answer/);
  assert.match(rendering.refused[1]!.reason, /pod-77\/web: it ended its process/);
});

Deno.test("more poison than one attempt can find is found by the next ones", async () => {
  await using bench = await openBench(SMALL);
  const bad = [2, 5, 9, 12, 17, 20];
  const poison = Object.fromEntries(bad.map((number) => [number, "exit"]));
  const targets = targetsOf(bench, { count: 20, poison });
  let attempts = 1;
  for (;; attempts++) {
    try {
      assertHas(await bench.renderer.render(targets), allBut(20, ...bad));
      break;
    } catch (error) {
      assert.match((error as Error).message, /the search for the container that does it goes on at the next attempt/);
    }
  }
  assert.ok(attempts > 1);
});

Deno.test("an agent that fails for every target fails as a whole, is tried anew and recovers", async () => {
  await using bench = await openBench(SMALL);
  const bad = Object.fromEntries(allBut(30).map((number) => [number, "exit"]));
  const targets = targetsOf(bench, { count: 30, poison: bad });
  for (let attempt = 0; attempt < 2; attempt++) {
    await assert.rejects(bench.renderer.render(targets), { name: "SandboxError", code: "exit" });
  }
  assertHas(await bench.renderer.render(targetsOf(bench, { count: 30 })), allBut(30));
});

Deno.test("a changed setting has poison tried again", async () => {
  await using bench = await openBench(SMALL);
  const targets = targetsOf(bench, { count: 10, poison: { 4: "exitForK1" } });
  assertHas(await bench.renderer.render(targets), allBut(10, 4));
  bench.renderer.changeSettings({ dest: bench.dest, key: "k2" });
  const rendering = await bench.renderer.render(targets);
  assertHas(rendering, allBut(10));
  assert.deepEqual([rendering.refused, nodeFile(rendering).key], [[], "k2"]);
});

Deno.test("a template that hangs for two targets together fails as the agent, which recovers without them", async () => {
  await using bench = await openBench(SMALL);
  const targets = targetsOf(bench, { count: 10, poison: { 4: "pair", 8: "pair" } });
  await assert.rejects(bench.renderer.render(targets), { name: "SandboxError", code: "exit" });
  assertHas(await bench.renderer.render(targets.filter((_, i) => i !== 3)), allBut(10, 4));
});

Deno.test("a target that adds another number of elements than one to the node's list is left out alone", async () => {
  await using bench = await openBench(SMALL);
  const targets = targetsOf(bench, { count: 20, poison: { 11: "list" } });
  const rendering = await bench.renderer.render(targets);
  assertHas(rendering, allBut(20, 11));
  assert.match(
    rendering.refused[0]!.reason,
    /^Agent test cannot render shop\/pod-11\/web: Rendered all\.eta has 2 elements in "logs" for 1 containers; it is not/,
  );
  const good = await bench.renderer.render(replace(targets, bench.target(11)));
  assertHas(good, allBut(20));
  assert.deepEqual((await bench.renderer.render(targets)).wanted, good.wanted, "its last good version stays");
});

Deno.test("a list that is wrong for every target fails as the agent, and the next good one is taken", async () => {
  await using bench = await openBench(SMALL);
  const good = await bench.renderer.render([bench.target(1)]);
  await assert.rejects(
    bench.renderer.render(targetsOf(bench, { count: 2, poison: { 1: "list", 2: "list" } })),
    { name: "OutputFormatError", message: /^Rendered all\.eta has \d elements in "logs" for \d containers$/ },
  );
  assert.deepEqual(await bench.renderer.render([bench.target(1)]), good);
});
