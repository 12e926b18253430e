import assert from "node:assert/strict";
import { join } from "node:path";
import { HttpShipper, SignalShipper } from "../apply/shipper_double.ts";
import { CheckedScene } from "./checked_scene.ts";

Deno.test("a shipper's check or reload that fails, hangs or succeeds late never ends the watcher, and is retried until the wanted generation is the applied one", async () => {
  await using shipper = new HttpShipper();
  await using scene = await CheckedScene.open({ timeoutSeconds: 5 });
  shipper.behaviour.answer = () => new Response("no", { status: 500 });
  await scene.breakCheck();
  const env = { WATCHER_CHECKED_CHECK: "require", WATCHER_CHECKED_URL: shipper.url };
  await using watcher = scene.watch(env);

  // The check fails for a reason that is no container's; nothing is on disk, nothing is reloaded.
  await watcher.logged(/what is wanted is refused by its check: checkd: error: broken altogether/);
  assert.deepEqual(scene.files(), []);
  assert.equal(shipper.asked, 0);
  await scene.mendCheck();
  await scene.untilFiles(watcher, 20);

  // The reload fails.
  await watcher.logged(/the shipper is not reloaded: POST .* answered 500: no/);
  await scene.untilBehind(watcher, (behind) => behind > 0);
  const letThrough = shipper.hang();

  // It hangs, while a change is written all the same.
  await watcher.logged(/the shipper is not reloaded: POST .* gave no answer in time/);
  await scene.startPod(21);
  await scene.untilFiles(watcher, 21);

  // It succeeds, late.
  letThrough();
  await scene.untilBehind(watcher, (behind) => behind === 0);
  assert.equal(await watcher.stop(), 0);
});

Deno.test("a check that hangs is ended, and keeps what is on disk until it works", async () => {
  await using scene = await CheckedScene.open({ timeoutSeconds: 4 });
  await using watcher = scene.watch({ WATCHER_CHECKED_CHECK: "require" });
  await scene.untilFiles(watcher, 20);
  await scene.hangCheck();
  await scene.startPod(21);
  await watcher.logged(/cannot be checked by checkd: checkd did not end within 4 s; its files stay as they are/);
  assert.equal(scene.files().length, 20);
  await scene.mendCheck();
  await scene.untilFiles(watcher, 21);
});

