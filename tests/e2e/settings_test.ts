import assert from "node:assert/strict";
import { join } from "node:path";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "./scene.ts";

const CART = samplePod("cart");
const JOB = samplePod("job");

Deno.test("a key file that changes on disk is picked up without a restart, and no key is ever logged", async () => {
  await using scene = await Scene.open();
  const folder = join(scene.folder, "secrets");
  await Deno.mkdir(folder);
  const path = join(folder, "key");
  await Deno.writeTextFile(path, " s3cr3t-1 \n");
  await using watcher = await scene.watchUntilComplete([], {
    env: { WATCHER_SCALYR_API_KEY: "", WATCHER_SCALYR_API_KEY_FILE: path },
  });
  assert.equal(scene.outputs.scalyr()?.api_key, "s3cr3t-1");
  await Deno.writeTextFile(path + ".new", "s3cr3t-2\n");
  await Deno.rename(path + ".new", path);
  await watcher.until("the new key is there", () => scene.outputs.scalyr()?.api_key === "s3cr3t-2");
  await Deno.remove(path);
  await scene.startPod(numberedPod(1));
  await scene.untilExactly([...SAMPLE_IDS, idOf(numberedPod(1))], watcher);
  assert.equal(scene.outputs.scalyr()?.api_key, "s3cr3t-2", "the last key stays when its file is away");
  assert.doesNotMatch(JSON.stringify(watcher.lines), /s3cr3t/);
});

Deno.test("a malformed annotation is told once, and affects only its setting of its own container", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete();
  const { outputs, server } = scene;
  const warning = /annotation kubernetes-log-watcher\/scalyr-parser of shop\/cart-\S+, container cart is not usable/;
  await watcher.logged(warning);
  const before = outputs.log(idOf(CART));
  assert.equal(before?.attributes.application, "cart");
  assert.equal(before?.attributes.parser, undefined);
  assert.equal(outputs.log(idOf(samplePod("web"), "proxy"))?.attributes.parser, "accessLog");
  for (const release of ["a", "b"]) {
    server.pods.patch({ namespace: "shop", name: CART.name }, { metadata: { labels: { release } } });
    await watcher.until(`release ${release} is there`, () => outputs.log(idOf(CART))?.attributes.release === release);
  }
  assert.equal(watcher.said(warning).length, 1);
  assert.equal(watcher.said(/is not usable/).length, 1);
});

Deno.test("strict labels exclude only containers of pods that lack one, with a reason that is logged once", async () => {
  await using scene = await Scene.open();
  const rest = SAMPLE_IDS.filter((id) => id !== idOf(JOB));
  await using watcher = await scene.watchUntilComplete(["--strict-labels", "true"], { ids: rest });
  const excluded = /default\/job-28713600-8kqzd\/job is excluded: .*application/;
  await watcher.logged(excluded);
  for (const number of [1, 2]) {
    await scene.startPod(numberedPod(number));
    await watcher.until("the next one is there", () => scene.outputs.complete().includes(idOf(numberedPod(number))));
  }
  assert.equal(watcher.said(excluded).length, 1);
  assert.equal(watcher.said(/ is excluded: /).length, 1);
  scene.server.pods.patch({ namespace: "default", name: JOB.name }, {
    metadata: { labels: { application: "job", version: "1" } },
  });
  await watcher.until("it is collected when it has the labels", () => scene.outputs.complete().includes(idOf(JOB)));
});

Deno.test("files and links that somebody changed, removed or emptied are repaired at the next full scan", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--interval", "1"]);
  const { outputs } = scene;
  const [first, second, third] = SAMPLE_IDS as [string, string, string];
  const contents = await Deno.readTextFile(outputs.jobPath(first));
  const link = outputs.log(third)!.path;
  const target = await Deno.readLink(link);
  await Deno.writeTextFile(outputs.jobPath(first), contents + "# edited\n");
  await Deno.remove(outputs.jobPath(second));
  await Deno.remove(link);
  await Deno.symlink("/etc/hostname", link);
  await watcher.until(
    "all is repaired",
    async () =>
      await Deno.readTextFile(outputs.jobPath(first)) === contents && await Deno.readLink(link) === target &&
      outputs.job(second) !== undefined,
  );
  await scene.untilExactly(SAMPLE_IDS, watcher);
});
