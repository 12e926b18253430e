import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort, scrape } from "../faults/metrics_scrape.ts";
import { idOf, numberedPod, SAMPLE_IDS, samplePod, Scene } from "./scene.ts";

const WEB = samplePod("web");
const AGENTS = ["scalyr", "appdynamics", "symlinker"];

Deno.test("the time from file to configuration is counted for each agent: what was there at the start apart from what came and changed", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  // Scalyr's own pause would be part of it.
  const args = ["--metrics-port", String(port), "--write-interval", "0"];
  await using watcher = await scene.watchUntilComplete(args);
  const counts = async (phase: string) => {
    const metrics = await scrape(port);
    return AGENTS.map((agent) =>
      metrics?.get(`configuration_latency_seconds_count{agent="${agent}",phase="${phase}"}`) ?? 0
    );
  };
  const all = AGENTS.map(() => SAMPLE_IDS.length);
  await watcher.until("all of the start are counted", async () => (await counts("start")).join() === all.join());

  const pod = numberedPod(1);
  await scene.startPod(pod);
  await scene.untilExactly([...SAMPLE_IDS, idOf(pod)], watcher);
  // On a slow machine pods may come after their logs, which makes further changes.
  await watcher.until("the new log is counted", async () => (await counts("change")).every((count) => count > 0));
  const before = await counts("change");
  scene.server.pods.patch({ namespace: WEB.namespace, name: WEB.name }, { metadata: { labels: { release: "r9" } } });
  await watcher.until(
    "each of the changed pod's containers is counted",
    async () => (await counts("change")).every((count, index) => count >= before[index]! + WEB.containers.length),
  );
  assert.deepEqual(await counts("start"), all);
  const metrics = await scrape(port);
  for (const agent of AGENTS) {
    const sum = metrics!.get(`configuration_latency_seconds_sum{agent="${agent}",phase="change"}`)!;
    assert.ok(sum > 0 && sum < 60, `${sum}`);
  }
});

Deno.test("requests to the API are counted by kind and result, beside the logs by layout and the time of the last pass", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  scene.server.failNext({ status: 503, verb: "list" });
  scene.server.failNext({ status: 429, verb: "watch", headers: { "retry-after": "0" } });
  await using watcher = await scene.watchUntilComplete(["--metrics-port", String(port)]);
  await scene.untilWatching(watcher);
  await watcher.until("both answers are counted", async () => {
    const metrics = await scrape(port);
    return metrics?.get('api_requests_total{kind="watch",result="ok"}') === 1;
  });
  const metrics = await scrape(port);
  const counted = [...metrics!].filter(([name, value]) => name.startsWith("api_requests_total") && value > 0);
  assert.deepEqual(Object.fromEntries(counted), {
    'api_requests_total{kind="list",result="ok"}': 1,
    'api_requests_total{kind="list",result="server_error"}': 1,
    'api_requests_total{kind="watch",result="ok"}': 1,
    'api_requests_total{kind="watch",result="throttled"}': 1,
  });
  assert.equal(metrics!.get('retry_backoff_seconds{agent="scalyr"}'), 0);
  assert.equal(metrics!.get('logs{layout="docker"}')! + metrics!.get('logs{layout="cri"}')!, SAMPLE_IDS.length);
  assert.ok(metrics!.get("last_pass_timestamp_seconds")! > Date.now() / 1000 - 120);
});

Deno.test("/readyz tells why a watcher is not ready, /healthz that it is well nevertheless, and both that it is once all is on disk", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  const blocked = join(scene.folder, "blocked");
  await Deno.writeTextFile(blocked, "a file where a folder should be");
  const env = { WATCHER_SYMLINK_DIR: blocked };
  await using watcher = scene.watch(["--metrics-port", String(port), "--interval", "1"], { env });
  const ask = async (path: string) => {
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return `${response.status} ${await response.text()}`;
    } catch {
      return "";
    }
  };
  const reason = "503 Agent symlinker cannot be opened; see the watcher's log\n";
  await watcher.until("the reason is told", async () => await ask("/readyz") === reason);
  assert.equal(await ask("/healthz"), "200 ok\n");
  await Deno.remove(blocked);
  await watcher.until("it is ready", async () => await ask("/readyz") === "200 ok\n");
});

Deno.test("a configuration file that is changed to something that is not usable shows in a metric, until it is mended", async () => {
  await using scene = await Scene.open();
  const port = freePort();
  const path = join(scene.folder, "watcher.yaml");
  await Deno.writeTextFile(path, "interval: 30\n");
  await using watcher = await scene.watchUntilComplete(["--config", path, "--metrics-port", String(port)]);
  const isRefused = async () => (await scrape(port))?.get("config_file_refused");
  assert.equal(await isRefused(), 0);
  await Deno.writeTextFile(path, "intervall: 30\n");
  await watcher.until("it is refused", async () => await isRefused() === 1);
  await Deno.writeTextFile(path, "interval: 20\n");
  await watcher.until("it is in force", async () => await isRefused() === 0);
});

Deno.test("the log is written from the level on that is set, and WATCHER_DEBUG writes all", async () => {
  await using scene = await Scene.open();
  const levelsOf = async (env: Record<string, string>) => {
    await using watcher = scene.watch(["--once"], { env: { WATCHER_DEBUG: "", ...env } });
    assert.equal(await watcher.ended(), 0);
    return [...new Set(watcher.lines.map(({ level }) => level))].sort();
  };
  assert.deepEqual(await levelsOf({ WATCHER_LOG_LEVEL: "error" }), []);
  assert.deepEqual(await levelsOf({ WATCHER_LOG_LEVEL: "warn" }), ["warn"]);
  assert.ok((await levelsOf({})).includes("info"));
  assert.ok(!(await levelsOf({})).includes("debug"));
  assert.ok((await levelsOf({ WATCHER_LOG_LEVEL: "debug" })).includes("debug"));
  assert.ok((await levelsOf({ WATCHER_LOG_LEVEL: "error", WATCHER_DEBUG: "true" })).includes("debug"));
});
