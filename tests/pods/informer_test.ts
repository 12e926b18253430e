import assert from "node:assert/strict";
import { ApiServer } from "../api_server/api_server.ts";
import { examplePod } from "../api_server/example_pod.ts";
import { PodStore } from "../../lib/pods/pod_store.ts";
import { projectPod } from "../../lib/pods/project_pod.ts";
import { eventually, recorded, runInformer } from "./informer_fixture.ts";
import { TestClock } from "./test_clock.ts";

const WEB_1 = { namespace: "shop", name: "web-1" };
const labelsOf = (store: PodStore, uid = "uid-of-web-1") => ({ ...store.find(uid, "", "")?.labels });

Deno.test("waiting for a first list is over when it came, or the API refused it with what time does not mend", async () => {
  await using server = ApiServer.start();
  await using running = await runInformer(server);
  await running.informer.judged();
  assert.equal(running.informer.hasSynced, true);
  for (const status of [401, 403]) {
    server.failNext({ status: 503 });
    server.failNext({ status });
    await using refused = await runInformer(server);
    let isJudged = false;
    void refused.informer.judged().then(() => isJudged = true);
    await refused.clock.scheduled(500);
    assert.equal(isJudged, false);
    refused.clock.advance(500);
    await refused.informer.judged();
    assert.equal(refused.informer.hasSynced, false);
  }
});

Deno.test("informer asks for exactly one list and one watch of its node, however much changes", async () => {
  await using server = ApiServer.start();
  server.pods.put(examplePod("web-1"));
  server.pods.put(examplePod("elsewhere", { nodeName: "node-2" }));
  await using running = await runInformer(server);
  assert.equal(running.informer.hasSynced, false);
  await running.informer.synced();
  assert.equal(running.informer.hasSynced, true);
  await server.watching();
  for (let n = 1; n <= 200; n++) server.pods.patch(WEB_1, { metadata: { labels: { n: String(n) } } });
  server.pods.put(examplePod("web-2"));
  server.bookmark();
  await eventually(() => running.informer.stats().bookmarks === 1);
  assert.deepEqual(labelsOf(running.store), { n: "200" });
  assert.deepEqual([...running.store.pods()].map(({ name }) => name), ["web-1", "web-2"]);
  const asked = server.requests.map(({ verb, query }) => [verb, Object.fromEntries(query)]);
  const fieldSelector = "spec.nodeName=node-1";
  assert.deepEqual(asked, [
    ["list", { fieldSelector, resourceVersion: "0" }],
    ["watch", {
      fieldSelector,
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: "102",
      timeoutSeconds: "300",
    }],
  ]);
  const { lists, watches, failures, events } = running.informer.stats();
  assert.deepEqual({ lists, watches, failures, events }, { lists: 1, watches: 1, failures: 0, events: 201 });
});

Deno.test("informer picks a random time limit from 5 to 10 minutes for each watch", async () => {
  await using server = ApiServer.start();
  const clock = new TestClock();
  clock.chance = 0.999;
  await using _running = await runInformer(server, { clock });
  await server.watching();
  assert.equal(server.requests[1]?.query.get("timeoutSeconds"), "599");
});

Deno.test("informer resumes a watch that ended at its time limit at once, from the last bookmark, without a list", async () => {
  await using server = ApiServer.start();
  await using running = await runInformer(server);
  await server.watching();
  server.pods.compact();
  server.bookmark();
  await eventually(() => running.informer.stats().bookmarks === 1);
  running.clock.advance(300_000);
  server.endWatches();
  await server.requested("watch", 2);
  await server.watching();
  assert.equal(server.requests.at(-1)?.query.get("resourceVersion"), "101");
  assert.equal(server.count("list"), 1);
  assert.equal(running.informer.stats().failures, 0);
});

Deno.test("informer waits longer and longer when watches end at once", async () => {
  await using server = ApiServer.start();
  for (let n = 0; n < 4; n++) server.scriptNextWatch((watch) => watch.end());
  await using running = await runInformer(server);
  for (const delayMs of [500, 1_000, 2_000, 4_000]) {
    await running.clock.scheduled(delayMs);
    assert.equal(running.informer.stats().backoffMs, delayMs);
    running.clock.advance(delayMs);
  }
  await server.watching();
  assert.equal(server.count("list"), 1);
  assert.equal(server.count("watch"), 5);
});

