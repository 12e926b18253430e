import assert from "node:assert/strict";
import { join } from "node:path";
import { Discoverer } from "../../lib/discover/discover.ts";
import { NodeTree } from "./node_tree.ts";

Deno.test("discovery finds the one Kubernetes container in a recorded Docker folder and says why it leaves the others", () => {
  using node = new NodeTree();
  node.copy("docker/containers", node.containersPath);
  const { containers, notFollowed, isComplete } = new Discoverer(node).scan();
  const id = "b7a01c894a595effa38899483b264a1572bd2d0d55b6b14329508d76d4bd302a";
  assert.deepEqual(containers, [{
    key: "0b5e2c52-6d2c-4b0e-9c35-0d9a4d1f7a11/app/0",
    layout: "docker",
    id,
    containerName: "app",
    restart: 0,
    podName: "web-7c9d8f6b5-x2k4q",
    namespace: "shop",
    podUid: "0b5e2c52-6d2c-4b0e-9c35-0d9a4d1f7a11",
    logPath: node.dockerLog(id),
    logFormat: "json-file",
    image: "bb:1",
  }]);
  assert.equal(notFollowed.length, 5);
  assert.deepEqual(new Set(notFollowed.map(({ code }) => code)), new Set(["not-kubernetes"]));
  assert.equal(isComplete, true);
});

Deno.test("discovery finds every restart in a recorded containerd folder, and no rotated file", () => {
  using node = new NodeTree();
  node.copy("containerd/pods", node.podLogsPath);
  node.link("containerd/links.txt");
  const { containers, notFollowed, isComplete } = new Discoverer(node).scan();
  const uid = "0b5e2c52-6d2c-4b0e-9c35-0d9a4d1f7a11";
  assert.deepEqual(containers.map(({ key, id, logFormat }) => [key, id, logFormat]), [
    [`${uid}/app/0`, undefined, "cri"],
    [`${uid}/app/1`, "a67ba03e1253cec07b5444fe84474699eb868defa0bbd9e39595d7d594eab443", "cri"],
    [`${uid}/ttyc/0`, "6b4ac94eb365cb668c63b2f3249f3db9baff7c9677c814881f473ec5cde87726", "cri"],
  ]);
  assert.deepEqual(notFollowed, []);
  assert.equal(isComplete, true);
});

Deno.test("discovery finds init containers, crash loops and static pods in a recorded kubelet's folder", () => {
  using node = new NodeTree();
  node.copy("kubelet/pods", node.podLogsPath);
  node.link("kubelet/links.txt");
  const { containers, notFollowed } = new Discoverer(node).scan();
  const uid = "3cbebc25-6c5b-4e49-849e-33fc881a0458";
  const pod = join(node.podLogsPath, `shop_web-3_${uid}`);
  const hash = "4c3772ba6fcded9d740756b8514a7adf";
  assert.deepEqual(containers.map(({ key, id, logPath }) => [key, id?.slice(0, 8), logPath]), [
    [`${uid}/app/0`, "6540dca0", join(pod, "app/0.log")],
    [`${uid}/crash/3`, "363bfbb5", join(pod, "crash/3.log")],
    [`${uid}/init/0`, "4c837ed0", join(pod, "init/0.log")],
    [`${hash}/s/0`, "22907b79", join(node.podLogsPath, `kube-system_static-127.0.0.1_${hash}`, "s/0.log")],
  ]);
  const staticPod = containers.find(({ podUid }) => podUid === hash);
  assert.equal(staticPod?.podName, "static-127.0.0.1");
  // Its log is empty: the format is that of the layout.
  assert.equal(staticPod?.logFormat, "cri");
  assert.deepEqual(notFollowed, []);
});

Deno.test("a container of Docker's that uses the log driver local is left out with the driver's name", () => {
  using node = new NodeTree();
  node.copy("docker/containers", node.containersPath);
  const id = "95a18a89397a20e0b6e7b9cd073b346626dd2bdd5e60dd07401eda43660c013a";
  const path = join(node.dockerFolder(id), "config.v2.json");
  const config = JSON.parse(Deno.readTextFileSync(path));
  config.Config.Labels = {
    "io.kubernetes.container.name": "app",
    "io.kubernetes.pod.name": "web-1",
    "io.kubernetes.pod.namespace": "shop",
    "io.kubernetes.pod.uid": "uid-1",
  };
  Deno.writeTextFileSync(path, JSON.stringify(config));
  const left = new Discoverer(node).scan().notFollowed.find(({ key }) => key === id);
  assert.equal(left?.code, "log-driver");
  assert.match(left?.reason ?? "", /log driver is local/);
});
