import assert from "node:assert/strict";
import { join } from "node:path";
import type { SamplePod } from "../../lib/sample/sample_pods.ts";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "../e2e/scene.ts";
import { freePort, scrape } from "./metrics_scrape.ts";
import { own, whyNotWithoutRights, withoutRights } from "./without_rights.ts";

const ORDERS = samplePod("orders");
const GONE = samplePod("cart");
const UID = "0b5e2c52-6d2c-4b0e-9c35-0d9a4d1f7a11";

const why = whyNotWithoutRights();
if (why !== undefined) console.log(`Tests as a user without rights are left out: ${why}`);

/** Names of a scene's folders for a shell. */
function shell(scene: Scene, script: string): Deno.CommandStatus {
  const { containersPath, podLogsPath, containerLinksPath } = scene.paths;
  const env = { DOCKER: containersPath, PODS: podLogsPath, LINKS: containerLinksPath };
  return new Deno.Command("sh", { args: ["-euc", script], env, stdout: "null" }).outputSync();
}

function podFolder(scene: Scene, { namespace, name, uid }: SamplePod = ORDERS): string {
  return join(scene.paths.podLogsPath, `${namespace}_${name}_${uid}`);
}

/** Checks that nothing of before was removed or written anew but Scalyr's file for all. */
function assertUntouched(scene: Scene, before: Readonly<Record<string, string>>): void {
  const after = scene.outputs.prints();
  for (const path of Object.keys(before).filter((path) => path !== "scalyr-config/agent.json")) {
    assert.equal(after[path], before[path], path);
  }
}

Deno.test({
  name: "folders that cannot be read remove and strip nothing, are named and counted, and hold up no other",
  ignore: why !== undefined,
}, async () => {
  await using scene = await Scene.open();
  const port = freePort();
  const started = await withoutRights(scene);
  const args = ["--grace-period", "0", "--interval", "0.3", "--metrics-port", String(port)];
  await using watcher = await scene.watchUntilComplete(args, started);
  const before = scene.outputs.prints();
  const docker = join(scene.paths.containersPath, idOf(samplePod("web"), "app"));
  for (const path of [podFolder(scene), docker]) await Deno.chmod(path, 0);
  for (const path of [podFolder(scene), docker]) {
    const line = await watcher.until(
      `${path} is named`,
      () => watcher.lines.find((line) => line.path === path && line.code === "unreadable"),
    );
    assert.match(line.message, /cannot be read .*; what was known of it stays; run as root or with the capability/);
  }
  // Gone for good, but what proves it is that the whole disk can be read.
  await scene.removeLogs(GONE);
  await scene.startPod(numberedPod(1));
  await own(podFolder(scene, numberedPod(1)));
  await watcher.until("the new one is there", () => scene.outputs.complete().includes(idOf(numberedPod(1))));
  assert.ok((await scrape(port))!.get("incomplete_passes_total")! > 0);
  assertUntouched(scene, before);
  for (const path of [podFolder(scene), docker]) await Deno.chmod(path, 0o755);
  const left = SAMPLE_IDS.filter((id) => id !== idOf(GONE));
  await scene.untilExactly([...left, idOf(numberedPod(1))], watcher);
});

