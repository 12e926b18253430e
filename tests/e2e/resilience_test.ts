import assert from "node:assert/strict";
import { join } from "node:path";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "./scene.ts";

Deno.test("a log that is rotated, truncated or written to changes nothing", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const orders = samplePod("orders");
  const log = join(scene.paths.podLogsPath, `shop_${orders.name}_${orders.uid}`, "app/0.log");
  const before = scene.outputs.prints();
  await Deno.rename(log, `${log}.20261123-212523`);
  await Deno.writeTextFile(log, "");
  await Deno.writeTextFile(`${log}.20261123-212513.gz`, "");
  await scene.startPod(numberedPod(1));
  await scene.untilExactly([...SAMPLE_IDS, idOf(numberedPod(1))], watcher);
  const after = scene.outputs.prints();
  for (const path of Object.keys(before).filter((path) => !path.startsWith("scalyr-config"))) {
    assert.equal(after[path], before[path], path);
  }
});

Deno.test("a folder of logs that is unmounted or cannot be read removes nothing, and is followed again when it is back", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--interval", "0.3", "--grace-period", "0"]);
  const { podLogsPath, containersPath } = scene.paths;
  const before = scene.outputs.prints();
  await Deno.rename(podLogsPath, `${podLogsPath}.away`);
  await Deno.rename(containersPath, `${containersPath}.away`);
  await watcher.until(
    "it says what is missing",
    () => watcher.lines.some(({ level, path }) => level === "warn" && path === podLogsPath),
  );
  const said = watcher.lines.length;
  await Deno.rename(`${podLogsPath}.away`, podLogsPath);
  await Deno.rename(`${containersPath}.away`, containersPath);
  await scene.startPod(numberedPod(1));
  await scene.untilExactly([...SAMPLE_IDS, idOf(numberedPod(1))], watcher);
  const after = scene.outputs.prints();
  for (const path of Object.keys(before).filter((path) => !path.startsWith("scalyr-config"))) {
    assert.equal(after[path], before[path], path);
  }
  assert.ok(watcher.lines.slice(said).every(({ kind }) => kind !== "remove"));
});

Deno.test("an output folder that somebody removed is written again at the next full scan", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--interval", "0.5"]);
  await Deno.remove(scene.outputs.jobsPath, { recursive: true });
  await Deno.remove(scene.outputs.linksPath, { recursive: true });
  await Deno.remove(scene.outputs.scalyrConfigPath);
  await scene.untilExactly(SAMPLE_IDS, watcher);
  assert.equal(await watcher.stop(), 0);
});

Deno.test("a pod that comes again under its name with another uid has files of its own", async () => {
  await using scene = await Scene.open({ isFilled: false });
  await using watcher = scene.watch(["--grace-period", "0"]);
  const first = numberedPod(1, { release: "one" });
  const second = { ...numberedPod(2, { release: "two" }), name: first.name };
  await scene.startPod(first);
  await scene.untilExactly([idOf(first)], watcher);
  await scene.startPod(second);
  await scene.untilExactly([idOf(first), idOf(second)], watcher);
  assert.equal(scene.outputs.log(idOf(first))?.attributes.release, "one");
  assert.equal(scene.outputs.log(idOf(second))?.attributes.release, "two");
  await scene.removeLogs(first);
  await scene.untilExactly([idOf(second)], watcher);
});

Deno.test("an agent that fails keeps its previous files and does not disturb the others; --once ends with 1 then", async () => {
  await using scene = await Scene.open();
  const folder = join(scene.folder, "agents/broken");
  await Deno.mkdir(folder, { recursive: true });
  const contextOf = (body: string) =>
    `export default {
    summary: "Breaks",
    settings: { file: { env: "WATCHER_BROKEN_FILE", type: "file", required: true, help: "File" } },
    outputs: { all: { template: "all.txt.eta", format: "text", each: "node", path: "{file}" } },
    context: ({ id }) => ({ id }),
    shared: () => (${body}),
  };`;
  await Deno.writeTextFile(join(folder, "all.txt.eta"), "<%= it.count %> of <%= it.containers.length %>\n");
  await Deno.writeTextFile(join(folder, "context.ts"), contextOf("{ count: 1 }"));
  const file = join(scene.folder, "out/broken/file.txt");
  const env = {
    WATCHER_AGENTS: `${scene.outputs.env.WATCHER_AGENTS},broken`,
    WATCHER_AGENTS_PATH: join(scene.folder, "agents"),
    WATCHER_BROKEN_FILE: file,
  };
  await using first = scene.watch(["--once"], { env });
  assert.equal(await first.ended(), 0, JSON.stringify(first.lines));
  assert.equal(await Deno.readTextFile(file), "1 of 8\n");
  await Deno.writeTextFile(join(folder, "context.ts"), contextOf("(() => { throw new Error('broken on purpose') })()"));
  await scene.startPod(numberedPod(1));
  await using second = scene.watch(["--once"], { env });
  assert.equal(await second.ended(), 1);
  await second.logged(/broken on purpose.*its files stay as they are/);
  assert.equal(await Deno.readTextFile(file), "1 of 8\n");
  assert.deepEqual(scene.outputs.complete(), [...SAMPLE_IDS, idOf(numberedPod(1))].sort());
});

Deno.test("SIGTERM ends with 0 at any moment: while starting, and while waiting for an API that does not answer", async () => {
  await using scene = await Scene.open();
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${(silent.addr as Deno.NetAddr).port}`;
  await using waiting = scene.watch([], { env: { WATCHER_KUBE_URL: url } });
  await waiting.logged(/^Started$/);
  assert.equal(await waiting.stop(), 0);
  silent.close();
  await using starting = scene.watch();
  await starting.logged(/^Created the folder|^Started$/);
  assert.equal(await starting.stop(), 0);
  assert.deepEqual(scene.outputs.temporaryFiles(), []);
  assert.deepEqual([...Deno.readDirSync(scene.temporaryPath)], []);
});

Deno.test("a container whose pod the API has deleted is never without its entry at a restart, though the records of the last run are lost", async () => {
  await using scene = await Scene.open();
  {
    await using watcher = await scene.watchUntilComplete();
    assert.equal(await watcher.stop(), 0);
  }
  const web = samplePod("web");
  scene.server.pods.delete(web);
  const { folder, scalyrDestPath } = scene.outputs;
  for (const root of [folder, scalyrDestPath, scene.outputs.jobsPath, scene.outputs.linksPath]) {
    for (const { name } of Deno.readDirSync(root)) if (name.endsWith(".state")) Deno.removeSync(join(root, name));
  }
  await using watcher = scene.watch();
  const missing = () => SAMPLE_IDS.filter((id) => scene.outputs.log(id) === undefined);
  await watcher.until("the container is followed with what its path tells", () => {
    assert.deepEqual(missing(), []);
    return watcher.said(/Container shop\/web.* is collected: Its log is there, the API does not show its pod/)[0];
  });
  await scene.untilExactly(SAMPLE_IDS, watcher);
  assert.deepEqual(missing(), []);
});
