import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { REAL_MAIN, runProgram } from "../cli/program.ts";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene, SCENE_SECRET } from "./scene.ts";

const WEB = samplePod("web");
const CART = samplePod("cart");
const without = (...pods: Parameters<typeof idOf>[0][]) => {
  const gone = new Set(pods.flatMap(({ containers }) => containers.map(({ id }) => id)));
  return SAMPLE_IDS.filter((id) => !gone.has(id));
};

Deno.test("a changed configuration file is applied without a restart, a ConfigMap's swap too; one that is wrong is refused and changes nothing", async () => {
  await using scene = await Scene.open();
  // As the kubelet mounts a ConfigMap: a link to a link to a folder, which is swapped.
  const folder = join(scene.folder, "config");
  let versions = 0;
  const put = async (text: string) => {
    const version = `..${versions++}`;
    await Deno.mkdir(join(folder, version), { recursive: true });
    await Deno.writeTextFile(join(folder, version, "watcher.yaml"), text);
    await Deno.symlink(version, join(folder, "..data_tmp"));
    await Deno.rename(join(folder, "..data_tmp"), join(folder, "..data"));
  };
  await put("attributes: {team: one}\nexclude: [{pods: cart-*}]\n");
  await Deno.symlink("..data/watcher.yaml", join(folder, "watcher.yaml"));
  const path = join(folder, "watcher.yaml");
  await using watcher = await scene.watchUntilComplete([], { env: { WATCHER_CONFIG: path }, ids: without(CART) });
  const team = () => scene.outputs.log(idOf(WEB, "app"))?.attributes.team;
  assert.equal(team(), "one");
  await watcher.logged(/cart is excluded: The operator excludes it: exclude at \S+watcher\.yaml:2:11/);

  await put("attributes: {team: two}\n");
  await scene.untilExactly(SAMPLE_IDS, watcher);
  await watcher.until("the attribute is there", () => team() === "two");
  const before = scene.outputs.prints();
  await put("attributs: {team: three}\n");
  await watcher.logged(
    /watcher\.yaml:1:1: attributs is not known; did you mean attributes\?; the configuration in force stays/,
  );
  assert.deepEqual(scene.outputs.prints(), before);
  await put("attributes: {team: four}\nagents: [scalyr]\n");
  await watcher.until("the attribute is there", () => team() === "four");
  // What it was told by a variable wins over the file.
  await scene.startPod(numberedPod(1));
  await scene.untilExactly([...SAMPLE_IDS, idOf(numberedPod(1))], watcher);
  assert.equal(await watcher.stop(), 0);
});

Deno.test("agents can be added and taken away by the configuration file; files of one that is taken away stay", async () => {
  await using scene = await Scene.open();
  const path = join(scene.folder, "watcher.yaml");
  await Deno.writeTextFile(path, "agents: [symlinker]\n");
  const env = { WATCHER_CONFIG: path, WATCHER_AGENTS: "" };
  await using watcher = scene.watch([], { env });
  const links = () => scene.outputs.linked().length;
  await watcher.until("the links are there", () => links() === SAMPLE_IDS.length);
  assert.equal(scene.outputs.log(SAMPLE_IDS[0]!), undefined);
  await Deno.writeTextFile(path, "agents: [symlinker, scalyr]\n");
  await watcher.until("scalyr has written", () => scene.outputs.log(SAMPLE_IDS[0]!) !== undefined);
  await Deno.writeTextFile(path, "agents: [scalyr]\n");
  await watcher.until("it was applied", () => watcher.said(/The configuration file was changed/).length === 2);
  assert.equal(links(), SAMPLE_IDS.length);
  assert.equal(await watcher.stop(), 0);
});

Deno.test("the operator's sampling rules replace a pod's annotation, redaction rules cannot be removed by a pod, and one agent may get less than another", async () => {
  await using scene = await Scene.open();
  const path = join(scene.folder, "watcher.yaml");
  const sampling = JSON.stringify([{
    container: "app",
    "sampling-rules": [{ match_expression: "DEBUG", sampling_rate: 0.1 }],
  }]);
  await Deno.writeTextFile(
    path,
    `
scalyr_sampling_rules: [{application: web, value: '${sampling}'}]
rules: [{redactionRules: [{pattern: "card=[0-9]+", replacement: "card=***"}]}]
exclude: [{agents: [appdynamics], pods: [${CART.name}]}]
`,
  );
  scene.server.pods.patch({ namespace: WEB.namespace, name: WEB.name }, {
    metadata: { annotations: { "kubernetes-log-watcher/redaction-rules": "[]" } },
  });
  await using watcher = scene.watch([], { env: { WATCHER_CONFIG: path } });
  const entry = (id: string) => scene.outputs.log(id);
  await watcher.until("all is there", () => entry(idOf(CART)) && scene.outputs.job(idOf(WEB, "app")));
  assert.deepEqual(entry(idOf(WEB, "app"))?.sampling_rules, [{ match_expression: "DEBUG", sampling_rate: 0.1 }]);
  const [redaction] = entry(idOf(WEB, "app"))?.redaction_rules as unknown[];
  assert.deepEqual(redaction, {
    match_expression: "card=[0-9]+",
    replacement: "card=***",
  });
  assert.equal(scene.outputs.job(idOf(CART)), undefined);
});