Deno.test("what is broken on disk is named once and hides nothing else: half and invalid files, names that are no UTF-8, loops, links out", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--interval", "0.3"]);
  shell(
    scene,
    `
    half=$(printf '%064d' 1); invalid=$(printf '%064d' 2); empty=$(printf '%064d' 3)
    # Filled before they are there: a file that is seen while it is written is named with the size of then, and again with that of its end.
    aside="$DOCKER/../aside"
    mkdir "$aside" "$aside/$half" "$aside/$invalid" "$aside/$empty"
    printf '{"ID":"0000","Config":{"Labels":{"io.kubern' > "$aside/$half/config.v2.json"
    printf '<xml/>' > "$aside/$invalid/config.v2.json"
    : > "$aside/$empty/config.v2.json"
    for id in $half $invalid $empty; do printf '{}\\n' > "$aside/$id/$id-json.log"; done
    mv "$aside"/* "$DOCKER"

    latin=$(printf 'caf\\351')
    mkdir -p "$PODS/shop_$latin-1_${UID}/app" "$PODS/shop_utf_${UID}/$latin" "$PODS/shop_named_${UID}/app" "$DOCKER/$latin"
    : > "$PODS/shop_$latin-1_${UID}/app/0.log"
    : > "$PODS/shop_utf_${UID}/$latin/0.log"
    : > "$PODS/shop_named_${UID}/app/$latin.log"
    ln -s "$PODS/shop_utf_${UID}/$latin/0.log" "$LINKS/$latin.log"

    mkdir -p "$PODS/shop_loop_${UID}/app" "$PODS/shop_out_${UID}/app" "$PODS/shop_fifo_${UID}/app" "$PODS/no-pod/app"
    ln -s 1.log "$PODS/shop_loop_${UID}/app/0.log"
    ln -s 0.log "$PODS/shop_loop_${UID}/app/1.log"
    ln -s . "$PODS/shop_loop_${UID}/self"
    ln -s /etc/hostname "$PODS/shop_out_${UID}/app/0.log"
    ln -s /etc "$PODS/shop_out_${UID}/etc"
    mkfifo "$PODS/shop_fifo_${UID}/app/0.log"
    `,
  );
  const before = scene.outputs.prints();
  const named = (part: string, code: string) =>
    watcher.until(
      `${part} is named`,
      () => watcher.lines.find((line) => String(line.path).includes(part) && line.code === code),
    );
  for (const number of [1, 2, 3]) await named(String(number).padStart(64, "0"), "malformed");
  await named(`shop_loop_${UID}/app/0.log`, "malformed");
  await named(`shop_out_${UID}/app/0.log`, "outside-roots");
  await named(`shop_fifo_${UID}/app/0.log`, "malformed");
  await named("no-pod", "malformed");
  const extra = numberedPod(1);
  await scene.startPod(extra);
  await scene.untilExactly([...SAMPLE_IDS, idOf(extra)], watcher);
  assertUntouched(scene, before);
  const warned = watcher.lines.filter(({ level, code }) => level === "warn" && code !== undefined);
  assert.equal(new Set(warned.map(({ path }) => path)).size, warned.length, JSON.stringify(warned));
  assert.deepEqual(watcher.said(/broke off/), []);
});

Deno.test("10,000 folders without a log cost nothing but a look, and a log in one of them is found at once", async () => {
  await using scene = await Scene.open();
  const folder = (number: number) => podFolder(scene, numberedPod(number));
  for (let number = 1; number <= 10_000; number++) Deno.mkdirSync(join(folder(number), "app"), { recursive: true });
  await using watcher = await scene.watchUntilComplete([], { env: { WATCHER_DEBUG: "" } });
  await scene.startPod(numberedPod(7_777));
  await scene.untilExactly([...SAMPLE_IDS, idOf(numberedPod(7_777))], watcher);
  assert.equal(watcher.said(/7777|cannot be watched/).filter(({ level }) => level !== "info").length, 0);
});

Deno.test("logs that vanish between being found and being configured leave an exact state and no failure", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--grace-period", "0"]);
  for (let number = 0; number < 120; number++) {
    await scene.startPod(numberedPod(number));
    if (number % 3 !== 0) await scene.removeLogs(numberedPod(number));
    if (number >= 30 && number % 3 === 0) await scene.removeLogs(numberedPod(number - 30));
  }
  const left = Array.from({ length: 10 }, (_, index) => idOf(numberedPod(90 + 3 * index)));
  await scene.untilExactly([...SAMPLE_IDS, ...left], watcher);
  const wrong = watcher.lines.filter(({ level, message }) =>
    ["warn", "error"].includes(level) && !/is not usable/.test(message)
  );
  assert.deepEqual(wrong, []);
  await watcher.until("no temporary file is left", () => scene.outputs.temporaryFiles().length === 0);
});

Deno.test("an inode that a rotation frees and another container's log gets leaves both logs what they are", async () => {
  await using scene = await Scene.open();
  await using watcher = await scene.watchUntilComplete(["--interval", "0.3"]);
  const log = join(podFolder(scene), "app/0.log");
  const before = scene.outputs.prints();
  const ids = [...SAMPLE_IDS];
  // Most file systems give the inode that was freed last; some need a few attempts, and a few never do.
  for (let number = 1, isReused = false; number <= 5 && !isReused; number++) {
    const { ino } = await Deno.stat(log);
    await Deno.rename(log, `${log}.20261123-21252${number}`);
    await Deno.writeTextFile(log, "");
    await Deno.remove(`${log}.20261123-21252${number}`);
    const other = numberedPod(number);
    await scene.startPod(other);
    isReused = (await Deno.stat(join(podFolder(scene, other), "app/0.log"))).ino === ino;
    ids.push(idOf(other));
  }
  await scene.untilExactly(ids, watcher);
  assertUntouched(scene, before);
  for (const id of ids.slice(SAMPLE_IDS.length)) {
    assert.match(scene.outputs.log(id)!.attributes.application!, /^numbered-/);
  }
});
