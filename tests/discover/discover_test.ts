import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import type { Discovery } from "../../lib/discover/container.ts";
import { Discoverer } from "../../lib/discover/discover.ts";
import { dockershimLabels, idOf, NodeTree, POD_FOLDER } from "./node_tree.ts";

/** Runs a scan as a user without rights: permission bits do not stop root. */
function scanWithoutRights(discoverer: Discoverer): Discovery {
  if (Deno.uid() !== 0) return discoverer.scan();
  process.seteuid?.(65534);
  try {
    return discoverer.scan();
  } finally {
    process.seteuid?.(0);
  }
}

/** Two pods, readable by everybody but for the folder made private. */
function readableTree(node: NodeTree): void {
  Deno.chmodSync(node.root, 0o755);
  node.addLog("app/0.log");
  node.addLog("shop_web-2_uid-2/app/0.log");
}

Deno.test("an unreadable pod folder makes the scan incomplete, and its containers stay", () => {
  using node = new NodeTree().withFolders();
  readableTree(node);
  const discoverer = new Discoverer(node);
  const { containers } = discoverer.scan();
  const folder = join(node.podLogsPath, POD_FOLDER);
  Deno.chmodSync(folder, 0);
  discoverer.invalidateAll();
  const blind = scanWithoutRights(discoverer);
  assert.equal(blind.isComplete, false);
  assert.deepEqual(blind.containers, containers);
  assert.deepEqual(blind.notFollowed.map(({ key, code }) => [key, code]), [[folder, "unreadable"]]);
  Deno.chmodSync(folder, 0o755);
  const seeing = discoverer.scan();
  assert.deepEqual(seeing, { containers, notFollowed: [], isComplete: true });
});

Deno.test("an unreadable container folder, Docker folder or root makes the scan incomplete, and nothing known goes", () => {
  using node = new NodeTree().withFolders();
  readableTree(node);
  node.addDocker(idOf(1), { labels: dockershimLabels({ "io.kubernetes.container.name": "docked" }) });
  const discoverer = new Discoverer(node);
  const { containers } = discoverer.scan();
  assert.equal(containers.length, 3);
  for (
    const folder of [
      join(node.podLogsPath, POD_FOLDER, "app"),
      node.dockerFolder(idOf(1)),
      node.podLogsPath,
      node.containersPath,
      node.containerLinksPath,
    ]
  ) {
    Deno.chmodSync(folder, 0);
    discoverer.invalidateAll();
    const blind = scanWithoutRights(discoverer);
    Deno.chmodSync(folder, 0o755);
    assert.equal(blind.isComplete, false, folder);
    assert.deepEqual(blind.containers, containers, folder);
    assert.deepEqual(blind.notFollowed.map(({ path, code }) => [path, code]), [[folder, "unreadable"]]);
    assert.deepEqual(discoverer.scan(), { containers, notFollowed: [], isComplete: true }, folder);
  }
});

Deno.test("a log that cannot be opened is a container all the same: the shipper reads it, not the watcher", () => {
  using node = new NodeTree().withFolders();
  readableTree(node);
  Deno.chmodSync(node.podLog("app/0.log"), 0);
  const { containers, isComplete } = scanWithoutRights(new Discoverer(node));
  assert.equal(containers.length, 2);
  assert.equal(isComplete, true);
});

Deno.test("one layout missing is normal, both missing is a missing mount", () => {
  using node = new NodeTree();
  const blind = new Discoverer(node).scan();
  assert.equal(blind.isComplete, false);
  assert.deepEqual(blind.notFollowed.map(({ path, code }) => [path, code]), [[node.podLogsPath, "missing-mount"]]);
  Deno.mkdirSync(node.containersPath, { recursive: true });
  const empty = { containers: [], notFollowed: [], isComplete: true };
  const docker = new Discoverer(node);
  assert.deepEqual(docker.scan(), empty);
  Deno.removeSync(join(node.root, "docker"), { recursive: true });
  Deno.mkdirSync(node.podLogsPath, { recursive: true });
  assert.deepEqual(new Discoverer(node).scan(), empty);
});

Deno.test("a folder that appears later is found by the next full scan, or by an event in it", () => {
  using node = new NodeTree();
  Deno.mkdirSync(node.containersPath, { recursive: true });
  const discoverer = new Discoverer(node);
  discoverer.scan();
  const log = node.addLog("app/0.log");
  discoverer.invalidate(log);
  assert.equal(discoverer.scan().containers.length, 1);
});

Deno.test("a folder that was there and vanishes makes the scan incomplete, and its containers stay", () => {
  using node = new NodeTree().withFolders();
  const log = node.addLog("app/0.log");
  const discoverer = new Discoverer(node);
  const { containers } = discoverer.scan();
  const away = join(node.root, "away");
  Deno.renameSync(node.podLogsPath, away);
  // As an event tells it, and as a full scan finds it.
  for (const invalidate of [() => discoverer.invalidate(log), () => discoverer.invalidateAll()]) {
    invalidate();
    const blind = discoverer.scan();
    assert.equal(blind.isComplete, false);
    assert.deepEqual(blind.containers, containers);
    assert.deepEqual(blind.notFollowed.map(({ path, code }) => [path, code]), [[node.podLogsPath, "missing-mount"]]);
  }
  Deno.renameSync(away, node.podLogsPath);
  assert.deepEqual(discoverer.scan(), { containers, notFollowed: [], isComplete: true });
});

