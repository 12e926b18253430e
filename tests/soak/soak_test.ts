import assert from "node:assert/strict";
import { heapGrowth, MEGABYTE, quartiles, rssGrowth } from "./memory_verdict.ts";
import { plot } from "./plot.ts";
import { Random } from "./random.ts";
import type { Sample } from "./sampler.ts";
import { parseSoakOptions } from "./soak_options.ts";

Deno.test("the soak finds a leak of 2 KB per pod after 2,000 pods and of 0.5 KB after 10,000, and takes what is bounded for none", () => {
  const before = 17 * MEGABYTE;
  for (const [pods, bytes] of [[2_000, 2048], [10_000, 512]] as const) {
    assert.equal(heapGrowth({ before, after: before + pods * bytes, pods }).length, 1, `${pods} pods`);
    assert.deepEqual(heapGrowth({ before, after: before + 2 * MEGABYTE, pods }), [], `${pods} pods`);
  }
});

Deno.test("the soak finds resident memory that goes on growing, and takes ups and downs for none", () => {
  const random = new Random(1);
  const noise = () => random.between(-5, 5) * MEGABYTE;
  assert.equal(rssGrowth(Array.from({ length: 60 }, (_, second) => (100 + second * 2) * MEGABYTE + noise())).length, 1);
  assert.deepEqual(rssGrowth(Array.from({ length: 60 }, () => 100 * MEGABYTE + noise())), []);
});

Deno.test("the soak's quartiles lie between the least and the most", () => {
  assert.deepEqual(quartiles([5, 1, 4, 2, 3]), [1, 2, 3, 4, 5]);
  assert.deepEqual(quartiles([1, 2]), [1, 1.25, 1.5, 1.75, 2]);
});

Deno.test("the soak's plot has a line for the watcher and one for it with its agents", () => {
  const sample = (seconds: number, phase: Sample["phase"]): Sample => {
    const counts = { containers: 250, pods: 10, passes: 1, writeSets: 1, children: 3, openFiles: 40, cpuSeconds: 1 };
    return { ...counts, seconds, phase, rss: 90 * MEGABYTE, treeRss: 280 * MEGABYTE };
  };
  const svg = plot([sample(1, "start"), sample(2, "churn"), sample(3, "churn")], "a < b");
  assert.equal(svg.match(/<polyline /g)?.length, 2);
  assert.match(svg, /a &lt; b/);
  assert.doesNotMatch(svg, /NaN|undefined/);
});

Deno.test("the soak refuses arguments that it does not understand", () => {
  assert.deepEqual(parseSoakOptions(["--minutes", "2", "--seed", "7"]), {
    minutes: 2,
    pods: 0,
    seed: 7,
    output: "text",
  });
  assert.equal(parseSoakOptions(["--pods", "10000"]).pods, 10_000);
  for (const args of [["--minutes", "0"], ["--pods", "-1"], ["--seed", "x"], ["--output", "xml"], ["--what"]]) {
    assert.throws(() => parseSoakOptions(args), `${args}`);
  }
});

Deno.test("the same seed makes the same random numbers", () => {
  const numbers = (seed: number) => Array.from({ length: 5 }, ((random) => () => random.next())(new Random(seed)));
  assert.deepEqual(numbers(3), numbers(3));
  assert.notDeepEqual(numbers(3), numbers(4));
});
