import assert from "node:assert/strict";
import { join } from "node:path";
import { ApiServer } from "../api_server/api_server.ts";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "./scene.ts";
import type { WatcherProcess } from "./watcher_process.ts";

const WEB = { namespace: "shop", name: samplePod("web").name };
const JOB = samplePod("job");

/** Waits until a change of a pod arrives, which shows that the API is followed again, and that all is configured. */
async function changeArrives(scene: Scene, { watcher, release }: { watcher: WatcherProcess; release: string }) {
  scene.server.pods.patch(WEB, { metadata: { labels: { release } } });
  await watcher.until(
    `release ${release} is there`,
    () => scene.outputs.log(idOf(samplePod("web"), "app"))?.attributes.release === release,
  );
  await scene.untilExactly(SAMPLE_IDS, watcher);
}

Deno.test("nothing is removed, stripped or written anew while the API refuses with 401, 403 and 503; then changes arrive without a new list", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const { server, outputs } = scene;
  const before = outputs.prints();
  for (const status of [401, 403, 503]) server.failNext({ status, verb: "watch" });
  server.pods.patch({ namespace: "default", name: JOB.name }, { metadata: { labels: { seen: "later" } } });
  server.breakWatches();
  await scene.untilAsked({ watches: 4 }, watcher);
  assert.deepEqual(outputs.prints(), before);
  await watcher.logged(/the token or client certificate is not valid/);
  await watcher.logged(/the RBAC verb "watch" on the resource "pods"/);
  await watcher.logged(/The Kubernetes API answers again: watch pods/);
  await scene.untilWatching(watcher);
  await changeArrives(scene, { watcher, release: "r43" });
  assert.equal(server.count("list"), 1);
});

Deno.test("410 as a status and 410 inside a 200 each lead to a new list, which removes and strips nothing", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const { server, outputs } = scene;
  const before = outputs.prints();
  server.failNext({ status: 410, verb: "watch" });
  server.goneNextWatch();
  // Deleted while nobody watches, its logs still there: the new lists do not show it.
  server.endWatches();
  server.pods.delete({ namespace: "default", name: JOB.name });
  server.pods.compact();
  await scene.untilAsked({ lists: 3 }, watcher);
  await scene.untilWatching(watcher);
  assert.deepEqual(outputs.prints(), before);
  assert.equal(watcher.said(/the pods are listed again/).length, 2);
  await changeArrives(scene, { watcher, release: "r43" });
  assert.equal(outputs.log(idOf(JOB))?.attributes.application, JOB.name);
  assert.equal(server.count("list"), 3);
});

Deno.test("streams cut anywhere are resumed after the last event or bookmark, and garbage in a stream leads to a new list", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const { server, outputs } = scene;
  const before = outputs.prints();
  const version = server.pods.version;

  server.sendBytes(new TextEncoder().encode('{"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"web'));
  server.breakWatches();
  await scene.untilAsked({ watches: 2 }, watcher);
  assert.equal(server.requests.at(-1)?.query.get("resourceVersion"), String(version));
  await scene.untilWatching(watcher);

  server.pods.compact();
  server.bookmark();
  server.send({ type: "UNKNOWN", object: {} });
  await watcher.logged(/unknown type UNKNOWN/);
  server.breakWatches();
  await scene.untilAsked({ watches: 3 }, watcher);
  assert.equal(server.requests.at(-1)?.query.get("resourceVersion"), String(version + 1));
  assert.equal(server.count("list"), 1);
  await scene.untilWatching(watcher);

  server.sendBytes(new TextEncoder().encode("<html>proxy error</html>\n"));
  await scene.untilAsked({ lists: 2 }, watcher);
  await scene.untilWatching(watcher);
  assert.deepEqual(outputs.prints(), before);
  await changeArrives(scene, { watcher, release: "r43" });
});