Deno.test("a root that is a link to nowhere names the hop that is missing", () => {
  using node = new NodeTree();
  node.symlink(node.podLogsPath, join(node.root, "data/pods"));
  Deno.mkdirSync(node.containersPath, { recursive: true });
  const { notFollowed, isComplete } = new Discoverer(node).scan();
  assert.equal(isComplete, false);
  assert.ok(notFollowed[0]?.reason.includes(`leads to ${join(node.root, "data")}, which does not exist`));
});

Deno.test("links that lead to pod logs tell that those are not mounted", () => {
  using node = new NodeTree().withFolders();
  node.addIdLink("app/0.log", idOf(1));
  Deno.removeSync(node.podLogsPath);
  assert.deepEqual(new Discoverer(node).scan().notFollowed.map(({ path, code }) => [path, code]), [
    [node.podLogsPath, "missing-mount"],
  ]);
  node.addDocker(idOf(1));
  assert.deepEqual(new Discoverer(node).scan().notFollowed, []);
});

Deno.test("a scan in which nothing changed gives the same object", () => {
  using node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  node.addDocker(idOf(1), { labels: {} });
  const discoverer = new Discoverer(node);
  const first = discoverer.scan();
  assert.equal(discoverer.scan(), first);
  discoverer.invalidateAll();
  assert.equal(discoverer.scan(), first);
  Deno.writeTextFileSync(node.podLog("app/0.log"), "more\n", { append: true });
  discoverer.invalidate(node.podLog("app/0.log"));
  assert.equal(discoverer.scan(), first);
});

Deno.test("after an invalidation only that folder is read again", () => {
  using node = new NodeTree().withFolders();
  const discoverer = new Discoverer(node);
  discoverer.scan();
  node.addLog("shop_web-2_uid-2/app/0.log");
  const log = node.addLog("app/0.log");
  discoverer.invalidate(log);
  assert.deepEqual(discoverer.scan().containers.map(({ podName }) => podName), ["web-1"]);
  discoverer.invalidateAll();
  assert.deepEqual(discoverer.scan().containers.map(({ podName }) => podName), ["web-1", "web-2"]);
});

Deno.test("however folders come and go, a scan after invalidations equals one from scratch", () => {
  using node = new NodeTree().withFolders();
  const discoverer = new Discoverer(node);
  // A fixed sequence of pseudo-random numbers (Lehmer).
  let seed = 42;
  const random = (below: number) => (seed = seed * 48271 % 2147483647) % below;
  for (let round = 0; round < 150; round++) {
    for (let step = random(4) === 0 ? 90 : 3; step > 0; step--) discoverer.invalidate(change(node, random));
    const scanned = discoverer.scan();
    assert.deepEqual(scanned, new Discoverer(node).scan(), `round ${round}`);
    assert.deepEqual(
      scanned.containers.map(({ key }) => key),
      [...new Set(scanned.containers.map(({ key }) => key))].sort(),
    );
    assert.deepEqual(scanned.notFollowed.map(({ key }) => key), scanned.notFollowed.map(({ key }) => key).sort());
  }
});

/** Makes one change to the disk; returns a path that it touched. */
function change(node: NodeTree, random: (below: number) => number): string {
  const number = random(60);
  const pod = `web-${number}`;
  const podFolder = join(node.podLogsPath, `shop_${pod}_uid-${pod}`);
  const id = idOf(number);
  const labels = dockershimLabels({ "io.kubernetes.pod.name": pod, "io.kubernetes.pod.uid": `uid-${pod}` });
  const log = join(podFolder, "app", `${random(2)}.log`);
  switch (random(6)) {
    case 0:
      remove(podFolder);
      return podFolder;
    case 1:
      remove(node.dockerFolder(id));
      return node.dockerFolder(id);
    case 2:
      node.addDocker(id, { labels, created: `2026-11-23T21:08:${10 + random(50)}Z` });
      return node.dockerFolder(id);
    case 3:
      remove(log);
      node.symlink(log, node.dockerLog(id));
      return log;
    default:
      remove(log);
      node.addLog(`shop_${pod}_uid-${pod}/app/${log.at(-5)}.log`);
      return log;
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

Deno.test("what a scan that breaks off had seen already, come or gone, is in the next result, also without a full scan", () => {
  using node = new NodeTree().withFolders();
  const gone = node.addLog("shop_a-gone_uid-1/app/0.log");
  node.addLog("shop_stays_uid-2/app/0.log");
  const discoverer = new Discoverer(node);
  discoverer.scan();
  Deno.removeSync(join(gone, "../.."), { recursive: true });
  const come = node.addLog("shop_b-come_uid-3/app/0.log");
  const passing = node.addLog("shop_c-passing_uid-4/app/0.log");
  const broken = node.addLog("shop_d-broken_uid-5/app/0.log");
  for (const path of [gone, come, passing, broken]) discoverer.invalidate(path);
  const readDir = Deno.readDirSync;
  let isBroken = true;
  Deno.readDirSync = (path) => {
    if (isBroken && String(path).includes("d-broken")) throw new TypeError("a defect");
    return readDir(path);
  };
  try {
    assert.throws(() => discoverer.scan(), /a defect/);
    Deno.removeSync(join(passing, "../.."), { recursive: true });
    discoverer.invalidate(passing);
    isBroken = false;
    assert.deepEqual(discoverer.scan(), new Discoverer(node).scan());
    const names = discoverer.scan().containers.map(({ podName }) => podName);
    assert.deepEqual(names.toSorted(), ["b-come", "d-broken", "stays"]);
  } finally {
    Deno.readDirSync = readDir;
  }
});