Deno.test("informer lists again when the watch is answered with status 410", async () => {
  await using server = ApiServer.start();
  server.failNext({ status: 410, verb: "watch" });
  await using running = await runInformer(server);
  await running.clock.scheduled(500);
  server.pods.put(examplePod("web-1"));
  running.clock.advance(500);
  await server.watching();
  assert.equal(server.count("list"), 2);
  assert.equal(running.store.size, 1);
});

Deno.test("informer lists again when a watch answered with 200 ends with an ERROR event of code 410", async () => {
  await using server = ApiServer.start();
  server.pods.put(examplePod("web-1"));
  server.pods.put(examplePod("web-2"));
  await using running = await runInformer(server);
  await running.clock.scheduled(330_000);
  await server.stop();
  server.pods.delete({ namespace: "shop", name: "web-2" });
  server.pods.compact();
  server.listen();
  await running.clock.scheduled(500);
  running.clock.advance(500);
  await running.clock.scheduled(1_000);
  assert.equal(server.count("list"), 1);
  running.clock.advance(1_000);
  await server.watching();
  assert.equal(server.count("list"), 2);
  assert.ok(running.store.isRetired("uid-of-web-2"));
  assert.ok(running.lines.some((line) => line.includes("too old resource version")));
});

Deno.test("informer waits as long as Retry-After asks, in seconds or as a date, and at most 5 minutes", async () => {
  await using server = ApiServer.start();
  const clock = new TestClock();
  const date = new Date(clock.now() + 120_000).toUTCString();
  server.failNext({ status: 429, headers: { "retry-after": "7" } });
  server.failNext({ status: 503, headers: { "retry-after": date } });
  server.failNext({ status: 429, headers: { "retry-after": "86400" } });
  await using running = await runInformer(server, { clock });
  for (const delayMs of [7_000, 113_000, 300_000]) {
    await clock.scheduled(delayMs);
    clock.advance(delayMs);
  }
  await running.informer.synced();
  assert.equal(server.count("list"), 4);
});

Deno.test("informer doubles the wait up to 30 seconds while the API fails, and starts over after a healthy watch", async () => {
  await using server = ApiServer.start();
  server.failNext({ status: 500, times: 8 });
  await using running = await runInformer(server);
  for (const delayMs of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    await running.clock.scheduled(delayMs);
    running.clock.advance(delayMs);
  }
  await running.clock.scheduled(330_000);
  running.clock.advance(5_000);
  server.failNext({ status: 500, verb: "watch" });
  server.endWatches();
  await running.clock.scheduled(500);
  assert.equal(running.lines.filter((line) => line.includes("answered 500")).length, 2, running.lines.join(""));
});

Deno.test("informer spreads its waits by chance, down to a half", async () => {
  await using server = ApiServer.start();
  server.failNext({ status: 500 });
  const clock = new TestClock();
  clock.chance = 0.5;
  await using _running = await runInformer(server, { clock });
  await clock.scheduled(375);
});

Deno.test("informer names the missing RBAC verb once when it is forbidden, and says when it is over", async () => {
  await using server = ApiServer.start();
  server.failNext({ status: 403, verb: "list", times: 2 });
  server.failNext({ status: 403, verb: "watch", times: 1 });
  await using running = await runInformer(server);
  for (const delayMs of [500, 1_000, 2_000]) {
    await running.clock.scheduled(delayMs);
    running.clock.advance(delayMs);
  }
  await running.clock.scheduled(330_000);
  const refused = running.lines.filter((line) => line.includes(" error "));
  assert.equal(refused.length, 2);
  assert.match(refused[0]!, /pods is forbidden: User "watcher".*RBAC verb "list" on the resource "pods"/);
  assert.match(refused[1]!, /RBAC verb "watch" on the resource "pods"/);
  assert.equal(running.lines.filter((line) => line.includes("answers again")).length, 2);
});

