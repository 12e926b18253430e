import assert from "node:assert/strict";
import { join } from "node:path";
import { REAL_MAIN, runProgram } from "../cli/program.ts";
import { idOf, numberedPod, samplePod, Scene, SCENE_SECRET } from "./scene.ts";

const WEB = samplePod("web");
const CART = samplePod("cart");

/** Runs a command with the settings of a scene's watcher. */
function inspect({ env }: Scene, ...args: string[]) {
  return runProgram(args, { main: REAL_MAIN, env });
}

Deno.test("status and explain ask the running watcher, which tells each container's state, reason, wishes, files and entries, and no secret", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const status = await inspect(scene, "status");
  assert.equal(status.code, 0, status.err);
  assert.match(status.out, /^Watcher \S+ on /);
  assert.match(status.out, /^scalyr +\d+ +1 +\d+ +(\d+) of \1 +up to date$/m);
  const { namespace, name } = WEB;
  const explained = await inspect(scene, "explain", `${namespace}/${name}/app`);
  assert.equal(explained.code, 0, explained.err);
  assert.match(explained.out, /^The running watcher/);
  assert.match(explained.out, / {2}state +collected since 20\S+: Log and pod are known/);
  assert.ok(explained.out.includes(idOf(WEB, "app")));
  assert.match(explained.out, new RegExp(`^ {2}pod +known from the API, uid ${WEB.uid}$`, "m"));
  assert.match(
    explained.out,
    / {2}appdynamics +configured \(generation 1 of 1\)\n +\S+container-[0-9a-f]{64}-jobfile\.job$/m,
  );
  assert.match(
    explained.out,
    / {2}scalyr +configured \(generation 1 of 1\)\n +\S+\.log -> \S+\n +in \S+agent\.json:\n +\{/m,
  );
  const json = await inspect(scene, "explain", CART.name, "--output", "json");
  const report = JSON.parse(json.out);
  assert.equal(report.isRunning, true);
  assert.deepEqual(report.containers.map(({ id }: { id: string }) => id), [idOf(CART)]);
  const warnings = report.containers[0].agents.find(({ name }: { name: string }) => name === "scalyr").warnings;
  assert.match(warnings[0], /annotation kubernetes-log-watcher\/scalyr-parser: expected a JSON list/);
  for (const { out } of [status, explained, json]) assert.doesNotMatch(out, new RegExp(SCENE_SECRET));
  const nobody = await inspect(scene, "explain", "shop/nobody");
  assert.equal(nobody.code, 1);
  assert.match(nobody.out, /Nothing on this node is called shop\/nobody/);
  assert.equal(await watcher.stop(), 0);
});

Deno.test("where no watcher runs, status, explain and audit tell what one would do, and say so", async () => {
  await using scene = await Scene.open();
  const explained = await inspect(scene, "explain", `${WEB.namespace}/${WEB.name}`);
  assert.equal(explained.code, 0, explained.err);
  assert.match(explained.out, /^No watcher answers; this is what one would do/);
  assert.match(explained.out, / {2}scalyr +configured/);
  assert.doesNotMatch(explained.out, new RegExp(SCENE_SECRET));
  const status = await inspect(scene, "status");
  assert.match(status.out, /^scalyr .* would be written$/m);
});

Deno.test("audit finds logs that nobody ships, those shipped twice and files that are missing, and its exit code says so", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const double = await inspect(scene, "audit");
  assert.equal(double.code, 1);
  assert.match(double.out, /^double +\S+: It is covered by scalyr and appdynamics and symlinker$/m);
  const fine = await inspect(scene, "audit", "--allow-double");
  assert.equal(fine.code, 0, fine.out);
  assert.match(
    fine.out,
    /^10 log files: 8 covered, 0 not covered, 2 excluded\nexcluded/,
  );
  const job = join(scene.folder, "out", Object.keys(scene.outputs.prints()).find((path) => path.endsWith(".job"))!);
  await Deno.remove(job);
  const lost = await inspect(scene, "audit", "--allow-double", "--output", "json");
  assert.equal(lost.code, 1);
  const { findings } = JSON.parse(lost.out);
  assert.deepEqual(
    findings.filter(({ kind }: { kind: string }) => kind === "lost").map(({ log }: { log: string }) => log),
    [job],
  );
  assert.equal(await watcher.stop(), 0);
  const pod = numberedPod(1);
  for (const container of pod.containers) await scene.writeContainer(pod, container);
  const after = await inspect(scene, "audit", "--allow-double");
  assert.match(after.out, /no watcher answers: compared with what one would write/);
});

