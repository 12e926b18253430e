import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { ApiServer } from "../api_server/api_server.ts";
import { examplePod } from "../api_server/example_pod.ts";
import { eventually, runInformer } from "../pods/informer_fixture.ts";

const LIB = new URL("../../lib/", import.meta.url).pathname;
const YEAR_MS = 365 * 86_400_000;

for (const [where, jumpMs] of [["forward", YEAR_MS], ["back", -YEAR_MS]] as const) {
  Deno.test(`a clock that jumps ${where} ends no watch, delays no end of a silent one, and spoils no back-off`, async () => {
    await using server = ApiServer.start();
    server.pods.put(examplePod("web-1"));
    await using running = await runInformer(server);
    const { clock, informer, store } = running;
    await clock.scheduled(330_000);
    clock.jump(jumpMs);
    clock.advance(329_999);
    assert.equal(server.openWatches, 1);
    server.bookmark();
    await eventually(() => informer.stats().bookmarks === 1);
    // The bookmark came a moment before the limit: the rest of the time is counted from it.
    clock.advance(1);
    assert.deepEqual(clock.delays, [329_999]);
    clock.jump(jumpMs);
    clock.advance(329_999);
    await server.notWatching();
    // The watch lived long: the first step of the back-off follows.
    await clock.scheduled(500);
    clock.advance(500);
    await server.requested("watch", 2);
    assert.equal(server.count("list"), 1);
    assert.ok(store.find("uid-of-web-1", "shop", "web-1"));
  });
}

Deno.test("durations are measured on the monotonic clock: the wall clock is read only to compare with dates of others", () => {
  const readers = [...walk(LIB)].filter((path) => /\bDate\.now\(\)|\bnew Date\(\)/.test(Deno.readTextFileSync(path)));
  assert.deepEqual(readers.map((path) => relative(LIB, path)).sort(), [
    // The age of the last pass, as Prometheus takes it: a time to compare with its own clock.
    "cli/node_metrics.ts",
    // Dates at which the operator's rules end.
    "config/rule_summary.ts",
    // Time stamps of the sample logs.
    "demo/simulated_node.ts",
    // Dates of folders; one that is wrong costs a list of the folder more.
    "discover/folder_stamps.ts",
    // Time stamps of log lines.
    "observe/log.ts",
    // Retry-After may be a date.
    "pods/clock.ts",
    // Since when a container is in its state, for people.
    "reconcile/controller.ts",
    // Dates of files; one that is wrong costs a look at the file more.
    "write/disk_view.ts",
  ]);
});

function* walk(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else if (path.endsWith(".ts")) yield path;
  }
}
