import assert from "node:assert/strict";
import { join } from "node:path";
import type { NotFollowed } from "../../lib/discover/container.ts";
import { Discoverer } from "../../lib/discover/discover.ts";
import { isPauseImage } from "../../lib/discover/docker_config.ts";
import { type DockerContainer, dockershimLabels, idOf, NodeTree, UID } from "./node_tree.ts";

const cases: { name: string; container: DockerContainer; code: NotFollowed["code"]; says: RegExp }[] = [
  {
    name: "a sandbox, told by its label io.kubernetes.docker.type",
    container: { labels: dockershimLabels({ "io.kubernetes.docker.type": "podsandbox" }) },
    code: "sandbox",
    says: /podsandbox/,
  },
  {
    name: "a sandbox, told by its container name POD",
    container: { labels: dockershimLabels({ "io.kubernetes.container.name": "POD" }) },
    code: "sandbox",
    says: /name=POD/,
  },
  {
    name: "a sandbox, told by a pause image of any registry",
    container: { image: "registry.example:5000/mirror/pause-amd64:3.1@sha256:0a1b" },
    code: "sandbox",
    says: /pause-amd64/,
  },
  {
    name: "a container that Kubernetes did not start",
    container: { labels: {} },
    code: "not-kubernetes",
    says: /io\.kubernetes\.pod\.name/,
  },
  {
    name: "a container whose labels only end like those of Kubernetes",
    container: {
      labels: {
        "evil.io.kubernetes.pod.name": "web-1",
        "evil.io.kubernetes.pod.namespace": "kube-system",
        "evil.io.kubernetes.pod.uid": UID,
        "evil.io.kubernetes.container.name": "app",
      },
    },
    code: "not-kubernetes",
    says: /io\.kubernetes\.pod\.name/,
  },
  {
    name: "a container whose pod name would be a path",
    container: { labels: dockershimLabels({ "io.kubernetes.pod.name": "../../etc" }) },
    code: "malformed",
    says: /\.\.\/\.\.\/etc/,
  },
  {
    name: "a container whose restart count is no number",
    container: { labels: dockershimLabels({ "annotation.io.kubernetes.container.restartCount": "-1" }) },
    code: "malformed",
    says: /restartCount/,
  },
  {
    name: "a container with the log driver journald",
    container: { driver: "journald", log: null },
    code: "log-driver",
    says: /journald/,
  },
  {
    name: "a container that has no log yet",
    container: { log: null },
    code: "no-log-file",
    says: /-json\.log does not exist/,
  },
];

for (const { name, container, code, says } of cases) {
  Deno.test(`${name} is not followed: ${code}`, () => {
    using node = new NodeTree().withFolders();
    node.addDocker(idOf(1), container);
    const { containers, notFollowed, isComplete } = new Discoverer(node).scan();
    assert.deepEqual(containers, []);
    assert.deepEqual(notFollowed.map(({ key, code }) => [key, code]), [[idOf(1), code]]);
    assert.match(notFollowed[0]?.reason ?? "", says);
    assert.equal(isComplete, true);
  });
}

Deno.test("an image is a pause image by its last path part, without tag and digest", () => {
  const table: [string, boolean][] = [
    ["pause", true],
    ["k8s.gcr.io/pause:3.2", true],
    ["registry.k8s.io/pause@sha256:0a1b", true],
    ["localhost:5000/pause", true],
    ["gcr.io/google_containers/pause-arm64:3.0", true],
    ["rancher/mirrored-pause:3.6", false],
    ["shop/pause-button:1", false],
    ["pause/web:1", false],
    ["sha256:dd418d69cb31", false],
  ];
  for (const [image, expected] of table) assert.equal(isPauseImage(image), expected, image);
});

Deno.test("a spoofed label beside the real one changes nothing", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1), {
    labels: dockershimLabels({ "a.io.kubernetes.pod.name": "root", "io.kubernetes.pod.name.x": "y" }),
  });
  assert.equal(new Discoverer(node).scan().containers[0]?.podName, "web-1");
});

Deno.test("Docker's restarts are containers of their own", () => {
  using node = new NodeTree().withFolders();
  for (const restart of [0, 1]) {
    const labels = dockershimLabels({ "annotation.io.kubernetes.container.restartCount": `${restart}` });
    node.addDocker(idOf(restart + 1), { labels });
  }
  const { containers } = new Discoverer(node).scan();
  assert.deepEqual(containers.map(({ restart, id }) => [restart, id]), [[0, idOf(1)], [1, idOf(2)]]);
});

Deno.test("half a config.v2.json is malformed and no more until it is whole", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1));
  const path = join(node.dockerFolder(idOf(1)), "config.v2.json");
  const whole = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, whole.slice(0, whole.length / 2));
  const discoverer = new Discoverer(node);
  const first = discoverer.scan();
  assert.deepEqual(first.notFollowed.map(({ code }) => code), ["malformed"]);
  assert.equal(first.isComplete, true);
  Deno.writeTextFileSync(path, whole);
  discoverer.invalidate(path);
  const second = discoverer.scan();
  assert.equal(second.containers.length, 1);
  assert.deepEqual(second.notFollowed, []);
});