Deno.test("informer keeps every pod through refusals, broken streams and a server that is away, and catches up after", async () => {
  await using server = ApiServer.start();
  server.pods.put(examplePod("web-1", { labels: { app: "web" } }));
  await using running = await runInformer(server, { backoff: { baseMs: 500, capMs: 500 } });
  await running.clock.scheduled(330_000);
  let changes = 0;
  running.store.onChange(() => changes++);
  server.breakWatches();
  server.failNext({ status: 401 });
  server.failNext({ status: 403 });
  server.failNext({ status: 404 });
  server.failNext({ status: 500 });
  for (let n = 0; n < 5; n++) {
    await running.clock.scheduled(500);
    running.clock.advance(500);
  }
  await server.requested("watch", 3);
  await server.stop();
  for (let n = 0; n < 3; n++) {
    await running.clock.scheduled(500);
    running.clock.advance(500);
  }
  await running.clock.scheduled(500);
  assert.deepEqual(labelsOf(running.store), { app: "web" });
  assert.equal(running.store.isRetired("uid-of-web-1"), false);
  assert.equal(changes, 0);
  server.pods.patch(WEB_1, { metadata: { labels: { app: "shop" } } });
  server.listen();
  running.clock.advance(500);
  await eventually(() => changes === 1);
  assert.deepEqual(labelsOf(running.store), { app: "shop" });
});

Deno.test("informer loses nothing when a stream is cut in the middle of an event", async () => {
  for (const cut of ["endWatches", "breakWatches"] as const) {
    await using server = ApiServer.start();
    server.pods.put(examplePod("web-1"));
    await using running = await runInformer(server);
    await running.clock.scheduled(330_000);
    server.isSilent = true;
    server.pods.patch(WEB_1, { metadata: { labels: { app: "web" } } });
    server.sendBytes(new TextEncoder().encode('{"type":"MODIFIED","object":{"metadata":{"name":"we'));
    running.clock.advance(10_000);
    server[cut]();
    server.isSilent = false;
    if (cut === "breakWatches") {
      await running.clock.scheduled(500);
      running.clock.advance(500);
    }
    await eventually(() => running.informer.stats().events === 1);
    assert.deepEqual(labelsOf(running.store), { app: "web" });
    assert.equal(server.count("list"), 1);
  }
});

Deno.test("informer gives up a silent watch 30 seconds after its time limit and resumes it", async () => {
  await using server = ApiServer.start();
  server.pods.put(examplePod("web-1"));
  server.isSilent = true;
  await using running = await runInformer(server);
  await running.clock.scheduled(330_000);
  server.pods.patch(WEB_1, { metadata: { labels: { app: "web" } } });
  running.clock.advance(330_000);
  await server.notWatching();
  server.isSilent = false;
  await running.clock.scheduled(500);
  running.clock.advance(500);
  await eventually(() => running.informer.stats().events === 1);
  assert.deepEqual(labelsOf(running.store), { app: "web" });
  assert.equal(server.count("list"), 1);
});

Deno.test("informer lists again after two watches without any sign of life: the version may be of the future", async () => {
  await using server = ApiServer.start();
  server.isSilent = true;
  await using running = await runInformer(server, { silenceMs: 10_000 });
  for (let n = 0; n < 2; n++) {
    await running.clock.scheduled(10_000);
    running.clock.advance(10_000);
    await running.clock.scheduled(500);
    running.clock.advance(500);
  }
  await server.requested("list", 2);
});

Deno.test("informer keeps a watch on which nothing comes but bookmarks, each a sign of life", async () => {
  await using server = ApiServer.start();
  await using running = await runInformer(server, { silenceMs: 10_000 });
  await running.clock.scheduled(10_000);
  for (let n = 1; n <= 5; n++) {
    running.clock.advance(9_000);
    server.bookmark();
    await eventually(() => running.informer.stats().bookmarks === n);
  }
  assert.equal(server.openWatches, 1);
  assert.equal(server.count("watch"), 1);
});

Deno.test("informer gives up a server that accepts the connection and says nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  await using running = await runInformer({ url: `http://127.0.0.1:${listener.addr.port}` });
  using _connection = await accepted;
  await running.clock.scheduled(60_000);
  running.clock.advance(60_000);
  await running.clock.scheduled(500);
  assert.match(running.lines.join(""), /The list of pods was silent for 60 s and was given up/);
});

