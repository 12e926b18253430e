import assert from "node:assert/strict";
import { join } from "node:path";
import { materializeSampleNode } from "../../lib/sample/sample_node.ts";
import { ApiServer } from "../api_server/api_server.ts";
import { type ProgramResult, REAL_MAIN, runProgram } from "./program.ts";

/** A node, its API, and what a watcher wrote for it. */
async function writtenNode() {
  await using resources = new AsyncDisposableStack();
  const folder = await Deno.realPath(await Deno.makeTempDir());
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  const node = await materializeSampleNode(join(folder, "node"));
  const server = resources.use(ApiServer.start());
  for (const pod of node.pods) server.pods.put({ ...pod, metadata: { ...pod.metadata }, spec: { ...pod.spec } });
  const env = {
    WATCHER_AGENTS: "scalyr",
    WATCHER_SCALYR_API_KEY: "key-in-force",
    WATCHER_SCALYR_DEST_PATH: join(folder, "links"),
    WATCHER_SCALYR_CONFIG_PATH: join(folder, "etc/agent.json"),
    WATCHER_CONTAINERS_PATH: node.containersPath,
    WATCHER_POD_LOGS_PATH: node.podLogsPath,
    WATCHER_CONTAINER_LINKS_PATH: node.containerLinksPath,
    WATCHER_KUBE_URL: server.url,
    CLUSTER_NODE_NAME: node.nodeName,
  };
  const run = (args: readonly string[], more: Record<string, string> = {}): Promise<ProgramResult> =>
    runProgram(args, { main: REAL_MAIN, env: { ...env, ...more } });
  const { code, err } = await run(["watch", "--once"]);
  assert.equal(code, 0, err);
  const owned = resources.move();
  return { run, configPath: env.WATCHER_SCALYR_CONFIG_PATH, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

Deno.test("preview --diff finds nothing to change where a watcher wrote, though a pod's rule itself writes ***", async () => {
  await using node = await writtenNode();
  const { code, out, err } = await node.run(["preview", "--diff"]);
  assert.equal(code, 0, err);
  assert.match(out, /^# Agent scalyr: 0 created, 0 updated, 0 removed, 9 unchanged\n/);
  assert.doesNotMatch(out, /^[-+@]/m);
});

Deno.test("preview --diff tells that a secret differs from that on disk, and shows neither", async () => {
  await using node = await writtenNode();
  const { out } = await node.run(["preview", "--diff"], { WATCHER_SCALYR_API_KEY: "the-next-one" });
  assert.match(out, /^# Agent scalyr: 0 created, 1 updated, 0 removed, 8 unchanged\n/);
  assert.match(out, /^- {2}"api_key": "\*\*\* \(another value\)",\n\+ {2}"api_key": "\*\*\*",$/m);
  assert.doesNotMatch(out, /key-in-force|the-next-one|secret-/);
});

Deno.test("preview --diff leaves a secret out of account that is not set", async () => {
  await using node = await writtenNode();
  const { out, err } = await node.run(["preview", "--diff"], { WATCHER_SCALYR_API_KEY: "" });
  assert.match(err, /Sample values .*WATCHER_SCALYR_API_KEY=\*\*\*/);
  assert.match(out, /^# Agent scalyr: 0 created, 0 updated, 0 removed, 9 unchanged\n/);
  assert.doesNotMatch(out, /key-in-force/);
});

Deno.test("preview --diff shows a file that has another mode on disk", async () => {
  await using node = await writtenNode();
  await Deno.chmod(node.configPath, 0o666);
  const { out } = await node.run(["preview", "--diff"]);
  assert.match(out, /^# Agent scalyr: 0 created, 1 updated, 0 removed, 8 unchanged\n/);
  assert.match(out, /^old mode 0666\nnew mode 06[04]0\n--- .*agent\.json$/m);
});
