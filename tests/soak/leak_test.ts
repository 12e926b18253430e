import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { SAMPLE_NODE_NAME } from "../../lib/sample/sample_node.ts";
import { permissionFlags } from "../../lib/cli/permissions.ts";
import { examplePod } from "../api_server/example_pod.ts";
import { Scene } from "../e2e/scene.ts";
import type { WatcherProcess } from "../e2e/watcher_process.ts";
import { freePort, scrape } from "../faults/metrics_scrape.ts";
import { usedHeap } from "./heap_probe.ts";
import { heapGrowth } from "./memory_verdict.ts";

const PODS = 2_000;
/** Bytes of an annotation of each pod. */
const POD_BYTES = 2_048;

Deno.test("the soak's verdict finds a program that keeps every pod, and passes the one that does not", async () => {
  const leaking = fileURLToPath(new URL("leaking_main.ts", import.meta.url));
  assert.equal((await growthOf(leaking)).length, 1, "the program with a leak");
  assert.deepEqual(await growthOf(), []);
});

/** Has pods come and go in the API, and judges the heap before and after. */
async function growthOf(main?: string): Promise<readonly string[]> {
  await using scene = await Scene.open();
  const [inspector, metrics] = [freePort(), freePort()];
  const flags = [...permissionFlags(Deno.execPath()), `--inspect=127.0.0.1:${inspector}`];
  const env = { WATCHER_METRICS_PORT: String(metrics), WATCHER_DEBUG: "" };
  await using watcher = await scene.watchUntilComplete([], { env, flags, ...(main === undefined ? {} : { main }) });
  await scene.untilWatching(watcher);
  await comeAndGo(0, { count: 200, scene, watcher, metrics });
  const before = await usedHeap(inspector);
  await comeAndGo(200, { count: PODS, scene, watcher, metrics });
  return heapGrowth({ before, after: await usedHeap(inspector), pods: PODS });
}

async function comeAndGo(
  first: number,
  { count, scene, watcher, metrics }: { count: number; scene: Scene; watcher: WatcherProcess; metrics: number },
): Promise<void> {
  const seen = async () => (await scrape(metrics))?.get("api_events_total") ?? 0;
  const wanted = await seen() + 2 * count;
  for (let number = first; number < first + count; number++) {
    // Each text is its own: equal ones might be kept once.
    const annotations = { note: `${number} `.padEnd(POD_BYTES, `${number}`) };
    const pod = examplePod(`passing-${number}`, { annotations, nodeName: SAMPLE_NODE_NAME });
    scene.server.pods.put(pod);
    scene.server.pods.delete(pod.metadata);
    // The server's own events wait in memory until they are read.
    if (number % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await watcher.until(`${count} pods came and went`, async () => await seen() >= wanted);
}