Deno.test("informer leaves out events of unknown types and malformed pods, with one line each, and goes on", async () => {
  await using server = ApiServer.start();
  await using running = await runInformer(server);
  await server.watching();
  server.send({ type: "COMPACTED", object: {} });
  server.send({ type: "COMPACTED", object: {} });
  server.send({ type: "ADDED", object: { metadata: { name: "no-uid", resourceVersion: "100" } } });
  server.pods.put(examplePod("web-1"));
  await eventually(() => running.store.size === 1);
  assert.equal(running.lines.filter((line) => line.includes("COMPACTED")).length, 1);
  assert.match(running.lines.join(""), /Expected a text at metadata.uid, found nothing/);
  assert.equal(server.count("watch"), 1);
});

Deno.test("informer follows the pages of a list that is cut although nobody asked for it", async () => {
  await using server = ApiServer.start({ pageSize: 2 });
  for (const name of ["a", "b", "c", "d", "e"]) server.pods.put(examplePod(name));
  await using running = await runInformer(server);
  await running.informer.synced();
  assert.equal(running.store.size, 5);
  const pages = server.requests.filter(({ verb }) => verb === "list").map(({ query }) => query);
  assert.deepEqual(pages.map((query) => query.get("resourceVersion")), ["0", null, null]);
  assert.deepEqual(pages.map((query) => query.get("continue")), [null, "2", "4"]);
});

Deno.test("informer refuses a list that is none, and says what to check", async () => {
  await using server = ApiServer.start();
  server.failNext({ status: 200, body: "<html>please log in</html>", headers: { "content-type": "text/html" } });
  await using running = await runInformer(server);
  await running.clock.scheduled(500);
  assert.equal(running.informer.hasSynced, false);
  assert.match(running.lines.join(""), /answer \(text\/html\) is no PodList; check that http:.* is a Kubernetes API/);
});

Deno.test("informer does not follow a redirect", async () => {
  await using server = ApiServer.start();
  server.failNext({ status: 302, headers: { location: "http://127.0.0.1:1/" } });
  await using running = await runInformer(server);
  await running.clock.scheduled(500);
  assert.match(running.lines.join(""), /answered 302; a redirect is not followed/);
});

Deno.test("informer waits a random time before its first list only if asked to", async () => {
  await using server = ApiServer.start();
  const clock = new TestClock();
  clock.chance = 0.5;
  await using running = await runInformer(server, { clock, startJitterMs: 1_000 });
  await clock.scheduled(500);
  assert.equal(server.requests.length, 0);
  clock.advance(500);
  await running.informer.synced();
});

Deno.test("informer stops while it watches and while it waits, and leaves nothing open", async () => {
  await using server = ApiServer.start();
  const watching = await runInformer(server);
  await server.watching();
  await watching.stop();
  await server.notWatching();
  assert.deepEqual(watching.clock.delays, []);
  server.failNext({ status: 500 });
  const waiting = await runInformer(server);
  await waiting.clock.scheduled(500);
  await waiting.stop();
  assert.deepEqual(waiting.clock.delays, []);
});

Deno.test("informer takes a deleted pod for retired: found until its logs are gone", async () => {
  await using server = ApiServer.start();
  server.pods.put(examplePod("web-1"));
  await using running = await runInformer(server);
  await server.watching();
  server.pods.delete(WEB_1);
  await eventually(() => running.store.isRetired("uid-of-web-1"));
  running.store.retain(new Set(["uid-of-web-1"]));
  assert.equal(running.store.find("uid-of-web-1", "shop", "web-1")?.name, "web-1");
  running.store.retain(new Set());
  assert.equal(running.store.size, 0);
});

