import assert from "node:assert/strict";
import { distribution, growth, line, percentile } from "../../bench/statistics.ts";
import { histogram } from "../../bench/scale/histogram.ts";

Deno.test("a percentile is a value that was measured, and that as many others do not exceed", () => {
  const values = [5, 1, 4, 2, 3];
  assert.equal(percentile(values, 0.5), 3);
  assert.equal(percentile(values, 0.99), 5);
  assert.equal(percentile(values, 0), 1);
  assert.equal(percentile([7], 0.5), 7);
  assert.deepEqual(values, [5, 1, 4, 2, 3], "values stay in their order");
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(distribution(hundred), { count: 100, p50: 50, p95: 95, p99: 99, max: 100 });
});

Deno.test("a percentile of no values is an error", () => {
  assert.throws(() => percentile([], 0.5), RangeError);
});

Deno.test("a straight line is found again, whatever its slope", () => {
  const { slope, intercept, rSquared } = line([1, 2, 5, 9].map((x) => ({ x, y: 3 - 2 * x })));
  assert.ok(Math.abs(slope + 2) < 1e-9 && Math.abs(intercept - 3) < 1e-9 && Math.abs(rSquared - 1) < 1e-9);
});

Deno.test("growth in proportion and below counts as linear, growth above does not", () => {
  const sizes = [30, 250, 1_000, 4_000, 10_000];
  const of = (y: (x: number) => number) => growth(sizes.map((x) => ({ x, y: y(x) })))!;
  const proportional = of((x) => 2 * x);
  assert.ok(Math.abs(proportional.exponent - 1) < 1e-9 && Math.abs(proportional.perUnit - 2) < 1e-9);
  assert.equal(proportional.isLinear, true);
  assert.equal(of((x) => 500 + 2 * x).isLinear, true);
  assert.ok(of(() => 7).lastExponent < 1e-9);
  const square = of((x) => x ** 2);
  assert.ok(Math.abs(square.exponent - 2) < 1e-9);
  assert.equal(square.isLinear, false);
  assert.equal(of((x) => 10_000_000 + x ** 1.5).isLinear, true, "what is constant still outweighs what grows");
  assert.equal(of((x) => 100 + x ** 1.5).isLinear, false);
});

Deno.test("growth is not told from fewer than three numbers", () => {
  assert.equal(growth([{ x: 1, y: 1 }, { x: 2, y: 2 }]), undefined);
  assert.equal(growth([{ x: 1, y: 1 }, { x: 2, y: 2 }, { x: 3, y: 0 }]), undefined, "zero has no logarithm");
});

Deno.test("a histogram counts what came when, empty stretches included, and nothing from before the beginning", () => {
  assert.deepEqual(histogram([0, 49, 50, 210, -3], { widthMs: 50 }), [
    { fromMs: 0, count: 2 },
    { fromMs: 50, count: 1 },
    { fromMs: 100, count: 0 },
    { fromMs: 150, count: 0 },
    { fromMs: 200, count: 1 },
  ]);
  assert.deepEqual(histogram([], { widthMs: 50 }), []);
});
