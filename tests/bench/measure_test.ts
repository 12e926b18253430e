import assert from "node:assert/strict";
import { measure } from "../../bench/measure.ts";
import { report } from "../../bench/report.ts";

Deno.test("the bench measures the program from its start to files on disk, and says what it is doing", async () => {
  const lines: string[] = [];
  await using nodes = new AsyncDisposableStack();
  const results = await measure({
    only: ["first-sync", "full-scan"],
    sizes: [3],
    layouts: ["cri"],
    isQuick: true,
    output: "text",
    name: "test",
    profile: undefined,
  }, { onLine: (line) => void lines.push(line), nodes });
  assert.deepEqual(results.failures, []);
  assert.deepEqual(results.firstSync.map(({ containers, agents }) => [containers, agents]), [[3, "one"], [3, "three"]]);
  for (const { ms, memory } of results.firstSync) {
    assert.ok(ms > 0 && memory.rss >= memory.private, JSON.stringify({ ms, memory }));
  }
  const [scan] = results.fullScan;
  assert.ok(scan!.scans >= 2 && scan!.readCalls > 0, JSON.stringify(scan));
  assert.deepEqual(lines, ["3 containers, cri", "  first-sync", "  full-scan"]);
  assert.match(report(results), /A quick run/);
});
