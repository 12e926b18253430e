import assert from "node:assert/strict";
import { ShapeError } from "../../lib/pods/json_shape.ts";
import { projectPod } from "../../lib/pods/project_pod.ts";
import { examplePod } from "../api_server/example_pod.ts";
import { recorded } from "./informer_fixture.ts";

const ids = (value: unknown) =>
  Object.fromEntries(projectPod(value).containers.map(({ name, ids }) => [name, Object.fromEntries(ids)]));

const ID = "0123456789abcdef".repeat(4);

Deno.test("projectPod cuts a recorded pod to the fields used", () => {
  const pod = projectPod(JSON.parse(recorded("apiserver-1.20.2/pod-get.json")));
  assert.deepEqual(Object.keys(pod).sort(), [
    "annotations",
    "configHash",
    "containers",
    "labels",
    "name",
    "namespace",
    "uid",
  ]);
  assert.equal(pod.name, "web-1");
  assert.equal(pod.namespace, "shop");
  assert.equal(pod.labels["app"], "web");
  assert.equal(pod.configHash, undefined);
  assert.doesNotMatch(JSON.stringify(pod), /managedFields|conditions|volumes/);
});

Deno.test("projectPod knows init containers, and numbers a crashed container's ids while it waits and while it runs", () => {
  const events = recorded("kubelet-node/watch-node.jsonl").trim().split("\n").map((line) => JSON.parse(line))
    .filter(({ object }) => object.metadata.name === "web-3");
  const pod = projectPod(events[0].object);
  assert.deepEqual(pod.containers.map(({ name, kind, image }) => [name, kind, image]), [
    ["app", "container", "localhost/bb:1"],
    ["crash", "container", "localhost/bb:1"],
    ["init", "init", "localhost/bb:1"],
  ]);
  const numbers = events.slice(0, 4).map(({ object }) =>
    Object.entries(ids(object)["crash"]!).map(([restart, id]) => `${restart}:${String(id).slice(0, 4)}`).join(" ")
  );
  assert.deepEqual(numbers, ["2:b601", "2:b601 3:363b", "2:b601 3:363b", "3:363b"]);
});

Deno.test("projectPod takes a static pod's config hash from its annotations", () => {
  const { items } = JSON.parse(recorded("kubelet-node/pods-static-mirror.json"));
  assert.equal(projectPod(items[0]).configHash, "4c3772ba6fcded9d740756b8514a7adf");
  const hashOnly = examplePod("p", { annotations: { "kubernetes.io/config.hash": "abc" } });
  assert.equal(projectPod(hashOnly).configHash, "abc");
});

Deno.test("projectPod strips the runtime from container ids", () => {
  for (const runtime of ["docker", "containerd", "cri-o"]) {
    const status = [{ name: "app", restartCount: 0, containerID: `${runtime}://${ID}` }];
    assert.deepEqual(ids({ ...examplePod("p"), status: { containerStatuses: status } }), { app: { 0: ID } });
  }
});

Deno.test("projectPod takes nothing but 64 hex digits for a container id, since it becomes part of paths", () => {
  for (const id of ["abc", "../../etc/cron.d/x", `${ID}/..`, `${ID}\n`, ID.toUpperCase().replace("0", "A"), `/${ID}`]) {
    const status = [{
      name: "app",
      restartCount: 1,
      containerID: `containerd://${id}`,
      lastState: { terminated: { containerID: id } },
    }];
    assert.deepEqual(ids({ ...examplePod("p"), status: { containerStatuses: status } }), { app: {} }, id);
  }
});

Deno.test("projectPod takes ephemeral containers for containers", () => {
  const pod = examplePod("p");
  const status = { ephemeralContainerStatuses: [{ name: "debug", containerID: `containerd://${ID}` }] };
  const spec = { ...pod.spec, ephemeralContainers: [{ name: "debug", image: "busybox" }] };
  const debug = projectPod({ ...pod, spec, status }).containers.find(({ name }) => name === "debug");
  assert.equal(debug?.kind, "ephemeral");
  assert.equal(debug?.ids.get(0), ID);
});

Deno.test("projectPod sorts labels and annotations, freezes everything, and leaves kubectl's copy of the manifest out", () => {
  const annotations = { z: "1", a: "2", "kubectl.kubernetes.io/last-applied-configuration": '{"env":"secret"}' };
  const pod = projectPod(examplePod("p", { labels: { b: "1", a: "2" }, annotations }));
  assert.deepEqual(Object.keys(pod.labels), ["a", "b"]);
  assert.deepEqual(Object.keys(pod.annotations), ["a", "z"]);
  for (const value of [pod, pod.labels, pod.annotations, pod.containers, pod.containers[0]]) {
    assert.ok(Object.isFrozen(value));
  }
});

Deno.test("projectPod lets no label name reach a prototype", () => {
  const labels = '{"__proto__":{"polluted":"yes"},"constructor":"c","ok":"1"}';
  const json = JSON.stringify(examplePod("p", { labels: { here: "" } })).replace('{"here":""}', labels);
  const pod = projectPod(JSON.parse(json));
  assert.deepEqual({ ...pod.labels }, { constructor: "c", ok: "1" });
  assert.equal(pod.labels["toString"], undefined);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

Deno.test("projectPod names the place where an object has not the shape of a pod", () => {
  const good = examplePod("p");
  const cases: [unknown, RegExp][] = [
    [undefined, /Expected an object at pod, found nothing/],
    ["pod", /an object at pod, found a string/],
    [{}, /an object at metadata, found nothing/],
    [{ metadata: { name: "p", namespace: "n" } }, /a text at metadata.uid/],
    [{ metadata: { ...good.metadata, labels: ["a"] } }, /an object at metadata.labels, found a list/],
    [{ metadata: { ...good.metadata, labels: { a: 1 } } }, /a text at metadata.labels\["a"\], found a number/],
    [{ ...good, spec: { containers: {} } }, /a list at spec.containers, found an object/],
    [{ ...good, spec: { containers: [{}] } }, /a text at spec.containers\[0\].name/],
    [{ ...good, status: { containerStatuses: [{ name: "app", restartCount: -1 }] } }, /whole number.*restartCount/],
  ];
  for (const [value, message] of cases) {
    assert.throws(() => projectPod(value), (error) => error instanceof ShapeError && message.test(error.message));
  }
});

Deno.test("projectPod takes null, which Go writes for what is empty, for empty", () => {
  const { metadata } = examplePod("p");
  const pod = projectPod({
    metadata: { ...metadata, labels: null, annotations: null },
    spec: { containers: null },
    status: null,
  });
  assert.deepEqual([{ ...pod.labels }, pod.containers], [{}, []]);
});
