import assert from "node:assert/strict";
import { join } from "node:path";
import { Discoverer } from "../../lib/discover/discover.ts";
import { idOf, NodeTree, POD_FOLDER } from "./node_tree.ts";

/** Gives all folders below a path a time of change that lies back, as those of pods have that run for a while. */
function settle(path: string, timeMs = 1_700_000_000_000): void {
  for (const { name, isDirectory } of Deno.readDirSync(path)) if (isDirectory) settle(join(path, name), timeMs);
  Deno.utimeSync(path, new Date(timeMs), new Date(timeMs));
}

/** Scans everything, as a periodic scan does; tells which folders were listed, and which links and logs were read. */
function scanAll(discoverer: Discoverer) {
  const { readDirSync, readLinkSync, openSync } = Deno;
  const read: string[] = [];
  const noting = <T extends unknown[], R>(call: (...args: T) => R) => (...args: T): R => {
    read.push(String(args[0]));
    return call(...args);
  };
  Object.assign(Deno, {
    readDirSync: noting(readDirSync),
    readLinkSync: noting(readLinkSync),
    openSync: noting(openSync),
  });
  try {
    discoverer.invalidateAll();
    return { ...discoverer.scan(), read };
  } finally {
    Object.assign(Deno, { readDirSync, readLinkSync, openSync });
  }
}

/** A node with a settled pod of two containers and their links, that was scanned twice; roots themselves are always listed. */
function settledNode(): { node: NodeTree; discoverer: Discoverer } {
  const node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  node.addLog("side/0.log");
  node.addIdLink("app/0.log", idOf(1));
  settle(node.root);
  const discoverer = new Discoverer(node);
  discoverer.scan();
  scanAll(discoverer);
  return { node, discoverer };
}

Deno.test("a periodic scan lists no pod's folder, reads no link and opens no log that has not changed", () => {
  const { node, discoverer } = settledNode();
  using _ = node;
  const { containers, read } = scanAll(discoverer);
  assert.deepEqual(containers.map(({ containerName, id }) => [containerName, id]), [["app", idOf(1)], [
    "side",
    undefined,
  ]]);
  assert.deepEqual(read, [node.containersPath, node.podLogsPath]);
});

Deno.test("a periodic scan finds every change that no event told of, on a node on which nothing had changed before", () => {
  const changes: Record<string, { change: (node: NodeTree) => void; found: readonly (readonly unknown[])[] }> = {
    "a restart": {
      change: (node) => void node.addLog("app/1.log"),
      found: [["app", 0, idOf(1)], ["app", 1, undefined], ["side", 0, undefined]],
    },
    "a log that is gone": {
      change: (node) => Deno.removeSync(node.podLog("app/0.log")),
      found: [["side", 0, undefined]],
    },
    "a container's folder that is gone": {
      change: (node) => Deno.removeSync(join(node.podLogsPath, POD_FOLDER, "side"), { recursive: true }),
      found: [["app", 0, idOf(1)]],
    },
    "a container's folder that came": {
      change: (node) => void node.addLog("late/0.log"),
      found: [["app", 0, idOf(1)], ["late", 0, undefined], ["side", 0, undefined]],
    },
    "a link that came": {
      change: (node) => node.addIdLink("side/0.log", idOf(2)),
      found: [["app", 0, idOf(1)], ["side", 0, idOf(2)]],
    },
    "a pod's folder that was replaced by one of the same age": {
      change(node) {
        const folder = join(node.podLogsPath, POD_FOLDER);
        Deno.renameSync(folder, join(node.root, "old"));
        node.addLog("app/0.log");
        settle(node.root);
      },
      found: [["app", 0, idOf(1)]],
    },
  };
  for (const [what, { change, found }] of Object.entries(changes)) {
    const { node, discoverer } = settledNode();
    using _ = node;
    change(node);
    const { containers } = scanAll(discoverer);
    const seen = containers.map(({ containerName, restart, id }) => [containerName, restart, id]);
    assert.deepEqual(seen.toSorted(), found, what);
  }
});

Deno.test("a folder that changed just before it was read is read again, whatever its time says", () => {
  using node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  const folder = join(node.podLogsPath, POD_FOLDER, "app");
  const discoverer = new Discoverer(node);
  discoverer.scan();
  scanAll(discoverer);
  const { mtime } = Deno.lstatSync(folder);
  node.addLog("app/1.log");
  Deno.utimeSync(folder, mtime!, mtime!);
  assert.deepEqual(scanAll(discoverer).containers.map(({ restart }) => restart), [0, 1]);
});

Deno.test("a log that was empty is looked into until its format is known, and a link's target every time", () => {
  using node = new NodeTree().withFolders();
  const log = node.addLog("app/0.log", "");
  node.addDocker(idOf(3));
  node.symlink(join(node.podLogsPath, "shop_web-2_uid-2/app/0.log"), node.dockerLog(idOf(3)));
  settle(node.podLogsPath);
  const discoverer = new Discoverer(node);
  discoverer.scan();
  scanAll(discoverer);
  Deno.writeTextFileSync(log, '{"log":"a\\n"}\n');
  Deno.removeSync(node.dockerLog(idOf(3)));
  const { containers } = scanAll(discoverer);
  assert.deepEqual(containers.map(({ podName, logFormat }) => [podName, logFormat]), [["web-1", "json-file"]]);
});

Deno.test("a log that is empty after a rotation is looked into until its format is known again", () => {
  const { node, discoverer } = settledNode();
  using _ = node;
  const log = node.podLog("app/0.log");
  Deno.renameSync(log, `${log}.20261123-212513`);
  Deno.writeTextFileSync(log, "");
  settle(node.root, 1_700_000_001_000);
  for (let scans = 0; scans < 3; scans++) scanAll(discoverer);
  Deno.writeTextFileSync(log, '{"log":"a\\n"}\n');
  assert.equal(scanAll(discoverer).containers[0]?.logFormat, "json-file");
});

Deno.test("a pod's folder that an event names is read, even if it looks as it did", () => {
  const { node, discoverer } = settledNode();
  using _ = node;
  const folder = join(node.podLogsPath, POD_FOLDER, "app");
  const { mtime } = Deno.lstatSync(folder);
  node.addLog("app/1.log");
  Deno.utimeSync(folder, mtime!, mtime!);
  discoverer.invalidate(folder);
  assert.deepEqual(discoverer.scan().containers.map(({ containerName, restart }) => [containerName, restart]), [
    ["app", 0],
    ["app", 1],
    ["side", 0],
  ]);
});
