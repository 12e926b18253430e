import assert from "node:assert/strict";
import { SilenceError, SilenceGuard } from "../../lib/pods/silence_guard.ts";
import { TestClock } from "./test_clock.ts";

const { signal } = new AbortController();

Deno.test("silence guard aborts after the limit without a touch, and keeps one timer however often it is touched", () => {
  const clock = new TestClock();
  using guard = new SilenceGuard("The watch", { signal, clock, limitMs: 10_000 });
  for (let n = 0; n < 100; n++) {
    clock.advance(900);
    guard.touch();
    assert.equal(clock.delays.length, 1);
  }
  assert.equal(guard.signal.aborted, false);
  clock.advance(10_000);
  assert.ok(guard.signal.reason instanceof SilenceError);
  assert.match(guard.signal.reason.message, /^The watch was silent for 10 s/);
});

Deno.test("silence guard follows the signal around it, and lets everything go when it is disposed of", () => {
  const clock = new TestClock();
  const outer = new AbortController();
  {
    using guard = new SilenceGuard("The list", { signal: outer.signal, clock, limitMs: 10 });
    guard.allow(20);
    assert.deepEqual(clock.delays, [20]);
    outer.abort("stop");
    assert.equal(guard.signal.reason, "stop");
  }
  assert.deepEqual(clock.delays, []);
  using late = new SilenceGuard("The list", { signal: outer.signal, clock, limitMs: 10 });
  assert.ok(late.signal.aborted);
});
