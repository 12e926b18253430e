import assert from "node:assert/strict";
import { join } from "node:path";
import { Discoverer } from "../../lib/discover/discover.ts";
import { parsePodFolder } from "../../lib/discover/identity.ts";
import { idOf, NodeTree, POD_FOLDER, UID } from "./node_tree.ts";

Deno.test("a pod's folder is parsed strictly", () => {
  assert.deepEqual(parsePodFolder(`shop_web-1.a_${UID}`), { namespace: "shop", podName: "web-1.a", podUid: UID });
  const malformed = [
    "",
    "x",
    "shop_web",
    `shop_web_x_${UID}`,
    `Shop_web_${UID}`,
    `shop_-web_${UID}`,
    "shop_web_",
    `shop__${UID}`,
    `_web_${UID}`,
    `shop_we b_${UID}`,
    "shop_web_a/b",
    `shop_web..a_${UID}`,
    `${"n".repeat(64)}_web_${UID}`,
  ];
  for (const name of malformed) assert.equal(parsePodFolder(name), undefined, name);
});

Deno.test("folders with other names than the kubelet gives are malformed, and so are containers' folders", () => {
  using node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  node.addLog("0b5e2c52_web/app/0.log");
  node.addLog("App/0.log");
  const { containers, notFollowed, isComplete } = new Discoverer(node).scan();
  assert.equal(containers.length, 1);
  assert.deepEqual(notFollowed.map(({ path, code }) => [path, code]), [
    [join(node.podLogsPath, "0b5e2c52_web"), "malformed"],
    [join(node.podLogsPath, POD_FOLDER, "App"), "malformed"],
  ]);
  assert.equal(isComplete, true);
});

Deno.test("rotated and foreign files are no targets", () => {
  using node = new NodeTree().withFolders();
  const names = [
    "0.log.20261123-212513",
    "0.log.20261123-212503.gz",
    "0.log.20261123-212503.tmp",
    "0.log.gz",
    "00.log",
    "x.log",
    "0.log~",
    "-1.log",
    "12345678901.log",
    "0.log",
  ];
  for (const name of names) node.addLog(`app/${name}`);
  const { containers, notFollowed } = new Discoverer(node).scan();
  assert.deepEqual(containers.map(({ logPath }) => logPath), [node.podLog("app/0.log")]);
  assert.deepEqual(notFollowed, []);
});

Deno.test("a log that the kubelet rotates at this moment keeps its container, until the rotated file goes too", () => {
  using node = new NodeTree().withFolders();
  const log = node.addLog("app/0.log");
  const discoverer = new Discoverer(node);
  const first = discoverer.scan();
  Deno.renameSync(log, `${log}.20261123-212513`);
  discoverer.invalidate(log);
  assert.equal(discoverer.scan(), first);
  node.addLog("app/0.log", "");
  discoverer.invalidate(log);
  assert.equal(discoverer.scan(), first);
  Deno.removeSync(log);
  Deno.removeSync(`${log}.20261123-212513`);
  discoverer.invalidate(log);
  const last = discoverer.scan();
  assert.deepEqual(last.containers, []);
  assert.deepEqual(last.notFollowed.map(({ code }) => code), ["no-log-file"]);
});

Deno.test("in a crash loop every restart whose log is there is a container", () => {
  using node = new NodeTree().withFolders();
  const discoverer = new Discoverer(node);
  for (let restart = 0; restart < 12; restart++) {
    const log = node.addLog(`app/${restart}.log`);
    if (restart > 1) Deno.removeSync(node.podLog(`app/${restart - 2}.log`));
    discoverer.invalidate(log);
    const expected = [restart - 1, restart].filter((number) => number >= 0);
    assert.deepEqual(new Set(discoverer.scan().containers.map(({ restart }) => restart)), new Set(expected));
  }
  discoverer.invalidateAll();
  assert.deepEqual(discoverer.scan().containers.map(({ key }) => key), [`${UID}/app/10`, `${UID}/app/11`]);
});

