import assert from "node:assert/strict";
import { PodStore } from "../../lib/pods/pod_store.ts";
import { projectPod } from "../../lib/pods/project_pod.ts";
import { examplePod, type ExamplePodOptions } from "../api_server/example_pod.ts";

const pod = (name: string, options?: ExamplePodOptions) => projectPod(examplePod(name, options));
const hash = (value: string) => ({ "kubernetes.io/config.hash": value, "kubernetes.io/config.mirror": value });

function counted(store: PodStore): { count: number } {
  const counter = { count: 0 };
  store.onChange(() => counter.count++);
  return counter;
}

Deno.test("pod store finds a pod by uid, and a static pod by its config hash and by its name", () => {
  const store = new PodStore();
  store.replaceAll([pod("web"), pod("static", { uid: "mirror", annotations: hash("abc") })]);
  assert.equal(store.find("uid-of-web", "any", "any")?.name, "web");
  assert.equal(store.find("abc", "shop", "static")?.uid, "mirror");
  assert.equal(store.find("newer-hash", "shop", "static")?.uid, "mirror");
  assert.equal(store.find("unknown", "shop", "web"), undefined);
});

Deno.test("pod store does not let an annotation claim the logs of a pod of another name", () => {
  const store = new PodStore();
  store.replaceAll([pod("thief", { annotations: hash("abc") })]);
  assert.equal(store.find("abc", "kube-system", "static"), undefined);
});

Deno.test("pod store prefers the live mirror of a static pod to the retired one, whatever comes in which order", () => {
  const store = new PodStore();
  const older = (label: string) => pod("static", { uid: "older", labels: { label }, annotations: hash("abc") });
  store.upsert(older("1"));
  store.upsert(pod("static", { uid: "newer", annotations: hash("abc") }));
  store.retire(older("2"));
  assert.equal(store.find("abc", "shop", "static")?.uid, "newer");
  assert.equal(store.find("older", "shop", "static")?.uid, "older");
  store.retire(pod("static", { uid: "newer", annotations: hash("def") }));
  assert.equal(store.find("abc", "shop", "static")?.uid, "older");
  assert.equal(store.find("def", "shop", "static")?.uid, "newer");
});

Deno.test("pod store calls listeners for what agents see, and for nothing else", () => {
  const store = new PodStore();
  const base = { labels: { a: "1" }, annotations: { b: "1" }, containers: { app: { id: "a".repeat(64) } } };
  store.upsert(pod("web", base));
  const changes = counted(store);
  const cases: [string, ExamplePodOptions, number][] = [
    ["the same again", base, 0],
    ["a label", { ...base, labels: { a: "2" } }, 1],
    ["a label more", { ...base, labels: { a: "2", c: "" } }, 1],
    ["an annotation", { ...base, annotations: { b: "2" } }, 1],
    ["an image", { ...base, containers: { app: { id: "a".repeat(64), image: "web:2" } } }, 1],
    ["a restart", { ...base, containers: { app: { id: "b".repeat(64), restartCount: 1, image: "web:2" } } }, 1],
  ];
  let previous = base as ExamplePodOptions;
  for (const [what, options, expected] of cases) {
    store.upsert(pod("web", previous));
    changes.count = 0;
    store.upsert(pod("web", options));
    assert.equal(changes.count, expected, what);
    previous = options;
  }
});

Deno.test("pod store calls listeners when a container's id is learned late", () => {
  const store = new PodStore();
  store.upsert(pod("web"));
  const changes = counted(store);
  store.upsert(pod("web", { containers: { app: { id: "a".repeat(64) } } }));
  assert.equal(changes.count, 1);
  assert.equal(store.find("uid-of-web", "", "")?.containers[0]?.ids.get(0), "a".repeat(64));
});

Deno.test("pod store keeps the ids of earlier restarts, of which the API no longer tells", () => {
  const store = new PodStore();
  const idOf = (restart: number) => String(restart).padStart(64, "0");
  for (let n = 0; n < 20; n++) {
    store.upsert(pod("web", { containers: { app: { id: idOf(n), restartCount: n } } }));
  }
  const kept = store.find("uid-of-web", "", "")?.containers[0]?.ids;
  assert.deepEqual([...kept!.keys()], [12, 13, 14, 15, 16, 17, 18, 19]);
  store.upsert(pod("web"));
  assert.equal(store.find("uid-of-web", "", "")?.containers[0]?.ids.get(19), idOf(19));
});

Deno.test("pod store calls listeners once for a whole list, and at the first one even if it is empty", () => {
  const store = new PodStore();
  const changes = counted(store);
  store.replaceAll([]);
  assert.equal(changes.count, 1);
  assert.ok(store.hasSynced);
  store.replaceAll([pod("a"), pod("b")]);
  assert.equal(changes.count, 2);
  store.replaceAll([pod("a"), pod("b")]);
  assert.equal(changes.count, 2);
});

Deno.test("pod store retires pods that a list has no more, and forgets them when their logs are gone", () => {
  const store = new PodStore();
  store.replaceAll([pod("web"), pod("static", { uid: "mirror", annotations: hash("abc") })]);
  store.retain(new Set());
  assert.equal(store.size, 2, "live pods stay whatever is on disk");
  const changes = counted(store);
  store.replaceAll([]);
  assert.equal(changes.count, 0, "what is found did not change");
  store.retain(new Set(["uid-of-web", "abc"]));
  assert.equal(store.size, 2);
  store.retain(new Set(["abc"]));
  assert.equal(store.find("uid-of-web", "shop", "web"), undefined);
  store.retain(new Set());
  assert.equal(store.find("abc", "shop", "static"), undefined);
  assert.equal(store.size, 0);
});

Deno.test("pod store takes a pod back that comes again after it was retired", () => {
  const store = new PodStore();
  store.replaceAll([pod("web")]);
  store.replaceAll([]);
  assert.ok(store.isRetired("uid-of-web"));
  store.upsert(pod("web"));
  store.retain(new Set());
  assert.equal(store.size, 1);
});

Deno.test("pod store tells of forgotten pods to those who store them, and lets listeners go", () => {
  const store = new PodStore();
  store.replaceAll([pod("web")]);
  let stored = 0;
  const end = store.onStored(() => stored++);
  store.replaceAll([]);
  store.retain(new Set());
  assert.equal(stored, 1);
  end();
  store.upsert(pod("other"));
  assert.equal(stored, 1);
});
