import assert from "node:assert/strict";
import { Trigger } from "../../lib/reconcile/trigger.ts";

Deno.test("a burst of triggers makes one pass and names a few of its reasons", async () => {
  const trigger = new Trigger();
  for (let index = 0; index < 500; index++) trigger.fire(`event ${index}`);
  const { signal } = new AbortController();
  const reasons = await trigger.next({ timeoutMs: 60_000, signal });
  assert.deepEqual(reasons, ["event 0", "event 1", "event 2", "event 3", "event 4", "495 more"]);
  assert.deepEqual(await trigger.next({ timeoutMs: 1, signal }), []);
});

Deno.test("a trigger wakes a waiting loop, and so does its end", async () => {
  const trigger = new Trigger();
  const ending = new AbortController();
  const waiting = trigger.next({ timeoutMs: 60_000, signal: ending.signal });
  trigger.fire("pod changed");
  assert.deepEqual(await waiting, ["pod changed"]);
  const last = trigger.next({ timeoutMs: 60_000, signal: ending.signal });
  ending.abort();
  assert.deepEqual(await last, []);
});
