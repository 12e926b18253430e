import assert from "node:assert/strict";
import { FIGURES, parseBenchOptions } from "../../bench/bench_options.ts";
import { parseScaleOptions } from "../../bench/scale/scale_options.ts";

Deno.test("without arguments the bench measures everything on nodes of all sizes", () => {
  assert.deepEqual(parseBenchOptions([]), {
    only: FIGURES,
    sizes: [30, 250, 1_000, 4_000, 10_000],
    layouts: ["cri", "docker"],
    isQuick: false,
    output: "text",
    name: "latest",
    profile: undefined,
  });
});

Deno.test("the bench measures what it is told to, in its own order, and keeps quick figures apart", () => {
  const options = parseBenchOptions(["--only", "idle,burst", "--sizes", "1000,30", "--layouts=docker", "--quick"]);
  assert.deepEqual(options.only, ["burst", "idle"]);
  assert.deepEqual(options.sizes, [30, 1000]);
  assert.deepEqual(options.layouts, ["docker"]);
  assert.equal(options.name, "quick");
  assert.deepEqual(parseBenchOptions(["--quick"]).sizes, [250, 1_000]);
});

Deno.test("arguments that the bench does not understand are named together with what it does", () => {
  const wrong: [string[], RegExp][] = [
    [["--only", "idle,speed"], /--only has speed; give some of first-sync, /],
    [["--sizes", "10,x"], /--sizes is 10,x; give whole numbers/],
    [["--sizes", "0"], /--sizes is 0/],
    [["--layouts", "podman"], /--layouts has podman; give some of cri, docker/],
    [["--output", "xml"], /--output is xml; give text or json/],
    [["--name", "../x"], /--name is \.\.\/x/],
    [["--fast"], /--fast/],
  ];
  for (const [args, message] of wrong) assert.throws(() => parseBenchOptions(args), message);
});

Deno.test("the scale study takes numbers of clients in any order, and refuses what is none", () => {
  assert.deepEqual(parseScaleOptions([]).sizes, [50, 100, 200]);
  assert.deepEqual(parseScaleOptions(["--clients", "20,5", "--seconds", "7"]), {
    sizes: [5, 20],
    steadySeconds: 7,
    isQuick: false,
    output: "text",
    name: "scale",
  });
  for (const args of [["--clients", "5,none"], ["--seconds", "0"], ["--output", "xml"], ["--name", "a/b"]]) {
    assert.throws(() => parseScaleOptions(args), /^RangeError: --/, args.join(" "));
  }
});