Deno.test("explain names each rule that is for a container and where its wishes come from; while the file has mistakes the running watcher is still asked", async () => {
  await using scene = await Scene.open();
  const path = join(scene.folder, "watcher.yaml");
  const settings = `statePath: ${join(scene.folder, "state")}\n`;
  await Deno.writeTextFile(
    path,
    `${settings}strictLabels: [application]
include: [{namespaces: [${WEB.namespace}]}]
attributes: {datacenter: eu-1}
rules:
  - {name: gone, parser: json, until: 2020-01-01}
  - {name: front, match: {pods: ["${WEB.name}"]}, parser: nginx}
`,
  );
  await using watcher = scene.watch([], { env: { WATCHER_CONFIG: path } });
  await watcher.until("scalyr has written", () => scene.outputs.log(idOf(WEB, "app")) !== undefined);
  const run = (...args: string[]) =>
    runProgram([...args, "--config", path], { main: REAL_MAIN, env: { ...scene.env } });
  const wanted = `${WEB.namespace}/${WEB.name}/app`;
  const explained = await run("explain", wanted);
  assert.equal(explained.code, 0, explained.err);
  for (
    const row of [
      `rule +WATCHER_STRICT_LABELS=application: the pod has them`,
      `rule +include at ${path}:3:11`,
      "rule +rule front: parser",
      "attribute +datacenter=eu-1 \\(attributes of the configuration file\\)",
      "wish +parser: nginx \\(rule front\\)",
      "scalyr +configured \\(generation \\d+ of \\d+\\)",
    ]
  ) assert.match(explained.out, new RegExp(`^ {2}${row}$`, "m"));
  assert.doesNotMatch(explained.out, /gone/);
  await Deno.writeTextFile(path, `${settings}agnts: [scalyr]\n`);
  await watcher.until("the new file is refused", () => watcher.said(/the configuration in force stays/).length > 0);
  for (const args of [["status"], ["explain", wanted], ["audit", "--allow-double"]]) {
    const { out, err } = await run(...args);
    assert.match(
      err,
      /^warning: The running watcher goes on with what was in force before; .*:2:1: agnts is not known/m,
    );
    assert.doesNotMatch(out, /No watcher answers/);
  }
  assert.equal(await watcher.stop(), 0);
  const alone = await run("status");
  assert.equal(alone.code, 2);
  assert.match(alone.err, /^error: .*:2:1: agnts is not known; did you mean agents\?$/m);
});

Deno.test("status lists what is on the node and not followed, with the reason", async () => {
  await using scene = await Scene.open();
  const logs = scene.env.WATCHER_POD_LOGS_PATH!;
  await Deno.mkdir(join(logs, "strange"), { recursive: true });
  const { out } = await inspect(scene, "status");
  assert.match(out, new RegExp(`^not followed {2}${join(logs, "strange")}: It is no pod's folder`, "m"));
});

Deno.test("where neither a watcher nor the API answers, status, explain and audit tell what the disk shows, and what is wrong with the API", async () => {
  await using scene = await Scene.open();
  scene.server.failNext({ status: 503, times: Infinity });
  const status = await inspect(scene, "status");
  assert.match(
    status.out,
    /^Pods .*; Cannot list pods: the API server answered 503.*; a new log is then followed with what its path tells/m,
  );
  assert.match(status.out, /^Containers +\d+ collected/m);
  const explained = await inspect(scene, "explain", `${WEB.namespace}/${WEB.name}`);
  assert.equal(explained.code, 0, explained.err);
  assert.match(explained.out, / {2}pod +not shown by the API; identity is that of the path$/m);
  const audit = await inspect(scene, "audit", "--allow-double");
  assert.match(audit.out, /no watcher answers: compared with what one would write/);
});