Deno.test("config check and show tell mistakes by their place, and what is in force and whence, but no secret", async () => {
  await using scene = await Scene.open();
  const path = join(scene.folder, "watcher.yaml");
  await Deno.writeTextFile(
    path,
    "interval: 5\nagentSettings: {symlinker: {symlinkDir: /file}}\nexclude: [{pods: x}]\n",
  );
  const run = (...args: string[]) =>
    runProgram([...args, "--config", path], { main: REAL_MAIN, env: { ...scene.env } });
  const good = await run("config", "check");
  assert.deepEqual([good.code, good.out], [0, `${path} is right: 2 settings, 1 rules\n`], good.err);
  const shown = await run("config", "show", "--grace-period", "7");
  assert.match(shown.out, new RegExp(`^WATCHER_INTERVAL +5 {2}\\(${path}:1:11\\)$`, "m"));
  assert.match(shown.out, /^WATCHER_GRACE_PERIOD +7 {2}\(--grace-period\)$/m);
  assert.match(shown.out, /^WATCHER_SYMLINK_DIR +\S+ {2}\(WATCHER_SYMLINK_DIR\)$/m);
  assert.match(shown.out, /^WATCHER_POD_WAIT +3 {2}\(default\)$/m);
  assert.match(shown.out, /^WATCHER_SCALYR_API_KEY +\*\*\* {2}\(WATCHER_SCALYR_API_KEY\)$/m);
  assert.doesNotMatch(shown.out, new RegExp(SCENE_SECRET));
  await Deno.writeTextFile(path, "interval: soon\nexclude: [{pod: x}]\n");
  const bad = await run("config", "check", "--output", "json");
  assert.equal(bad.code, 1);
  assert.deepEqual(
    JSON.parse(bad.out).problems.map(({ file, line, column }: Record<string, unknown>) => [file, line, column]),
    [[path, 1, 11], [path, 2, 12]],
    bad.out,
  );
  const watch = await run("watch", "--once");
  assert.equal(watch.code, 2);
  assert.match(watch.err, /watcher\.yaml:2:12: pod is not known in an item of exclude; did you mean pods\?/);
});

Deno.test("config show prints the file's rules with their places; config check says which have ended, and takes a path from the working folder", async () => {
  await using scene = await Scene.open();
  const path = join(scene.folder, "watcher.yaml");
  await Deno.writeTextFile(path, "rules: [{name: old, parser: json, until: 2020-01-01}]\n");
  const options = { main: REAL_MAIN, env: { ...scene.env } };
  const shown = await runProgram(["config", "show", "--config", path], options);
  assert.ok(
    shown.out.includes(
      `rule old  {"parser":"json"}  (${path}:1:9, ended at 2020-01-02T00:00:00.000Z: it has no effect)\n`,
    ),
    shown.out,
  );
  const fromHere = relative(Deno.cwd(), path);
  const checked = await runProgram(["config", "check", "--config", fromHere, "--output", "json"], options);
  const { isGood, notes } = JSON.parse(checked.out);
  assert.deepEqual([checked.code, isGood], [0, true], checked.err);
  assert.match(notes[0].message, /^rule old has no effect any more: it ended at 2020-01-02T00:00:00\.000Z$/);
});

Deno.test("a file that names what is not there yet is refused, and taken once it is there, without another save", async () => {
  await using scene = await Scene.open();
  const path = join(scene.folder, "watcher.yaml");
  const agents = join(scene.folder, "agents");
  await Deno.mkdir(agents);
  const places = `agentsPath: ${agents}\nagentSettings: {late: {destPath: ${join(scene.folder, "out/late")}}}\n`;
  await Deno.writeTextFile(path, "agents: [symlinker]\n");
  await using watcher = scene.watch([], { env: { WATCHER_CONFIG: path, WATCHER_AGENTS: "" } });
  await watcher.until("the links are there", () => scene.outputs.linked().length === SAMPLE_IDS.length);
  await Deno.writeTextFile(path, `agents: [symlinker, late]\n${places}`);
  await watcher.logged(/Agent late is not known.*; the configuration in force stays/);
  const made = await runProgram(["agents", "new", "late", "--in", agents], { main: REAL_MAIN });
  assert.equal(made.code, 0, made.err);
  await watcher.until("the new agent has written", () => {
    try {
      return [...Deno.readDirSync(join(scene.folder, "out/late"))].some(({ name }) => name.startsWith("klw-"));
    } catch {
      return false;
    }
  });
  assert.equal(await watcher.stop(), 0);
});
