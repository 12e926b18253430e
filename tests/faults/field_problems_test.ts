import assert from "node:assert/strict";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "../e2e/scene.ts";
import type { WatcherProcess } from "../e2e/watcher_process.ts";
import { freePort, scrape, total } from "./metrics_scrape.ts";

const CART = samplePod("cart");
const WEB = samplePod("web");
/** Waits until all that was wanted is on disk and counted, and no pass has come in between two looks. */
async function untilSteady(watcher: WatcherProcess, port: number) {
  let passes: number | undefined;
  await watcher.until("everything is written and counted", async () => {
    const metrics = await scrape(port);
    const before = passes;
    passes = total(metrics, "passes_total");
    await new Promise((resolve) => setTimeout(resolve, 200));
    return passes === before && total(metrics, "generations_behind") === 0;
  });
}

const named = ({ namespace, name }: { namespace: string; name: string }) => ({ namespace, name });

Deno.test("a target is removed only when its log is gone and the grace period is over, and a removal not proven drained is logged and counted", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  await using watcher = await scene.watchUntilComplete(["--grace-period", "4", "--metrics-port", String(port)]);
  const before = scene.outputs.prints();
  scene.server.pods.delete(named(CART));
  await scene.startPod(numberedPod(1));
  await scene.untilExactly([...SAMPLE_IDS, idOf(numberedPod(1))], watcher);
  assert.equal((await scrape(port))?.get("undrained_removals_total"), 0, "the API's word removes nothing");

  await scene.removeLogs(CART);
  await watcher.logged(/cart is collected: Its log is gone from disk/);
  const after = scene.outputs.prints();
  for (const path of Object.keys(before).filter((path) => path.includes(idOf(CART)))) {
    assert.equal(after[path], before[path], path);
  }
  const rest = SAMPLE_IDS.filter((id) => id !== idOf(CART));
  await scene.untilExactly([...rest, idOf(numberedPod(1))], watcher);
  assert.equal((await scrape(port))?.get("undrained_removals_total"), 1);
  await watcher.logged(/cart is not followed any more: its log has been gone for 4 s/);
  assert.equal(watcher.said(/cart is not followed any more/).length, 1);
});

Deno.test("every log gets a target at start-up and at its creation, whatever its container's state, even if the API answers 404", async () => {
  await using scene = await Scene.open();
  scene.server.failNext({ status: 404, times: Infinity });
  await using watcher = await scene.watchUntilComplete(["--pod-wait", "0.2"]);
  const { outputs } = scene;
  const orders = samplePod("orders");
  for (const { name, id } of orders.containers) assert.equal(outputs.log(id)?.attributes.container, name);
  const crashed = { ...numberedPod(1).containers[0]!, id: "c".repeat(64), restart: 7 };
  await scene.startPod(numberedPod(1));
  await scene.writeContainer(numberedPod(1), crashed);
  await scene.untilExactly([...SAMPLE_IDS, idOf(numberedPod(1)), crashed.id], watcher);
  assert.equal(outputs.log(crashed.id)?.attributes.pod, "numbered-1");
  assert.equal(outputs.log(crashed.id)?.attributes.namespace, "shop");
});

