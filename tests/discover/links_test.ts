import assert from "node:assert/strict";
import { join } from "node:path";
import { Discoverer } from "../../lib/discover/discover.ts";
import { dockershimLabels, idOf, NodeTree, POD_FOLDER, UID } from "./node_tree.ts";

/** Makes what dockershim makes: Docker's container and the kubelet's link to its log. */
function dockershim(node: NodeTree, { restart = 0, id = idOf(1) } = {}): void {
  const labels = dockershimLabels({ "annotation.io.kubernetes.container.restartCount": `${restart}` });
  node.addDocker(id, { labels });
  node.symlink(node.podLog(`app/${restart}.log`), node.dockerLog(id));
  node.addIdLink(`app/${restart}.log`, id);
}

Deno.test("with dockershim Docker's record stays and the kubelet's link to it is no second container", () => {
  using node = new NodeTree().withFolders();
  dockershim(node);
  dockershim(node, { restart: 1, id: idOf(2) });
  const { containers, notFollowed, isComplete } = new Discoverer(node).scan();
  assert.deepEqual(containers.map(({ layout, id, restart }) => [layout, id, restart]), [
    ["docker", idOf(1), 0],
    ["docker", idOf(2), 1],
  ]);
  assert.deepEqual(notFollowed, []);
  assert.equal(isComplete, true);
});

Deno.test("a link is known as Docker's by its file, also where Docker's labels count restarts otherwise", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1), {
    labels: dockershimLabels({ "annotation.io.kubernetes.container.restartCount": undefined }),
  });
  const discoverer = new Discoverer(node);
  discoverer.scan();
  node.symlink(node.podLog("app/3.log"), node.dockerLog(idOf(1)));
  discoverer.invalidate(node.podLog("app/3.log"));
  assert.deepEqual(discoverer.scan().containers.map(({ key }) => key), [`${UID}/app/0`]);
  Deno.removeSync(join(node.dockerFolder(idOf(1)), "config.v2.json"));
  discoverer.invalidate(node.dockerFolder(idOf(1)));
  const { containers } = discoverer.scan();
  assert.deepEqual(containers.map(({ key, layout, id, logFormat }) => [key, layout, id, logFormat]), [
    [`${UID}/app/3`, "cri", idOf(1), "json-file"],
  ]);
});

Deno.test("a node in migration has containers of both layouts", () => {
  using node = new NodeTree().withFolders();
  dockershim(node);
  node.addLog("shop_new-1_uid-2/app/0.log");
  const { containers } = new Discoverer(node).scan();
  assert.deepEqual(containers.map(({ podName, layout }) => [podName, layout]), [["web-1", "docker"], ["new-1", "cri"]]);
});

Deno.test("where both layouts claim one container, the kubelet's own file is followed", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1));
  node.addLog("app/0.log");
  const { containers, notFollowed } = new Discoverer(node).scan();
  assert.deepEqual(containers.map(({ layout }) => layout), ["cri"]);
  assert.deepEqual(notFollowed.map(({ key, code }) => [key, code]), [[idOf(1), "malformed"]]);
});

Deno.test("the first hop that is not mounted is named, with the mount that is missing", () => {
  using node = new NodeTree().withFolders();
  dockershim(node);
  Deno.removeSync(join(node.root, "docker"), { recursive: true });
  const { containers, notFollowed, isComplete } = new Discoverer(node).scan();
  assert.deepEqual(containers, []);
  assert.deepEqual(notFollowed.map(({ path, code }) => [path, code]), [[node.podLog("app/0.log"), "missing-mount"]]);
  const reason = notFollowed[0]?.reason ?? "";
  assert.ok(reason.includes(`${join(node.root, "docker")} does not exist here`), reason);
  assert.match(reason, /WATCHER_CONTAINERS_PATH/);
  assert.equal(isComplete, true);
});

Deno.test("a mount point with nothing mounted on it counts as missing, and its appearance is noticed", () => {
  using node = new NodeTree().withFolders();
  node.symlink(node.podLog("app/0.log"), node.dockerLog(idOf(1)));
  const discoverer = new Discoverer(node);
  assert.deepEqual(discoverer.scan().notFollowed.map(({ code }) => code), ["missing-mount"]);
  node.addDocker(idOf(1));
  discoverer.invalidate(node.dockerFolder(idOf(1)));
  const { containers, notFollowed } = discoverer.scan();
  assert.deepEqual(containers.map(({ layout }) => layout), ["docker"]);
  assert.deepEqual(notFollowed, []);
});

