import assert from "node:assert/strict";
import { join } from "node:path";
import { NodeTree } from "../discover/node_tree.ts";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "./scene.ts";

const WEB = samplePod("web");
const ORDERS = samplePod("orders");
const named = ({ namespace, name }: { namespace: string; name: string }) => ({ namespace, name });

Deno.test("a first sync writes the files of all agents for Docker's and containerd's containers, init and static ones too", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--cluster-id", "kube-1"]);
  const { outputs } = scene;
  const app = idOf(WEB, "app");
  assert.equal(outputs.scalyr()?.api_key, "key-1");
  assert.deepEqual(outputs.log(app)?.attributes, {
    application: "web",
    component: "frontend",
    environment: "staging",
    version: "1.10",
    release: "r42",
    pod: WEB.name,
    namespace: "shop",
    container: "app",
    container_id: app,
  });
  assert.equal(outputs.log(idOf(WEB, "proxy"))?.attributes.parser, "accessLog");
  assert.equal(outputs.log(idOf(ORDERS, "init"))?.attributes.application, "orders");
  assert.equal(outputs.log(idOf(samplePod("kube-proxy")))?.attributes.version, "1.20.2");
  assert.equal(outputs.job(app)?.tierName, "frontend");
  assert.equal(outputs.job(app)?.kubernetes_cluster, "kube-1");
  assert.equal(outputs.job(idOf(samplePod("job")))?.application_id, "job-28713600-8kqzd");
  const link = join(outputs.linksPath, app, "web/frontend/shop/staging/1_10/app", `${WEB.name}.log`);
  assert.equal(await Deno.readLink(link), join(scene.paths.containersPath, app, `${app}-json.log`));
  assert.deepEqual(outputs.temporaryFiles(), []);
  assert.equal(await watcher.stop(), 0);
});

Deno.test("patches, new containers and restarts arrive, and one list and one watch are all that the API is asked", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const { outputs, server } = scene;
  const [app, init] = [idOf(ORDERS, "app"), idOf(ORDERS, "init")];

  const before = outputs.prints();
  server.pods.patch(named(ORDERS), { metadata: { labels: { version: "2.5.0", release: "r7" } } });
  await watcher.until(
    "the patched labels are there",
    () =>
      outputs.log(app)?.attributes.release === "r7" && outputs.log(init)?.attributes.version === "2.5.0" &&
      outputs.job(app)?.application_version === "2.5.0" && outputs.log(app)!.path.endsWith("/orders-2.5.0.log"),
  );
  await scene.untilExactly(SAMPLE_IDS, watcher);
  const after = outputs.prints();
  const untouched = Object.keys(before).filter((path) => path.includes(idOf(WEB, "app")));
  assert.equal(untouched.length, 3);
  for (const path of untouched) assert.equal(after[path], before[path], path);

  const annotation = "kubernetes-log-watcher/scalyr-parser";
  const parser = JSON.stringify([{ container: "app", parser: "orders-parser" }]);
  server.pods.patch(named(ORDERS), { metadata: { annotations: { [annotation]: parser } } });
  await watcher.until("the patched annotation is there", () => outputs.log(app)?.attributes.parser === "orders-parser");
  server.pods.patch(named(ORDERS), { metadata: { annotations: { [annotation]: null } } });
  await watcher.until("the annotation is gone", () => outputs.log(app)?.attributes.parser === undefined);

  const extra = numberedPod(1, { component: "new" });
  await scene.startPod(extra);
  await scene.untilExactly([...SAMPLE_IDS, idOf(extra)], watcher);
  assert.equal(outputs.log(idOf(extra))?.attributes.component, "new");

  const second = { ...extra.containers[0]!, id: "b".repeat(64), restart: 1 };
  await scene.writeContainer(extra, second);
  await scene.untilExactly([...SAMPLE_IDS, idOf(extra), second.id], watcher);
  assert.match(await Deno.readLink(outputs.log(second.id)!.path), /\/app\/1\.log$/);
  assert.match(await Deno.readLink(outputs.log(idOf(extra))!.path), /\/app\/0\.log$/);

  assert.deepEqual(server.requests.map(({ verb }) => verb), ["list", "watch"]);
  assert.equal(server.requests[0]?.query.get("fieldSelector"), "spec.nodeName=node-1");
  assert.equal(server.openWatches, 1);
  assert.deepEqual(outputs.temporaryFiles(), []);
});

