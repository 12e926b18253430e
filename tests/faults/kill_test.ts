import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { Scene } from "../e2e/scene.ts";
import { running, type WatcherProcess } from "../e2e/watcher_process.ts";
import { Churn } from "./churn.ts";

/** Number of kills; the variable KLW_KILLS sets another. */
const KILLS = Number(Deno.env.get("KLW_KILLS") ?? 40);
/** Nodes on which that happens side by side. */
const SCENES = 3;
const ARGS = ["--grace-period", "0"];
/** Latest moments of a kill: after the process began, and after the program said that it has started, in milliseconds. */
const LATEST = { begun: 500, started: 300 };

Deno.test("killed at random moments while pods come and go, every file is whole, the next start clears up, no process stays, and the final state is exact", async () => {
  const share = Math.ceil(KILLS / SCENES);
  await Promise.all(Array.from({ length: SCENES }, () => killAgainAndAgain(share)));
});

async function killAgainAndAgain(kills: number): Promise<void> {
  await using scene = await Scene.open({ isFilled: false });
  let ids;
  {
    await using churn = new Churn(scene);
    await killWhile(scene, kills);
    assert.ok(churn.changes > kills, "there was a lot going on");
    await churn[Symbol.asyncDispose]();
    ids = churn.ids;
  }
  await using last = await scene.watchUntilComplete(ARGS, { ids });
  const children = last.descendants();
  assert.equal(await last.stop(), 0);
  assertWhole(scene);
  assert.deepEqual(scene.outputs.traces(), [...ids].sort());
  assert.deepEqual(scene.outputs.temporaryFiles(), []);
  assert.deepEqual([...Deno.readDirSync(scene.temporaryPath)], []);
  assert.deepEqual(running(children), []);
}

async function killWhile(scene: Scene, kills: number): Promise<void> {
  let leftOver: readonly string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    await using watcher = scene.watch(ARGS);
    if (kill % 2 === 0) await wait(Math.random() * LATEST.begun);
    else {
      await watcher.logged(/^Started$/);
      await wait(Math.random() * LATEST.started);
    }
    const children = watcher.descendants();
    await watcher.kill();
    assertWhole(scene);
    if (hasStarted(watcher)) {
      const now = new Set(scene.outputs.temporaryFiles());
      assert.deepEqual(leftOver.filter((path) => now.has(path)), [], "the next start clears up");
    }
    leftOver = scene.outputs.temporaryFiles();
    await untilGone(children);
  }
}

function hasStarted(watcher: WatcherProcess): boolean {
  return watcher.said(/^Started$/).length > 0;
}

/** Checks every file that a shipper or the next run would read. */
function assertWhole({ outputs, paths }: Scene): void {
  for (const log of outputs.scalyr()?.logs ?? []) {
    assert.ok(log.path.startsWith(outputs.scalyrDestPath) && log.attributes.container_id, JSON.stringify(log));
  }
  for (const path of Object.keys(outputs.prints()).map((name) => join(outputs.folder, name))) {
    if (Deno.lstatSync(path).isSymlink) assert.ok(Deno.readLinkSync(path).startsWith(paths.podLogsPath), path);
    else if (path.endsWith(".job")) assertWholeJob(path);
    else assert.equal(path, outputs.scalyrConfigPath, "nothing else is there");
  }
  for (const { name } of exists(outputs.scalyrDestPath) ? Deno.readDirSync(outputs.scalyrDestPath) : []) {
    if (name.endsWith(".state")) JSON.parse(Deno.readTextFileSync(join(outputs.scalyrDestPath, name)));
  }
}

function assertWholeJob(path: string): void {
  const text = Deno.readTextFileSync(path);
  const { source, fields, eventTimestamp } = parse(text);
  assert.ok(source.path && fields.container_name && eventTimestamp.pattern && text.endsWith("\n"), text);
}

/** Waits until processes have ended: a sandbox notices the end of its watcher by itself. */
async function untilGone(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (running(pids).length > 0) {
    assert.ok(performance.now() < deadline, `processes ${running(pids)} survive their watcher`);
    await wait(5);
  }
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
