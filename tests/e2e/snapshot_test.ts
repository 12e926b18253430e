import assert from "node:assert/strict";
import { join } from "node:path";
import { REAL_MAIN, runProgram } from "../cli/program.ts";
import { Scene, SCENE_SECRET } from "./scene.ts";

const real = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runProgram(args, { main: REAL_MAIN, env });

Deno.test("a recorded node renders elsewhere as it does on the node, without the node, its API and its secrets", async () => {
  await using scene = await Scene.open();
  const env = { ...scene.env, WATCHER_CLUSTER_ID: "kube-7" };
  const here = await real(["preview", "--output", "json"], env);
  const recorded = await real(["snapshot"], env);
  assert.equal(recorded.code, 0, recorded.err);
  assert.match(recorded.err, /Recorded 8 containers and \d+ pods/);
  assert.doesNotMatch(recorded.out, new RegExp(SCENE_SECRET));
  assert.equal((await real(["snapshot"], env)).out, recorded.out, "the same node makes the same bytes");
  const file = join(scene.folder, "node.json");
  await Deno.writeTextFile(file, recorded.out);
  await Deno.remove(join(scene.folder, "node"), { recursive: true });
  scene.server.failNext({ status: 503, times: Infinity });

  const there = await real(["preview", "--snapshot", file, "--output", "json"]);
  assert.equal(there.code, 0, there.err);
  const [before, after] = [here, there].map(({ out }) => JSON.parse(out));
  assert.deepEqual(after.agents, before.agents);
  assert.deepEqual(after.containers, before.containers);
  assert.match(there.out, /kube-7/);
  const check = await real(["agents", "check", "agents/symlinker", "--snapshot", file]);
  assert.equal(check.code, 0, check.err);
  assert.match(check.out, /8 links for 8 containers/);
});

Deno.test("settings that are given win over those of a snapshot", async () => {
  await using scene = await Scene.open();
  const file = join(scene.folder, "node.json");
  await Deno.writeTextFile(file, (await real(["snapshot"], scene.env)).out);
  const { out } = await real([
    "preview",
    "symlinker",
    "--snapshot",
    file,
    "--symlink-dir",
    "/elsewhere",
    "--output",
    "json",
  ]);
  assert.ok(JSON.parse(out).agents[0].files.every(({ path }: { path: string }) => path.startsWith("/elsewhere/")));
});

Deno.test("a file that is no snapshot is refused by name and place", async () => {
  const file = await Deno.makeTempFile();
  try {
    const rows: [string, RegExp][] = [
      ["{", /Cannot take \S+ as a snapshot: .*JSON.*make one with: kube-log-watcher snapshot/],
      ['{"format": "x"}', /Expected kube-log-watcher\/snapshot at format/],
      ['{"format": "kube-log-watcher/snapshot", "version": 9}', /Expected 1 at version/],
      [
        '{"format": "kube-log-watcher/snapshot", "version": 1, "node": {}, "containers": [{}]}',
        /Expected docker or cri at containers\[0\]\.layout/,
      ],
    ];
    for (const [text, message] of rows) {
      await Deno.writeTextFile(file, text);
      const { code, err } = await real(["preview", "symlinker", "--snapshot", file]);
      assert.equal(code, 1);
      assert.match(err, message);
    }
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("preview --golden keeps files with --update, agrees with them, and shows and fails what differs", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const golden = (...args: string[]) => real(["preview", "appdynamics", "symlinker", "--golden", folder, ...args]);
    const first = await golden();
    assert.equal(first.code, 1);
    assert.match(first.out, /^\+ {2}type: "file"$/m);
    const kept = await golden("--update");
    assert.equal(kept.out, `16 files are kept in ${folder}\n`);
    assert.equal((await golden()).code, 0);
    const jobs = join(folder, "appdynamics/opt/appdynamics/conf/job");
    const [job, other] = [...Deno.readDirSync(jobs)].map(({ name }) => join(jobs, name));
    await Deno.writeTextFile(job!, (await Deno.readTextFile(job!)).replace("version: 2", "version: 1"));
    await Deno.writeTextFile(`${jobs}/old.job`, "old\n");
    await Deno.remove(other!);
    const changed = await golden();
    assert.equal(changed.code, 1);
    assert.match(changed.out, /^-version: 1\n\+version: 2$/m);
    assert.match(changed.out, /^# Agent appdynamics: 1 created, 1 updated, 1 removed, 6 unchanged$/m);
    await golden("--update");
    assert.equal((await golden()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the rules of the configuration file are recorded with the node, and hold where it is rendered elsewhere", async () => {
  await using scene = await Scene.open();
  const config = join(scene.folder, "watcher.yaml");
  await Deno.writeTextFile(
    config,
    `exclude: [{pods: "cart-*"}]
attributes: {datacenter: eu-1}
rules: [{name: java, match: {containers: app}, multiline: java, until: 2999-12-31}]
scalyr_sampling_rules: [{application: web, value: "[]"}]
`,
  );
  const env = { ...scene.env, WATCHER_CONFIG: config };
  const here = JSON.parse((await real(["preview", "--output", "json"], env)).out);
  const file = join(scene.folder, "node.json");
  await Deno.writeTextFile(file, (await real(["snapshot"], env)).out);
  const there = JSON.parse((await real(["preview", "--snapshot", file, "--output", "json"])).out);
  assert.deepEqual(there.agents, here.agents);
  assert.ok(there.containers.some(({ state }: { state: string }) => state === "excluded"));
  await Deno.writeTextFile(config, "attributes: {datacenter: eu-2}\n");
  const other = await real(["preview", "--snapshot", file, "--config", config, "--output", "json"]);
  assert.match(other.out, /eu-2/, "a file that is given wins");
  assert.doesNotMatch(other.out, /eu-1/);
});

Deno.test("--update alone is refused: there is no folder that could be updated", async () => {
  const { code, err } = await real(["preview", "symlinker", "--update"]);
  assert.deepEqual([code, err], [2, "error: --update needs --golden, the folder of what is kept\n"]);
});