Deno.test("a vanished log is unconfigured after the grace period and not before, and files of others are left alone", async () => {
  await using scene = await Scene.open();
  const graceMs = 1_500;
  await using watcher = await scene.watchUntilComplete(["--grace-period", String(graceMs / 1000)]);
  const { outputs } = scene;
  const id = idOf(samplePod("cart"));
  const foreign = [join(outputs.jobsPath, "container-other-jobfile.job"), join(outputs.scalyrDestPath, id, "note.txt")];
  for (const path of foreign) await Deno.writeTextFile(path, "mine");
  const before = outputs.prints();

  scene.server.pods.delete(named(samplePod("cart")));
  const removedAt = Date.now();
  await scene.removeLogs(samplePod("cart"));
  await watcher.logged(/cart is collected: Its log is gone from disk/);
  assert.deepEqual(outputs.prints(), before);
  const dropped = await watcher.logged(/cart is not followed any more: its log has been gone for 1\.5 s/);
  assert.ok(Date.parse(dropped.time!) - removedAt >= graceMs, "not before its time");

  await watcher.until("everything of it is gone", () => outputs.log(id) === undefined && outputs.job(id) === undefined);
  const rest = SAMPLE_IDS.filter((one) => one !== id);
  await watcher.until("the others are there", () => outputs.complete().join() === rest.join());
  await watcher.until(
    "its links are gone",
    () => Object.keys(outputs.prints()).filter((path) => path.includes(id)).join() === `scalyr/${id}/note.txt`,
  );
  for (const path of foreign) assert.equal(await Deno.readTextFile(path), "mine");
});

Deno.test("the grace period of a log that vanished while the watcher was down begins with its next start", async () => {
  await using scene = await Scene.open();
  await using first = await scene.watchUntilComplete();
  assert.equal(await first.stop(), 0);
  await scene.removeLogs(samplePod("cart"));
  const before = scene.outputs.prints();
  const startedAt = Date.now();
  await using second = scene.watch(["--grace-period", "1"]);
  await second.logged(/cart is collected: Its log is gone from disk/);
  assert.deepEqual(scene.outputs.prints(), before);
  const dropped = await second.logged(/cart is not followed any more/);
  assert.ok(Date.parse(dropped.time!) - startedAt >= 1_000, "not before its time");
  await second.until("it is gone", () => scene.outputs.job(idOf(samplePod("cart"))) === undefined);
});

Deno.test("a storm of patches and of containers that come and go ends with exactly what is there", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--grace-period", "0"]);
  for (let n = 1; n <= 200; n++) scene.server.pods.patch(named(WEB), { metadata: { labels: { release: `r${n}` } } });
  const alive = new Set<number>();
  for (let n = 1; n <= 100; n++) {
    await scene.startPod(numberedPod(n));
    alive.add(n);
    for (const old of [n % 3 === 0 ? n : 0, n % 5 === 0 ? n - 4 : 0]) {
      if (alive.delete(old)) await scene.removeLogs(numberedPod(old));
    }
  }
  await scene.untilExactly([...SAMPLE_IDS, ...[...alive].map((n) => idOf(numberedPod(n)))], watcher);
  assert.equal(scene.outputs.log(idOf(WEB, "app"))?.attributes.release, "r200");
  assert.deepEqual(scene.server.requests.map(({ verb }) => verb), ["list", "watch"]);
});

Deno.test("a recorded node with a recorded watch is configured, and a pod's deletion in the API strips nothing", async () => {
  await using scene = await Scene.open({ isFilled: false });
  using tree = new NodeTree();
  tree.copy("kubelet/pods", tree.podLogsPath);
  tree.copy("docker/containers", tree.containersPath);
  tree.link("kubelet/links.txt");
  const recording = new URL("../fixtures/pods/kubelet-node/watch-node.jsonl", import.meta.url);
  const bytes = await Deno.readFile(recording);
  scene.server.scriptNextWatch((watch) => watch.sendBytes(bytes));
  await using watcher = scene.watch([], {
    env: {
      WATCHER_CONTAINERS_PATH: tree.containersPath,
      WATCHER_POD_LOGS_PATH: tree.podLogsPath,
      WATCHER_CONTAINER_LINKS_PATH: tree.containerLinksPath,
      CLUSTER_NODE_NAME: "127.0.0.1",
    },
  });
  await watcher.until("all five containers are configured", () => scene.outputs.complete().length === 5);
  assert.equal(scene.outputs.traces().length, 5);
  const known = watcher.said(/is collected: Log and pod are known/).map(({ message }) => message.split(" ")[1]);
  assert.deepEqual(known.sort(), [
    "kube-system/static-127.0.0.1/s",
    "shop/web-3/app",
    "shop/web-3/crash",
    "shop/web-3/init",
  ]);
  const byPath = watcher.said(/identity is taken from the log's path/).map(({ message }) => message.split(" ")[1]);
  assert.deepEqual(byPath, ["shop/web-7c9d8f6b5-x2k4q/app"]);
});
