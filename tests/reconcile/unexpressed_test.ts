import assert from "node:assert/strict";
import { createLog } from "../../lib/observe/log.ts";
import { AgentLane } from "../../lib/reconcile/agent_lane.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import { criTarget } from "../agents/log_targets.ts";

Deno.test("a wish that cannot be expressed is logged once for all containers that it is so for, and counted", async () => {
  const lines: string[] = [];
  const targets = ["a", "b", "c"].map((letter) => criTarget({ id: letter.repeat(64) }));
  const unexpressed = (ids: readonly string[]): Rendering => ({
    wanted: [],
    refused: [],
    warnings: [],
    unexpressed: ids.map((id) => ({ targetId: id.repeat(64), hint: "samplingRules", reason: "no words for it" })),
  });
  const answers = [unexpressed(["a", "b"]), unexpressed(["b", "c"]), unexpressed([]), unexpressed(["c"])];
  const lane = new AgentLane({
    agent: "one",
    minSecondsBetweenWrites: 0,
    log: createLog({ format: "json", write: (line) => lines.push(JSON.parse(line).message) }),
    renderer: { render: () => Promise.resolve(answers.shift()!) },
    writer: { apply: () => Promise.resolve({ operations: [], failures: [] }) },
  });
  const ending = new AbortController();
  const running = lane.run(ending.signal);
  const counts: number[] = [];
  while (answers.length > 0) {
    lane.want({ targets, mayRemove: true, verify: false, reasons: ["test"] });
    await lane.settled();
    counts.push(lane.stats().unexpressedHints);
  }
  ending.abort();
  await running;
  assert.deepEqual(counts, [2, 2, 0, 1]);
  const line = "one: sampling-rules cannot be expressed: no words for it; e.g. for shop/web-3, container app";
  // Once while it lasts, and again when it comes back.
  assert.deepEqual(lines, [line, line]);
});
