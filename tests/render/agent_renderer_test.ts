import assert from "node:assert/strict";
import { askedFor, nodeFile, numbers, openBench } from "./bench.ts";

Deno.test("everything is wanted in order: links, files per container, files per node, each by path", async () => {
  await using bench = await openBench();
  const { wanted, refused, warnings } = await bench.renderer.render([bench.target(2), bench.target(1)]);
  const id = (number: number) => bench.target(number).id;
  assert.deepEqual(wanted.map(({ path }) => path), [
    `${bench.dest}/${id(1)}.log`,
    `${bench.dest}/${id(2)}.log`,
    `${bench.dest}/app-${id(1)}.yaml`,
    `${bench.dest}/app-${id(2)}.yaml`,
    `${bench.dest}/all.json`,
  ]);
  assert.deepEqual({ refused, warnings }, { refused: [], warnings: [] });
  assert.ok(wanted.every(({ root }) => root === bench.dest));
});

Deno.test("only changed targets are asked for; without a change nobody is asked", async () => {
  await using bench = await openBench();
  const [one, two, three] = [bench.target(1), bench.target(2), bench.target(3)];
  const first = await bench.renderer.render([one, two]);
  assert.equal(await bench.renderer.render([two, one]), first);
  await bench.renderer.render([one, bench.target(2, { a: "b" }), three]);
  const last = await bench.renderer.render([one]);
  assert.deepEqual(askedFor(bench.requests), ["configure", [1, 2], [2, 3], []]);
  assert.deepEqual(numbers(last), { own: [1], inNode: [1] });
});

Deno.test("a target that fails is left out alone, also of the node's file, and named with its reason", async () => {
  for (const fail of ["context", "node", "yaml"]) {
    await using bench = await openBench();
    const rendering = await bench.renderer.render([bench.target(1), bench.target(2, { fail }), bench.target(3)]);
    assert.deepEqual(numbers(rendering), { own: [1, 3], inNode: [1, 3] }, fail);
    assert.deepEqual(rendering.refused.map(({ targetId }) => targetId), [bench.target(2).id]);
    assert.match(
      rendering.refused[0]!.reason,
      /^Agent test cannot render shop\/pod-2\/web: .*(told to fail in|is no YAML)/,
    );
  }
});

Deno.test("a target that begins to fail keeps its last good version until it can be rendered again", async () => {
  for (const fail of ["context", "node", "yaml"]) {
    await using bench = await openBench();
    const one = bench.target(1);
    const good = await bench.renderer.render([one, bench.target(2)]);
    const failing = await bench.renderer.render([one, bench.target(2, { fail })]);
    assert.deepEqual(failing.wanted, good.wanted, fail);
    assert.equal(failing.refused.length, 1);
    const other = await bench.renderer.render([one, bench.target(2, { fail }), bench.target(3)]);
    assert.deepEqual(numbers(other), { own: [1, 2, 3], inNode: [1, 2, 3] });
    assert.equal(other.refused.length, 1, "it is still reported");
    assert.deepEqual(await bench.renderer.render([one, bench.target(2)]), good);
  }
});

Deno.test("a changed secret renders everything anew", async () => {
  await using bench = await openBench();
  const targets = [bench.target(1), bench.target(2)];
  assert.equal(nodeFile(await bench.renderer.render(targets)).key, "k1");
  bench.renderer.changeSettings({ dest: bench.dest, key: "k2" });
  const rendering = await bench.renderer.render(targets);
  assert.equal(nodeFile(rendering).key, "k2");
  assert.deepEqual(numbers(rendering), { own: [1, 2], inNode: [1, 2] });
});

Deno.test("a child that was let go and started again renders the same bytes", async () => {
  await using bench = await openBench();
  const [one, two] = [bench.target(1), bench.target(2)];
  const before = await bench.renderer.render([one, two]);
  await bench.renderer.render([one]);
  await bench.sandbox.release();
  assert.deepEqual(await bench.renderer.render([one, two]), before);
  assert.deepEqual(askedFor(bench.requests).slice(-2), ["configure", [1, 2]]);
});

Deno.test("an idle child is let go by itself", async () => {
  await using bench = await openBench({ idleMs: 10 });
  const before = await bench.renderer.render([bench.target(1)]);
  const starts = () => bench.sandbox.turn((_, starts) => Promise.resolve(starts));
  const first = await starts();
  const signal = AbortSignal.timeout(20_000);
  for (let now = first; now === first; now = await starts()) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(await bench.renderer.render([bench.target(1)]), before);
});

Deno.test("the same targets give the same bytes, whatever their order and however they came", async () => {
  await using bench = await openBench();
  const all = [3, 1, 4, 2, 5].map((number) => bench.target(number));
  const atOnce = await bench.renderer.render(all);
  const reversed = await bench.another().render([...all].reverse());
  const grown = bench.another();
  for (let i = 1; i < all.length; i++) await grown.render(all.slice(0, i));
  assert.deepEqual(reversed, atOnce);
  assert.deepEqual(await grown.render(all), atOnce);
});

Deno.test("warnings of an agent name their target", async () => {
  await using bench = await openBench();
  const { warnings } = await bench.renderer.render([bench.target(1, { odd: "x" }), bench.target(2)]);
  assert.deepEqual(warnings, [
    { targetId: bench.target(1).id, subject: "annotation odd", expected: "no annotation odd" },
  ]);
});

Deno.test("a node without containers has its file per node", async () => {
  await using bench = await openBench();
  assert.deepEqual(nodeFile(await bench.renderer.render([])), { key: "k1", logs: [] });
});