Deno.test("a container stays when its config.v2.json breaks later", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1));
  const discoverer = new Discoverer(node);
  const first = discoverer.scan();
  Deno.writeTextFileSync(join(node.dockerFolder(idOf(1)), "config.v2.json"), '{"Config":');
  discoverer.invalidateAll();
  assert.equal(discoverer.scan(), first);
});

Deno.test("a config.v2.json of more than 4 MiB is not read", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1));
  Deno.truncateSync(join(node.dockerFolder(idOf(1)), "config.v2.json"), 4 * 1024 * 1024 + 1);
  assert.match(new Discoverer(node).scan().notFollowed[0]?.reason ?? "", /more than the 4194304/);
});

Deno.test("a folder of Docker's that is being removed is neither a container nor an error", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1));
  node.addDocker(idOf(2), { labels: dockershimLabels({ "io.kubernetes.container.name": "side" }) });
  Deno.mkdirSync(join(node.containersPath, "lost+found"));
  const discoverer = new Discoverer(node);
  assert.equal(discoverer.scan().containers.length, 2);
  Deno.removeSync(join(node.dockerFolder(idOf(1)), "config.v2.json"));
  Deno.removeSync(node.dockerFolder(idOf(2)), { recursive: true });
  discoverer.invalidateAll();
  assert.deepEqual(discoverer.scan(), { containers: [], notFollowed: [], isComplete: true });
});

Deno.test("a log that Docker rotates at this moment keeps its container", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1));
  const discoverer = new Discoverer(node);
  const first = discoverer.scan();
  Deno.renameSync(node.dockerLog(idOf(1)), `${node.dockerLog(idOf(1))}.1`);
  discoverer.invalidate(node.dockerLog(idOf(1)));
  assert.equal(discoverer.scan(), first);
});

Deno.test("of two containers of Docker's with one identity the newer is followed and the other is named", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1), { created: "2026-11-23T21:08:16Z" });
  node.addDocker(idOf(2), { created: "2026-11-23T21:08:15Z" });
  const discoverer = new Discoverer(node);
  const both = discoverer.scan();
  assert.deepEqual(both.containers.map(({ id }) => id), [idOf(1)]);
  assert.deepEqual(both.notFollowed.map(({ key, code }) => [key, code]), [[idOf(2), "malformed"]]);
  Deno.removeSync(node.dockerFolder(idOf(1)), { recursive: true });
  discoverer.invalidate(node.dockerFolder(idOf(1)));
  const one = discoverer.scan();
  assert.deepEqual(one.containers.map(({ id }) => id), [idOf(2)]);
  assert.deepEqual(one.notFollowed, []);
});

Deno.test("a config.v2.json that is a folder or a pipe is named, and keeps nothing else from being removed", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1));
  Deno.mkdirSync(join(node.dockerFolder(idOf(2)), "config.v2.json"), { recursive: true });
  Deno.mkdirSync(node.dockerFolder(idOf(3)));
  const pipe = join(node.dockerFolder(idOf(3)), "config.v2.json");
  assert.ok(new Deno.Command("mkfifo", { args: [pipe] }).outputSync().success);
  const { containers, notFollowed, isComplete } = new Discoverer(node).scan();
  assert.deepEqual(containers.map(({ id }) => id), [idOf(1)]);
  assert.deepEqual(notFollowed.map(({ key, code }) => [key, code]), [[idOf(2), "malformed"], [idOf(3), "malformed"]]);
  assert.match(notFollowed[0]!.reason, /config\.v2\.json is no regular file; remove it$/);
  assert.equal(isComplete, true);
});

Deno.test("a hostconfig.json that is a pipe or a folder is not opened, and its container has no log yet", () => {
  using node = new NodeTree().withFolders();
  for (const id of [idOf(1), idOf(2)]) {
    node.addDocker(id, { driver: "journald", log: null });
    Deno.removeSync(join(node.dockerFolder(id), "hostconfig.json"));
  }
  const pipe = join(node.dockerFolder(idOf(1)), "hostconfig.json");
  assert.ok(new Deno.Command("mkfifo", { args: [pipe] }).outputSync().success);
  Deno.mkdirSync(join(node.dockerFolder(idOf(2)), "hostconfig.json"));
  const opened: unknown[] = [];
  const read = Deno.readTextFileSync;
  // Without this a failure would hang: nobody ever opens the other end.
  Deno.readTextFileSync = (path) => {
    opened.push(path);
    return path === pipe ? "{}" : read(path);
  };
  try {
    const { notFollowed } = new Discoverer(node).scan();
    assert.deepEqual(notFollowed.map(({ key, code }) => [key, code]), [[idOf(1), "no-log-file"], [
      idOf(2),
      "no-log-file",
    ]]);
  } finally {
    Deno.readTextFileSync = read;
  }
  assert.deepEqual(opened.filter((path) => String(path).endsWith("hostconfig.json")), []);
});
