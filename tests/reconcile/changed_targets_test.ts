import assert from "node:assert/strict";
import { PendingChanges } from "../../lib/reconcile/changed_targets.ts";

Deno.test("changes that an agent cannot bring to disk take no more memory however many come, and none is lost or made younger", () => {
  const pending = new PendingChanges();
  for (let sinceMs = 0; sinceMs < 10_000; sinceMs++) pending.add([{ sinceMs, count: 3 }]);
  const taken = pending.take();
  assert.equal(taken.length, 100);
  assert.equal(taken.reduce((sum, { count }) => sum + count, 0), 30_000);
  assert.equal(taken.at(-1)!.sinceMs, 99);
  assert.deepEqual(pending.take(), []);
});