Deno.test("a burst of events makes few write sets, and events that change nothing a template reads make none", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  await using watcher = await scene.watchUntilComplete(["--metrics-port", String(port)]);
  await scene.untilWatching(watcher);
  const { outputs, server } = scene;
  const app = idOf(WEB, "app");
  const patch = (release: number) =>
    server.pods.patch(named(WEB), { metadata: { labels: { release: `b${release}` } } });
  patch(0);
  await watcher.until(
    "the first patch is there",
    () => outputs.log(app)?.attributes.release === "b0" && outputs.job(app)?.application_release === "b0",
  );
  // A file is there a moment before it is counted.
  await untilSteady(watcher, port);
  const before = outputs.prints();
  const sets = total(await scrape(port), "write_sets_total");
  const events = (await scrape(port))!.get("api_events_total")!;
  for (let number = 0; number < 50; number++) {
    server.pods.patch(named(WEB), { metadata: { managedFields: [{ number }] }, status: { observed: number } });
  }
  await watcher.until("all came", async () => (await scrape(port))!.get("api_events_total")! >= events + 50);
  await untilSteady(watcher, port);
  assert.equal(total(await scrape(port), "write_sets_total"), sets);
  assert.deepEqual(outputs.prints(), before);

  for (let number = 1; number <= 200; number++) patch(number);
  await watcher.until(
    "the last patch is there",
    () => outputs.log(app)?.attributes.release === "b200" && outputs.job(app)?.application_release === "b200",
  );
  const made = total(await scrape(port), "write_sets_total") - sets;
  assert.ok(made <= 3 * 6, `${made} write sets of three agents for 200 events`);
});

Deno.test("what is known of a pod or container never bleeds into another: names alike, names within names, and spoofed annotations", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const annotation = "kubernetes-log-watcher/scalyr-parser";
  const [pod] = [numberedPod(1)];
  const twin = { ...numberedPod(2, { component: "twin" }), name: pod.name, namespace: "default" };
  const within = { ...pod.containers[0]!, name: "my-app", id: "d".repeat(64) };
  await scene.startPod({ ...pod, containers: [...pod.containers, within] });
  await scene.startPod(twin);
  const ids = [...SAMPLE_IDS, idOf(pod), within.id, idOf(twin)];
  await scene.untilExactly(ids, watcher);
  const parser = JSON.stringify([{ container: "app", parser: "mine" }]);
  scene.server.pods.patch(named(pod), { metadata: { annotations: { [annotation]: parser } } });
  await watcher.until("the parser is there", () => scene.outputs.log(idOf(pod))?.attributes.parser === "mine");
  assert.equal(scene.outputs.log(within.id)?.attributes.parser, undefined);
  assert.equal(scene.outputs.log(idOf(twin))?.attributes.parser, undefined);
  assert.equal(scene.outputs.log(idOf(twin))?.attributes.component, "twin");
  assert.equal(scene.outputs.log(idOf(pod))?.attributes.component, undefined);
});

Deno.test("every container is in exactly one state with a reason, in the log and as a metric", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  const args = ["--strict-labels", "true", "--metrics-port", String(port)];
  const rest = SAMPLE_IDS.filter((id) => id !== idOf(samplePod("job")));
  await using watcher = await scene.watchUntilComplete(args, { ids: rest });
  const states = async () => {
    const metrics = await scrape(port);
    return ["collected", "waiting", "excluded"].map((state) => metrics?.get(`containers{state="${state}"}`));
  };
  await watcher.until("the states are shown", async () => (await states()).join() === [rest.length, 0, 1].join());
  await watcher.logged(/job is excluded: .*application/);
  // Its labels cannot be judged as long as its pod is not known.
  const unknown = numberedPod(1);
  for (const container of unknown.containers) await scene.writeContainer(unknown, container);
  await watcher.logged(/numbered-1\/app is waiting: The API does not show its pod yet/);
  assert.deepEqual(await states(), [rest.length, 1, 1]);
});

Deno.test("WATCHER_INTERVAL from the environment is a number, and anything else is a clear error that ends the start", async () => {
  await using scene = await Scene.open();
  await using fast = await scene.watchUntilComplete([], { env: { WATCHER_INTERVAL: "0.2" } });
  const id = SAMPLE_IDS[0]!;
  await Deno.remove(scene.outputs.jobPath(id));
  await fast.until("the interval holds", () => scene.outputs.job(id) !== undefined);
  assert.equal(await fast.stop(), 0);
  await using wrong = scene.watch([], { env: { WATCHER_INTERVAL: "often" } });
  assert.equal(await wrong.ended(), 2);
  await wrong.logged(/WATCHER_INTERVAL.*often/);
});