Deno.test("one container that a shipper's check refuses is set aside, and the others go live", async () => {
  await using scene = await CheckedScene.open({ pods: 200, bad: [77] });
  await using watcher = scene.watch({ WATCHER_CHECKED_CHECK: "require" });
  await scene.untilFiles(watcher, 199);
  const told = await watcher.logged(/is refused by the shipper's check/);
  assert.match(
    told.message,
    /^Agent checked: shop\/numbered-77, container app, is refused by the shipper's check: checkd: error: .*\/out\/checked\/f0*4d\.txt: no text; it stays as it was/,
  );
  const runs = scene.checkRuns();
  assert.ok(runs <= 30, `${runs} runs of the check`);
  // What is refused stays so, whatever happens to others, and costs no further search.
  await scene.startPod(201);
  await scene.untilFiles(watcher, 200);
  assert.ok(scene.checkRuns() <= runs + 2, `${scene.checkRuns() - runs} runs for one change`);
  assert.equal(watcher.said(/is refused by the shipper's check/).length, 1);
  await watcher.until("it is counted", async () => (await scene.metric("quarantined_targets")) === 1);
  // The version that went live before stays when a new one is refused.
  await scene.label(5, "bad");
  await watcher.logged(/numbered-5, container app, is refused/);
  assert.match(scene.read(5)!, /^good/m);
  // A pod that changes is tried again.
  await scene.label(77, "good");
  await scene.untilFiles(watcher, 201);
});

Deno.test("with warn a refusal is reported once, and all goes live", async () => {
  await using scene = await CheckedScene.open({ bad: [3] });
  await using watcher = scene.watch({ WATCHER_CHECKED_CHECK: "warn" });
  await scene.untilFiles(watcher, 20);
  await watcher.logged(/refused by its check: checkd: error: .*no text; it goes live nevertheless/);
  const runs = scene.checkRuns();
  const scans = (await scene.metric("full_scans_total"))!;
  await watcher.until("two further full scans", async () => (await scene.metric("full_scans_total"))! >= scans + 2);
  assert.equal(scene.checkRuns(), runs);
});

Deno.test("without the check's program warn goes on, and require leaves everything as it was", async () => {
  await using scene = await CheckedScene.open({});
  await Deno.remove(scene.checkPath, { recursive: true });
  {
    await using watcher = scene.watch({ WATCHER_CHECKED_CHECK: "require" });
    await watcher.logged(/cannot be checked by checkd: checkd is in none of .* \(WATCHER_CHECK_PATH\); its files stay/);
    assert.deepEqual(scene.files(), []);
  }
  await using watcher = scene.watch({ WATCHER_CHECKED_CHECK: "warn" });
  await scene.untilFiles(watcher, 20);
  await watcher.logged(/checkd is in none of .*; it goes live nevertheless/);
});

Deno.test("the command of an agent of --agents-path is run only with the agent's own setting", async () => {
  await using scene = await CheckedScene.open({});
  {
    await using watcher = scene.watch({ WATCHER_CHECK: "require" });
    await scene.untilFiles(watcher, 20);
    assert.equal(await watcher.stop(), 0);
  }
  assert.equal(scene.checkRuns(), 0);
  await scene.startPod(21);
  await using watcher = scene.watch({ WATCHER_CHECK: "off", WATCHER_CHECKED_CHECK: "require" });
  await scene.untilFiles(watcher, 21);
  assert.ok(scene.checkRuns() > 0);
});

Deno.test("a secret that a check prints is not shown", async () => {
  await using scene = await CheckedScene.open({ bad: [3] });
  await scene.breakCheck('error: key $(cat "$1" | sed -n s/key=//p) is wrong');
  await using watcher = scene.watch({ WATCHER_CHECKED_CHECK: "require", WATCHER_CHECKED_KEY: 's3cret-"key"' });
  await watcher.logged(/checkd: error: key \*\*\* is wrong/);
  assert.doesNotMatch(JSON.stringify(watcher.lines), /s3cret/);
});

Deno.test("--once waits for the shipper's reload, and fails when it does", async () => {
  await using shipper = new HttpShipper();
  await using scene = await CheckedScene.open({});
  {
    await using watcher = scene.watch({ WATCHER_CHECKED_URL: shipper.url }, ["--once"]);
    assert.equal(await watcher.ended(), 0);
    assert.equal(shipper.asked, 1);
  }
  // What the shipper has is remembered.
  {
    await using watcher = scene.watch({ WATCHER_CHECKED_URL: shipper.url }, ["--once"]);
    assert.equal(await watcher.ended(), 0);
    assert.equal(shipper.asked, 1);
  }
  shipper.behaviour.answer = () => new Response("no", { status: 500 });
  await scene.startPod(21);
  await using watcher = scene.watch({ WATCHER_CHECKED_URL: shipper.url }, ["--once"]);
  assert.equal(await watcher.ended(), 1);
  await watcher.logged(/checked: the shipper was not reloaded$/);
});

Deno.test("a reload that was pending when the watcher was killed is made after its restart", async () => {
  await using shipper = new HttpShipper();
  await using scene = await CheckedScene.open({});
  shipper.behaviour.answer = () => new Response("no", { status: 500 });
  {
    await using watcher = scene.watch({ WATCHER_CHECKED_URL: shipper.url });
    await watcher.logged(/the shipper is not reloaded/);
    await watcher.kill();
  }
  shipper.behaviour.answer = () => Response.json({ status: 0 });
  await using watcher = scene.watch({ WATCHER_CHECKED_URL: shipper.url });
  await watcher.logged(/the shipper was reloaded/);
});

Deno.test("a watcher ends promptly while a check and a reload hang, and leaves no process", async () => {
  await using shipper = new HttpShipper();
  shipper.hang();
  await using scene = await CheckedScene.open({ timeoutSeconds: 100 });
  await using watcher = scene.watch({ WATCHER_CHECKED_CHECK: "require", WATCHER_CHECKED_URL: shipper.url });
  await scene.untilFiles(watcher, 20);
  await watcher.until("the shipper is asked", () => shipper.asked === 1);
  await scene.hangCheck();
  await scene.startPod(21);
  const runs = scene.checkRuns();
  await watcher.until("the check runs", () => scene.checkRuns() > runs);
  assert.equal(await watcher.stop(), 0);
  assert.deepEqual(scene.leftProcesses(), []);
});

Deno.test("the watcher sends a signal to a process that is no child of its own, under its own permissions", async () => {
  await using scene = await CheckedScene.open({ reload: "signal" });
  await using shipper = await SignalShipper.start(scene.folder);
  const env = { WATCHER_CHECKED_PID_FILE: join(scene.folder, "shipper.pid"), WATCHER_CHECKED_PROCESS: shipper.name };
  await using watcher = scene.watch(env);
  await watcher.until("the signal arrived", () => shipper.count === 1);
  await scene.startPod(21);
  await watcher.until("another one arrived", () => shipper.count === 2);
});
