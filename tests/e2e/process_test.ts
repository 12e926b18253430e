import assert from "node:assert/strict";
import { join } from "node:path";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "./scene.ts";
import { running } from "./watcher_process.ts";

Deno.test("--once writes everything and ends with 0, and a second time writes nothing", async () => {
  await using scene = await Scene.open();
  await using first = scene.watch(["--once"]);
  assert.equal(await first.ended(), 0);
  assert.deepEqual(scene.outputs.complete(), SAMPLE_IDS);
  assert.deepEqual(scene.outputs.traces(), SAMPLE_IDS);
  const before = scene.outputs.prints();
  await using second = scene.watch(["--once"]);
  assert.equal(await second.ended(), 0);
  assert.deepEqual(scene.outputs.prints(), before);
});

Deno.test("--once ends with 1 when the API refuses, and configures what the disk alone tells", async () => {
  await using scene = await Scene.open();
  scene.server.failNext({ status: 403, times: Infinity });
  await using watcher = scene.watch(["--once"]);
  assert.equal(await watcher.ended(), 1);
  await watcher.logged(/the RBAC verb "list" on the resource "pods"/);
  assert.deepEqual(scene.outputs.complete(), SAMPLE_IDS);
  assert.equal(scene.outputs.log(idOf(samplePod("web")))?.attributes.application, samplePod("web").name);
});

Deno.test("--once gives a container whose pod the API does not show the identity of its path at once", async () => {
  await using scene = await Scene.open();
  scene.server.pods.delete({ namespace: "shop", name: samplePod("cart").name });
  await using watcher = scene.watch(["--once"]);
  assert.equal(await watcher.ended(), 0);
  assert.deepEqual(scene.outputs.complete(), SAMPLE_IDS);
});

Deno.test("SIGTERM in the middle of changes ends with 0, whole files, no temporary files and no process left", async () => {
  await using scene = await Scene.open({ isFilled: false });
  await using watcher = scene.watch();
  await watcher.logged(/^Started$/);
  const churn = startPods(scene, 150);
  await watcher.until("many are configured", () => scene.outputs.complete().length > 20);
  const descendants = watcher.descendants();
  assert.ok(descendants.length > 0, "agents run in processes of their own");
  assert.equal(await watcher.stop(), 0);
  await churn;
  assert.equal(watcher.lines.at(-1)?.message, "Stopped");
  assert.deepEqual(scene.outputs.temporaryFiles(), []);
  assert.deepEqual([...Deno.readDirSync(scene.temporaryPath)], []);
  assert.deepEqual(running(descendants), []);
  assert.equal(scene.server.openWatches, 0);
  assert.ok(scene.outputs.complete().length > 20);
});

Deno.test("a kill in the middle of changes leaves no process, and the next start makes everything complete and exact", async () => {
  await using scene = await Scene.open({ isFilled: false });
  await using first = scene.watch(["--grace-period", "0"]);
  await first.logged(/^Started$/);
  const churn = startPods(scene, 150);
  await first.until("some are configured", () => scene.outputs.complete().length > 10);
  const descendants = first.descendants();
  await first.kill();
  // As if it had been killed while it wrote each kind of its files.
  const { scalyrDestPath, jobsPath } = scene.outputs;
  for (
    const path of [
      join(scalyrDestPath, ".klw-watcher-0123456789abcdef.tmp"),
      join(jobsPath, ".klw-appdynamics-0123456789abcdef.tmp"),
    ]
  ) {
    await Deno.writeTextFile(path, "half");
  }
  await churn;
  for (let number = 0; number < 150; number += 2) await scene.removeLogs(numberedPod(number));
  const left = Array.from({ length: 75 }, (_, index) => idOf(numberedPod(2 * index + 1)));

  await using second = scene.watch(["--grace-period", "0"]);
  await scene.untilExactly(left, second);
  await second.until("the first one's processes are gone", () => running(descendants).length === 0);
  assert.equal(await second.stop(), 0);
  assert.deepEqual(scene.outputs.temporaryFiles(), []);
  assert.deepEqual([...Deno.readDirSync(scene.temporaryPath)], []);
  const foldersLeft = [...Deno.readDirSync(scene.outputs.linksPath)].filter(({ isDirectory }) => isDirectory);
  assert.equal(foldersLeft.length, left.length, "folders of what is gone are gone");
});

Deno.test("a second watcher on the same outputs refuses with 1, and the first goes on", async () => {
  await using scene = await Scene.open();
  await using first = await scene.watchUntilComplete();
  await using second = scene.watch([], { env: { WATCHER_DEBUG: "" } });
  assert.equal(await second.ended(), 1);
  const said = second.lines.map(({ message }) => message).join("\n");
  assert.match(said, /Cannot take the lock .*another kube-log-watcher runs and writes the same files/);
  assert.doesNotMatch(said, /\n\s+at /);
  const extra = numberedPod(1);
  await scene.startPod(extra);
  await scene.untilExactly([...SAMPLE_IDS, idOf(extra)], first);
  assert.equal(await first.stop(), 0);
});

Deno.test("started with --allow-read and --allow-write only it names the missing flags and what they are for, and writes nothing", async () => {
  await using scene = await Scene.open();
  const args = ["--agents", "symlinker", "--symlink-dir", scene.outputs.linksPath, "--kube-url", scene.server.url];
  await using watcher = scene.watch([...args, "--node-name", "node-1"], {
    flags: ["--no-prompt", "--allow-read", "--allow-write"],
  });
  assert.equal(await watcher.ended(), 1);
  const said = watcher.lines.map(({ message }) => message).join("\n");
  assert.match(said, /Missing --allow-net: /);
  assert.match(said, /Missing --allow-env: /);
  assert.match(said, /^error: Missing --allow-run=\S+: to run Deno itself as the sandbox of each agent/m);
  assert.doesNotMatch(said, /^\s+at |NotCapable/m);
  assert.deepEqual(scene.outputs.prints(), {});
});

/** Starts pods one after the other, as fast as files can be made. */
async function startPods(scene: Scene, count: number): Promise<void> {
  for (let number = 0; number < count; number++) await scene.startPod(numberedPod(number));
}
