import assert from "node:assert/strict";
import { join } from "node:path";
import { createLog } from "../../lib/observe/log.ts";
import { PodCache } from "../../lib/pods/pod_cache.ts";
import { PodStore } from "../../lib/pods/pod_store.ts";
import { projectPod } from "../../lib/pods/project_pod.ts";
import { examplePod } from "../api_server/example_pod.ts";
import { recorded } from "./informer_fixture.ts";
import { TestClock } from "./test_clock.ts";

interface Setup extends AsyncDisposable {
  readonly folder: string;
  readonly path: string;
  readonly store: PodStore;
  readonly cache: PodCache;
  readonly clock: TestClock;
  readonly lines: string[];
}

async function setUp(folder?: string): Promise<Setup> {
  const own = folder ?? await Deno.makeTempDir();
  const path = join(own, "pods.json");
  const [store, clock, lines] = [new PodStore(), new TestClock(), [] as string[]];
  const log = createLog({ write: (line) => void lines.push(line) });
  const cache = new PodCache({ store, path, log, clock });
  const remove = () => folder === undefined ? Deno.remove(own, { recursive: true }) : Promise.resolve();
  return { folder: own, path, store, cache, clock, lines, [Symbol.asyncDispose]: remove };
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

Deno.test("pod cache brings back every pod as it was, without claiming to have synced", async () => {
  await using first = await setUp();
  const events = recorded("kubelet-node/watch-node.jsonl").trim().split("\n").map((line) => JSON.parse(line));
  for (const { object } of events.slice(0, 4)) first.store.upsert(projectPod(object));
  await first.cache.flush();
  await using second = await setUp(first.folder);
  await second.cache.restore();
  assert.deepEqual(new Set(second.store.pods()), new Set(first.store.pods()));
  assert.equal(second.store.size, 2);
  assert.equal(second.store.hasSynced, false);
  const name = "static-127.0.0.1";
  assert.equal(second.store.find("4c3772ba6fcded9d740756b8514a7adf", "kube-system", name)?.name, name);
});

Deno.test("pod cache writes a file that only its owner may read, and leaves no other", async () => {
  await using setup = await setUp();
  setup.store.upsert(projectPod(examplePod("web")));
  await setup.cache.flush();
  assert.equal((await Deno.stat(setup.path)).mode! & 0o777, 0o600);
  assert.deepEqual(names(setup.folder), ["pods.json"]);
});

Deno.test("pod cache saves a burst of changes once, a while after the first", async () => {
  await using setup = await setUp();
  for (let n = 0; n < 50; n++) setup.store.upsert(projectPod(examplePod(`web-${n}`)));
  assert.deepEqual(setup.clock.delays, [5_000]);
  assert.deepEqual(names(setup.folder), []);
  setup.clock.advance(5_000);
  await setup.cache.flush();
  assert.equal(JSON.parse(await Deno.readTextFile(setup.path)).pods.length, 50);
  assert.deepEqual(setup.clock.delays, []);
});

Deno.test("pod cache does not write what is on disk already", async () => {
  await using setup = await setUp();
  setup.store.replaceAll([projectPod(examplePod("web"))]);
  await setup.cache.flush();
  const before = await Deno.stat(setup.path);
  await using again = await setUp(setup.folder);
  await again.cache.restore();
  again.store.replaceAll([projectPod(examplePod("web"))]);
  await again.cache.flush();
  assert.equal((await Deno.stat(setup.path)).ino, before.ino);
});

Deno.test("pod cache drops from disk what the store has forgotten", async () => {
  await using setup = await setUp();
  setup.store.replaceAll([projectPod(examplePod("web"))]);
  await setup.cache.flush();
  setup.store.replaceAll([]);
  setup.store.retain(new Set());
  await setup.cache.flush();
  assert.deepEqual(JSON.parse(await Deno.readTextFile(setup.path)).pods, []);
});

Deno.test("pod cache passes over a file that is corrupted, cut or not its own, with a line, and replaces it later", async () => {
  const pods = [{ uid: "u", name: "n", namespace: "s", containers: [{ kind: "odd" }] }];
  const cases: [string, RegExp][] = [
    ["", /no JSON/],
    ['{"format":"kube-log-watcher/pods","version":1,"pods":[{"token":"s3cr3t', /no JSON/],
    ["null", /Expected an object at the top/],
    ['{"hello":"world"}', /at format/],
    ['{"format":"kube-log-watcher/pods","version":99,"pods":[]}', /at version/],
    [JSON.stringify({ format: "kube-log-watcher/pods", version: 1, pods }), /pods\[0\].containers\[0\].kind/],
  ];
  for (const [text, message] of cases) {
    await using setup = await setUp();
    await Deno.writeTextFile(setup.path, text);
    await setup.cache.restore();
    assert.equal(setup.store.size, 0);
    assert.equal(setup.lines.length, 1);
    assert.match(setup.lines[0]!, message);
    assert.doesNotMatch(setup.lines[0]!, /s3cr3t/);
    setup.store.upsert(projectPod(examplePod("web")));
    await setup.cache.flush();
    assert.equal(JSON.parse(await Deno.readTextFile(setup.path)).pods.length, 1);
  }
});

Deno.test("pod cache says nothing about a missing file and clears up after a killed process", async () => {
  await using setup = await setUp();
  await Deno.writeTextFile(join(setup.folder, ".pods.json.tmp-123"), "half");
  await Deno.writeTextFile(join(setup.folder, "foreign.tmp"), "not ours");
  await setup.cache.restore();
  assert.deepEqual(setup.lines, []);
  assert.deepEqual(names(setup.folder), ["foreign.tmp"]);
});

Deno.test("pod cache reports a folder that is not there once, and goes on", async () => {
  await using setup = await setUp();
  const lines: string[] = [];
  const log = createLog({ write: (line) => void lines.push(line) });
  const cache = new PodCache({ store: setup.store, path: join(setup.folder, "gone", "pods.json"), log });
  await cache.restore();
  setup.store.upsert(projectPod(examplePod("web")));
  await cache.flush();
  await cache.flush();
  await cache[Symbol.asyncDispose]();
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /Cannot save the pods/);
});

Deno.test("pod cache saves what is left when it is disposed of, and nothing after", async () => {
  await using setup = await setUp();
  setup.store.upsert(projectPod(examplePod("web")));
  await setup.cache[Symbol.asyncDispose]();
  setup.store.upsert(projectPod(examplePod("later")));
  assert.deepEqual(setup.clock.delays, []);
  assert.equal(JSON.parse(await Deno.readTextFile(setup.path)).pods.length, 1);
});