Deno.test("a link to a container of Docker's that is gone is no missing mount", () => {
  using node = new NodeTree().withFolders();
  dockershim(node);
  node.symlink(node.podLog("side/0.log"), node.dockerLog(idOf(9)));
  const { notFollowed, isComplete } = new Discoverer(node).scan();
  assert.deepEqual(notFollowed.map(({ code }) => code), ["no-log-file"]);
  assert.equal(isComplete, true);
});

Deno.test("Docker's folder may be mounted elsewhere than on the node", () => {
  using node = new NodeTree().withFolders();
  node.addDocker(idOf(1), { labels: {} });
  node.symlink(node.podLog("app/0.log"), `/var/lib/docker/containers/${idOf(1)}/${idOf(1)}-json.log`);
  assert.deepEqual(new Discoverer(node).scan().containers.map(({ logPath, layout }) => [logPath, layout]), [
    [node.dockerLog(idOf(1)), "cri"],
  ]);
});

Deno.test("links out of the folders of container logs are refused: by their target, through a folder, with ..", () => {
  using node = new NodeTree().withFolders();
  const secret = join(node.root, "secret");
  node.write(join(secret, "0.log"), "2026-11-23T21:07:02Z stdout F secret\n");
  node.symlink(node.podLog("plain/0.log"), join(secret, "0.log"));
  node.symlink(node.podLog("dots/0.log"), "../../../../secret/0.log");
  node.symlink(join(node.podLogsPath, "way"), secret);
  node.symlink(node.podLog("folder/0.log"), join(node.podLogsPath, "way/0.log"));
  const { containers, notFollowed } = new Discoverer(node).scan();
  assert.deepEqual(containers, []);
  assert.deepEqual(notFollowed.map(({ path, code }) => [path, code]), [
    [node.podLog("dots/0.log"), "outside-roots"],
    [node.podLog("folder/0.log"), "outside-roots"],
    [node.podLog("plain/0.log"), "outside-roots"],
  ]);
});

Deno.test("loops of links end, and what is no regular file is no log", () => {
  using node = new NodeTree().withFolders();
  node.symlink(node.podLog("loop/0.log"), "1.log");
  node.symlink(node.podLog("loop/1.log"), "0.log");
  node.symlink(node.podLog("self/0.log"), "0.log");
  node.symlink(node.podLog("folder/0.log"), "..");
  const { containers, notFollowed } = new Discoverer(node).scan();
  assert.deepEqual(containers, []);
  assert.deepEqual(notFollowed.map(({ code }) => code), ["malformed", "malformed", "malformed", "malformed"]);
});

Deno.test("a chain of links inside the folders is followed to the real path", () => {
  using node = new NodeTree().withFolders();
  const log = node.addLog("app/7.log");
  node.symlink(node.podLog("side/0.log"), "../hop/0.log");
  node.symlink(node.podLog("hop/0.log"), log);
  const paths = new Discoverer(node).scan().containers.map(({ containerName, logPath }) => [containerName, logPath]);
  assert.deepEqual(paths, [["app", log], ["hop", log], ["side", log]]);
});

Deno.test("folders that are links themselves are resolved in the paths handed out", () => {
  using node = new NodeTree().withFolders();
  node.addLog("app/0.log");
  const linked = join(node.root, "linked");
  Deno.symlinkSync(node.podLogsPath, linked);
  const discoverer = new Discoverer({ ...paths(node), podLogsPath: linked });
  assert.equal(discoverer.scan().containers[0]?.logPath, node.podLog("app/0.log"));
  const log = node.addLog("app/1.log");
  discoverer.invalidate(join(linked, POD_FOLDER, "app/1.log"));
  assert.equal(discoverer.scan().containers[1]?.logPath, log);
});

function paths({ containersPath, podLogsPath, containerLinksPath }: NodeTree) {
  return { containersPath, podLogsPath, containerLinksPath };
}