Deno.test("an id is learned from the link that leads to the log, whatever its name says", () => {
  using node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  node.addLog("side/0.log");
  node.addIdLink("app/0.log", idOf(1), "other-pod_other_side");
  node.symlink(join(node.containerLinksPath, `web-1_shop_side-${"F".repeat(64)}.log`), node.podLog("side/0.log"));
  node.symlink(join(node.containerLinksPath, `web-1_shop_side-${idOf(2)}.log`), "/etc/passwd");
  const { containers } = new Discoverer(node).scan();
  assert.deepEqual(containers.map(({ containerName, id }) => [containerName, id]), [["app", idOf(1)], [
    "side",
    undefined,
  ]]);
});

Deno.test("a link that comes later names the container, and one that goes earlier leaves it its id", () => {
  using node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  const discoverer = new Discoverer(node);
  assert.equal(discoverer.scan().containers[0]?.id, undefined);
  node.addIdLink("app/0.log", idOf(1));
  const link = join(node.containerLinksPath, `web-1_shop_app-${idOf(1)}.log`);
  discoverer.invalidate(link);
  assert.equal(discoverer.scan().containers[0]?.id, idOf(1));
  Deno.removeSync(link);
  discoverer.invalidateAll();
  assert.equal(discoverer.scan().containers[0]?.id, idOf(1));
});

Deno.test("of two links to one log the newer one tells the id", () => {
  using node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  node.addIdLink("app/0.log", idOf(2));
  const discoverer = new Discoverer(node);
  assert.equal(discoverer.scan().containers[0]?.id, idOf(2));
  const old = Deno.lstatSync(join(node.containerLinksPath, `web-1_shop_app-${idOf(2)}.log`)).mtime?.getTime();
  // The clock of the file system ticks every few milliseconds.
  for (let id = 3;; id++) {
    node.addIdLink("app/0.log", idOf(1));
    const path = join(node.containerLinksPath, `web-1_shop_app-${idOf(1)}.log`);
    if (Deno.lstatSync(path).mtime?.getTime() !== old) break;
    Deno.removeSync(path);
  }
  discoverer.invalidateAll();
  assert.equal(discoverer.scan().containers[0]?.id, idOf(1));
});

Deno.test("links name the node's path of pod logs, wherever it is mounted", () => {
  using node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  const link = join(node.containerLinksPath, `web-1_shop_app-${idOf(1)}.log`);
  node.symlink(link, `/var/log/pods/${POD_FOLDER}/app/0.log`);
  assert.equal(new Discoverer(node).scan().containers[0]?.id, idOf(1));
});

Deno.test("a log's format is told by its first bytes, kept while a rotation leaves it empty, and looked up once", () => {
  using node = new NodeTree().withFolders();
  const log = node.addLog("app/0.log", "");
  node.addLog("json/0.log", '{"log":"a\\n","stream":"stdout","time":"2026-11-23T21:07:02Z"}\n');
  const discoverer = new Discoverer(node);
  const formats = () => discoverer.scan().containers.map(({ logFormat }) => logFormat);
  assert.deepEqual(formats(), ["cri", "json-file"]);
  Deno.writeTextFileSync(log, '{"log"');
  Deno.truncateSync(node.podLog("json/0.log"));
  discoverer.invalidateAll();
  assert.deepEqual(formats(), ["json-file", "json-file"]);
});

Deno.test("a folder whose container has not started yet is shown as waiting for its log", () => {
  using node = new NodeTree().withFolders();
  Deno.mkdirSync(join(node.podLogsPath, POD_FOLDER, "app"), { recursive: true });
  const { notFollowed, isComplete } = new Discoverer(node).scan();
  assert.deepEqual(notFollowed.map(({ code }) => code), ["no-log-file"]);
  assert.equal(isComplete, true);
});