Deno.test("informer reads the recorded watch of a real node, cut into pieces of 7 bytes", async () => {
  await using server = ApiServer.start();
  const bytes = new TextEncoder().encode(recorded("kubelet-node/watch-node.jsonl"));
  server.scriptNextWatch((watch) => {
    for (let start = 0; start < bytes.length; start += 7) watch.sendBytes(bytes.slice(start, start + 7));
  });
  await using running = await runInformer(server);
  await eventually(() => running.informer.stats().bookmarks === 2);
  assert.equal(running.informer.stats().events, 11);
  const web = running.store.find("3cbebc25-6c5b-4e49-849e-33fc881a0458", "shop", "web-3");
  assert.ok(running.store.isRetired("3cbebc25-6c5b-4e49-849e-33fc881a0458"));
  const ids = web?.containers.map((
    { name, kind, ids },
  ) => [name, kind, [...ids].map(([n, id]) => [n, id.slice(0, 5)])]);
  assert.deepEqual(ids, [
    ["app", "container", [[0, "6540d"]]],
    ["crash", "container", [[2, "b6014"], [3, "363bf"]]],
    ["init", "init", [[0, "4c837"]]],
  ]);
  const name = "static-127.0.0.1";
  assert.equal(running.store.find("4c3772ba6fcded9d740756b8514a7adf", "kube-system", name)?.name, name);
  server.endWatches();
  await running.clock.scheduled(500);
  running.clock.advance(500);
  await server.requested("watch", 2);
  assert.equal(server.requests.at(-1)?.query.get("resourceVersion"), "357");
});

Deno.test("informer is right again after a churn of pods with cuts, refusals and expired versions in between", async () => {
  await using server = ApiServer.start();
  await using running = await runInformer(server, { backoff: { baseMs: 1, capMs: 1 } });
  const faults = [
    () => server.breakWatches(),
    () => server.endWatches(),
    () => {
      server.pods.compact();
      server.breakWatches();
    },
    () => server.failNext({ status: 500 }),
  ];
  for (let n = 0; n < 100; n++) {
    server.pods.put(examplePod(`pod-${n}`, { labels: { n: String(n) } }));
    if (n >= 10) server.pods.delete({ namespace: "shop", name: `pod-${n - 10}` });
    if (n % 5 === 0) faults[(n / 5) % faults.length]!();
    running.clock.advance(1);
    await new Promise((resolve) => setTimeout(resolve));
  }
  const live = () => [...running.store.pods()].filter(({ uid }) => !running.store.isRetired(uid));
  const wanted = () => JSON.stringify(server.pods.list().map((pod) => pod.metadata.name));
  await eventually(() => {
    running.clock.advance(1);
    return JSON.stringify(live().map(({ name }) => name).sort()) === wanted();
  });
  assert.deepEqual(
    live().map(({ labels }) => labels["n"]).sort(),
    Array.from({ length: 10 }, (_, n) => String(90 + n)),
  );
});

Deno.test("informer takes a restored pod for known but not for synced, and retires it if the list has it no more", async () => {
  await using server = ApiServer.start();
  server.failNext({ status: 500 });
  const store = new PodStore();
  store.restore([projectPod(examplePod("old"))]);
  await using running = await runInformer(server, { store });
  await running.clock.scheduled(500);
  assert.equal(store.hasSynced, false);
  assert.equal(store.find("uid-of-old", "shop", "old")?.name, "old");
  running.clock.advance(500);
  await running.informer.synced();
  assert.ok(store.isRetired("uid-of-old"));
});

Deno.test("informer counts requests by what came of them; a watch that was answered and breaks later is none that failed", async () => {
  await using server = ApiServer.start();
  const answers = [{ status: 503 }, { status: 401 }, { status: 404 }, { status: 200, body: "no list" }];
  for (const answer of answers) server.failNext({ ...answer, verb: "list" });
  for (const status of [410, 429]) server.failNext({ status, verb: "watch" });
  await using running = await runInformer(server);
  for (const delayMs of [500, 1_000, 2_000, 4_000, 8_000, 16_000]) {
    await running.clock.scheduled(delayMs);
    running.clock.advance(delayMs);
  }
  await server.watching();
  server.breakWatches();
  await eventually(() => running.informer.stats().failures === 7);
  const counted = running.informer.requests().filter(({ count }) => count > 0)
    .map(({ kind, result, count }) => `${kind} ${result} ${count}`).sort();
  assert.deepEqual(counted, [
    "list client_error 1",
    "list ok 2",
    "list server_error 1",
    "list unauthorized 1",
    "list unusable 1",
    "watch gone 1",
    "watch ok 1",
    "watch throttled 1",
  ]);
});