Deno.test("a refused token is replaced by the one that its file holds next, over TLS with a kubeconfig", async () => {
  await using scene = await Scene.open({ tls: true, token: "t2" });
  const kubeconfig = join(scene.folder, "kubeconfig");
  const tokenFile = join(scene.folder, "token");
  const ca = new TextEncoder().encode(ApiServer.caCert).toBase64();
  await Deno.writeTextFile(tokenFile, "t1\n");
  await Deno.writeTextFile(
    kubeconfig,
    JSON.stringify({
      "current-context": "here",
      contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster: { server: scene.server.url, "certificate-authority-data": ca } }],
      users: [{ name: "u", user: { tokenFile } }],
    }),
  );
  await using watcher = scene.watch([], { env: { WATCHER_KUBE_URL: "", KUBECONFIG: kubeconfig } });
  await watcher.logged(/401.*what is known of the pods is kept, trying again/);
  await Deno.writeTextFile(tokenFile, "t2\n");
  await watcher.logged(/The Kubernetes API answers again: list pods/);
  await scene.untilExactly(SAMPLE_IDS, watcher);
  await changeArrives(scene, { watcher, release: "r43" });
  assert.doesNotMatch(JSON.stringify(watcher.lines), /Bearer|"t[12]\b/);
});

Deno.test("an API that is away at the start gives containers the identity of their paths, which is upgraded in place when it comes", async () => {
  await using scene = await Scene.open();
  const { server, outputs } = scene;
  await server.stop();
  await using watcher = scene.watch();
  await scene.untilExactly(SAMPLE_IDS, watcher);
  const web = samplePod("web");
  const app = idOf(web, "app");
  assert.equal(outputs.log(app)?.attributes.application, web.name);
  assert.equal(outputs.log(app)?.attributes.namespace, "shop");
  await watcher.logged(/Cannot reach the Kubernetes API .*what is known of the pods is kept, trying again/);

  const files = () => Object.keys(outputs.prints()).filter((path) => !/^(scalyr|links)\//.test(path));
  const before = files();
  server.listen();
  await watcher.until("the pod's labels are there", () => outputs.log(app)?.attributes.application === "web");
  await scene.untilExactly(SAMPLE_IDS, watcher);
  assert.deepEqual(files(), before);
  const removals = watcher.lines.filter(({ kind, path }) => kind === "remove" && String(path).endsWith(".job"));
  assert.deepEqual(removals, []);
});

Deno.test("a pod that the API never shows has the identity of its path, the others that of the API", async () => {
  await using scene = await Scene.open();
  scene.server.pods.delete({ namespace: "shop", name: samplePod("cart").name });
  await using watcher = await scene.watchUntilComplete();
  const cart = samplePod("cart");
  assert.deepEqual(scene.outputs.log(idOf(cart))?.attributes, {
    application: cart.name,
    pod: cart.name,
    namespace: "shop",
    container: "cart",
    container_id: idOf(cart),
  });
  assert.equal(scene.outputs.log(idOf(samplePod("web"), "app"))?.attributes.application, "web");
  await watcher.logged(/cart is collected: Its log is there, the API does not show its pod/);
});

Deno.test("a restart while the API is away keeps what was known of the pods, and writes nothing anew", async () => {
  await using scene = await Scene.open();
  await using first = await scene.watchUntilComplete();
  const extra = numberedPod(1, { component: "cached" });
  await scene.startPod(extra);
  const ids = [...SAMPLE_IDS, idOf(extra)];
  await scene.untilExactly(ids, first);
  assert.equal(await first.stop(), 0);
  await scene.server.stop();
  const before = scene.outputs.prints();

  await using second = scene.watch();
  await second.until(
    "a pass knows all pods",
    () => second.said(/is collected: Log and pod are known/).length === ids.length,
  );
  await scene.untilExactly(ids, second);
  assert.equal(await second.stop(), 0);
  assert.deepEqual(scene.outputs.prints(), before);
  assert.equal(scene.outputs.log(idOf(extra))?.attributes.component, "cached");
});
