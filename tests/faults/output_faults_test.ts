import assert from "node:assert/strict";
import { join } from "node:path";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "../e2e/scene.ts";
import { freePort, scrape, total } from "./metrics_scrape.ts";
import { remount, smallDisk, whyNoMounts } from "./mounts.ts";
import { own, whyNotWithoutRights, withoutRights } from "./without_rights.ts";

const whyNoMount = await whyNoMounts();
if (whyNoMount !== undefined) console.log(`Tests with mounts are left out, this user cannot mount: ${whyNoMount}`);
const whyNoUser = whyNotWithoutRights();
if (whyNoUser !== undefined) console.log(`Tests as a user without rights are left out: ${whyNoUser}`);

const EXTRA = numberedPod(1);

/** Removes what is mounted below a scene before the scene itself. */
async function openOn(size: string) {
  const scene = await Scene.open();
  const disk = await smallDisk(scene.outputs.folder, { size });
  return {
    scene,
    async [Symbol.asyncDispose]() {
      await disk[Symbol.asyncDispose]();
      await scene[Symbol.asyncDispose]();
    },
  };
}

Deno.test({
  name:
    "on a full disk every file stays whole, the failure is said once and counted, and all is right when there is space",
  ignore: whyNoMount !== undefined,
}, async () => {
  await using opened = await openOn("512k");
  const { scene } = opened;
  const port = freePort();
  await using watcher = await scene.watchUntilComplete(["--interval", "0.3", "--metrics-port", String(port)]);
  const ballast = join(scene.outputs.folder, "ballast");
  await new Deno.Command("sh", { args: ["-c", `cat /dev/zero > ${ballast}`], stderr: "null" }).output();
  await scene.startPod(EXTRA);
  await watcher.logged(/No space left on device \(ENOSPC\)/);
  await watcher.until("files that fail are counted", async () => total(await scrape(port), "failed_files") > 0);
  await watcher.until("it is tried again", async () => total(await scrape(port), "failed_attempts_total") >= 6);
  assert.ok(SAMPLE_IDS.every((id) => scene.outputs.log(id) && scene.outputs.job(id)), "what was there is whole");
  const said = watcher.said(/ENOSPC/).map(({ message }) => message);
  assert.equal(new Set(said).size, said.length, "each failure is said once");
  await Deno.remove(ballast);
  await scene.untilExactly([...SAMPLE_IDS, idOf(EXTRA)], watcher);
  await watcher.until("no file fails any more", async () => total(await scrape(port), "failed_files") === 0);
  assert.deepEqual(scene.outputs.temporaryFiles(), []);
});

Deno.test({
  name:
    "outputs that become read-only stay as they are, the failure is counted, and all is right when they are writable again",
  ignore: whyNoMount !== undefined,
}, async () => {
  await using opened = await openOn("2m");
  const { scene } = opened;
  const port = freePort();
  // An open lock file would keep the mount from becoming read-only.
  const args = ["--interval", "0.3", "--metrics-port", String(port), "--state-path", join(scene.folder, "state")];
  await using watcher = await scene.watchUntilComplete(args);
  const before = scene.outputs.prints();
  await remount(scene.outputs.folder, "ro");
  await scene.startPod(EXTRA);
  await watcher.logged(/\(EROFS\)/);
  await watcher.until("files that fail are counted", async () => total(await scrape(port), "failed_files") > 0);
  assert.deepEqual(scene.outputs.prints(), before);
  await remount(scene.outputs.folder, "rw");
  await scene.untilExactly([...SAMPLE_IDS, idOf(EXTRA)], watcher);
});

Deno.test({
  name:
    "an output folder without the right to write, at the start or later, is said with advice and holds up no other agent",
  ignore: whyNoUser !== undefined,
}, async () => {
  await using scene = await Scene.open();
  const started = await withoutRights(scene);
  const { outputs } = scene;
  await Deno.mkdir(outputs.jobsPath, { recursive: true });
  await Deno.chmod(outputs.jobsPath, 0o555);
  await own(outputs.folder);
  await using watcher = scene.watch(["--interval", "0.3"], started);
  const said = await watcher.logged(/jobs as a destination: .*\(EACCES\): let the watcher's user write to that folder/);
  assert.equal(said.level, "error");
  await watcher.until("the other agents go on", () => SAMPLE_IDS.every((id) => outputs.log(id)));
  await Deno.chmod(outputs.jobsPath, 0o755);
  await scene.untilExactly(SAMPLE_IDS, watcher);

  await Deno.chmod(outputs.jobsPath, 0o555);
  await scene.startPod(EXTRA);
  await watcher.until("the other agents go on", () => outputs.log(idOf(EXTRA)) !== undefined);
  await watcher.logged(/appdynamics: .*\(EACCES\)/);
  assert.ok(SAMPLE_IDS.every((id) => outputs.job(id)));
  await Deno.chmod(outputs.jobsPath, 0o755);
  await scene.untilExactly([...SAMPLE_IDS, idOf(EXTRA)], watcher);
});

Deno.test("what somebody edits, removes or puts in the way is repaired, logged with its path and counted", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  await using watcher = await scene.watchUntilComplete(["--interval", "0.3", "--metrics-port", String(port)]);
  const { outputs } = scene;
  const [first, second] = SAMPLE_IDS as [string, string];
  const before = await Deno.readTextFile(outputs.scalyrConfigPath);
  await Deno.writeTextFile(outputs.scalyrConfigPath, "{");
  await Deno.remove(outputs.jobPath(first));
  await Deno.chmod(outputs.jobPath(second), 0o600);
  const link = outputs.linksPath + "/" +
    [...Deno.readDirSync(outputs.linksPath)].find(({ isDirectory }) => isDirectory)!.name;
  await Deno.remove(link, { recursive: true });
  await watcher.until(
    "all is repaired",
    () =>
      Deno.readTextFileSync(outputs.scalyrConfigPath) === before && outputs.job(first) !== undefined &&
      (Deno.statSync(outputs.jobPath(second)).mode! & 0o777) === 0o640,
  );
  await scene.untilExactly(SAMPLE_IDS, watcher);
  for (const path of [outputs.scalyrConfigPath, outputs.jobPath(first), outputs.jobPath(second)]) {
    await watcher.until(
      `the repair of ${path} is logged`,
      () => watcher.said(/repaired/).some((line) => line.path === path),
    );
  }
  const metrics = await scrape(port);
  assert.equal(metrics?.get('repairs_total{agent="appdynamics"}'), 2);
  assert.equal(metrics?.get('repairs_total{agent="scalyr"}'), 1);
  assert.ok(metrics!.get('repairs_total{agent="symlinker"}')! >= 1);
});

Deno.test("an output folder that is removed while running is made again and filled, by the same program", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--interval", "0.3"]);
  await Deno.remove(scene.outputs.folder, { recursive: true });
  await scene.startPod(EXTRA);
  await scene.untilExactly([...SAMPLE_IDS, idOf(EXTRA)], watcher);
  assert.equal(scene.outputs.log(idOf(samplePod("web"), "app"))?.attributes.application, "web");
  await using second = scene.watch();
  assert.equal(await second.ended(), 1, "the lock is there again, too");
  assert.equal(await watcher.stop(), 0);
});
