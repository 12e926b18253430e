import assert from "node:assert/strict";
import { idOf, numberedPod, SAMPLE_IDS, Scene } from "../e2e/scene.ts";
import { freePort, scrape } from "./metrics_scrape.ts";

/** Limits that the kernel keeps per user namespace, so that nobody else is met by them. */
const LIMITS = [
  { what: "watches", file: "max_inotify_watches", value: 3 },
  { what: "instances", file: "max_inotify_instances", value: 0 },
];

/** Starts a command under a limit. */
function limited({ file, value }: { file: string; value: number }): readonly string[] {
  return ["unshare", "-Ur", "sh", "-c", `echo ${value} > /proc/sys/user/${file} && exec "$0" "$@"`];
}

function canLimit(): boolean {
  try {
    const [command, ...args] = [...limited(LIMITS[0]!), "true"];
    return new Deno.Command(command!, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const ignore = !canLimit();
if (ignore) console.log("No user namespaces here: tests of inotify's limits are left out");

for (const limit of LIMITS) {
  Deno.test({
    name:
      `when inotify ${limit.what} run out, the program says so once, shows it in a metric, and polling finds what changes`,
    ignore,
  }, async () => {
    await using scene = await Scene.open();
    const port = freePort();
    const args = ["--grace-period", "0", "--metrics-port", String(port)];
    await using watcher = await scene.watchUntilComplete(args, { under: limited(limit) });
    await watcher.until("polling is shown", async () => (await scrape(port))?.get("folders_polled") === 1);
    const extra = numberedPod(1, { component: "polled" });
    await scene.startPod(extra);
    await scene.untilExactly([...SAMPLE_IDS, idOf(extra)], watcher);
    await scene.removeLogs(extra);
    await scene.untilExactly(SAMPLE_IDS, watcher);
    assert.equal(watcher.said(/cannot be watched .*they are polled every 2000 ms/).length, 1);
  });
}
