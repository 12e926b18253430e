import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { idOf, numberedPod, SAMPLE_IDS, Scene } from "../../e2e/scene.ts";
import { freePort } from "../../faults/metrics_scrape.ts";
import { find, manifest } from "../../manifest/manifest_objects.ts";
import { declaredSeries } from "../../monitoring/declared_metrics.ts";
import { readExpression } from "../../monitoring/promql.ts";
import { ALERTS, dashboardExpressions, readAlerts } from "../../monitoring/shipped.ts";
import { withShipper } from "../obtain.ts";
import { Prometheus } from "./prometheus_process.ts";
import { PROMETHEUS, promtool } from "./promtool.ts";

const ALERTS_TEST = fileURLToPath(new URL("alerts_test.yaml", import.meta.url));

/** Makes a folder that goes with the test. */
async function temporary(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

interface LoadedRule {
  readonly name: string;
  readonly state: string;
  readonly lastError?: string;
}

withShipper(PROMETHEUS, (folder, test) => {
  test("promtool finds no fault with the alerts, nor with those that the manifest brings", async () => {
    const { code, text } = await promtool(folder, ["check", "rules", ALERTS]);
    assert.equal(code, 0, text);
    assert.match(text, new RegExp(`SUCCESS: ${readAlerts().length} rules found`));
    await using place = await temporary();
    const path = join(place.path, "rules.yaml");
    const rule = find(await manifest("--agents", "symlinker", "--monitoring"), "PrometheusRule");
    await Deno.writeTextFile(path, stringify(rule.spec));
    assert.equal((await promtool(folder, ["check", "rules", path])).code, 0);
  });

  test("Prometheus can read every expression of the dashboard", async () => {
    await using place = await temporary();
    const rules = dashboardExpressions().map(({ expr }, index) => ({ record: `panel:${index}`, expr }));
    const path = join(place.path, "panels.yaml");
    await Deno.writeTextFile(path, stringify({ groups: [{ name: "panels", rules }] }));
    const { code, text } = await promtool(folder, ["check", "rules", path]);
    assert.equal(code, 0, text);
    assert.match(text, new RegExp(`SUCCESS: ${rules.length} rules found`));
  });

  test("each alert fires for the series that it is meant for, and not for those of a watcher that is well", async () => {
    await using place = await temporary();
    const tests = (await Deno.readTextFile(ALERTS_TEST)).replace("alerts.yaml", ALERTS);
    const path = join(place.path, "test.yaml");
    await Deno.writeTextFile(path, tests);
    const { code, text } = await promtool(folder, ["test", "rules", path]);
    assert.equal(code, 0, text);
    for (const { alert } of readAlerts()) assert.ok(tests.includes(`- name: ${alert}\n`), `${alert} is not tried`);
  });

  test("a real Prometheus scrapes a running watcher, takes its alerts, none of which fires, and has data for the dashboard's panels", async () => {
    await using scene = await Scene.open();
    await using place = await temporary();
    scene.server.allowsEvents = true;
    const port = freePort();
    await using watcher = await scene.watchUntilComplete(["--events", "--metrics-port", String(port)]);
    await using prometheus = await Prometheus.start(folder, { path: place.path, port });
    const rates = "rate(kube_log_watcher_passes_total[1m])";
    await prometheus.process.until("rates can be seen", async () => (await prometheus.query(rates)).length > 0);
    // A change, so that there is a quantile as well.
    const pod = numberedPod(1);
    await scene.startPod(pod);
    await scene.untilExactly([...SAMPLE_IDS, idOf(pod)], watcher);
    const seen = 'rate(kube_log_watcher_configuration_latency_seconds_count{agent="scalyr",phase="change"}[1m]) > 0';
    await prometheus.process.until("the change can be seen", async () => (await prometheus.query(seen)).length > 0);
    const empty = new Set<string>();
    for (const { place, expr } of dashboardExpressions()) {
      const found = await prometheus.query(expr.replaceAll("[5m]", "[1m]"));
      if (found.length === 0) empty.add(place);
    }
    // None of these agents has a check.
    assert.deepEqual([...empty], ["Checks per minute"]);
    const { groups } = await prometheus.ask("/api/v1/rules") as { groups: { rules: LoadedRule[] }[] };
    const rules = groups.flatMap(({ rules }) => rules);
    assert.deepEqual(rules.map(({ name }) => name).sort(), readAlerts().map(({ alert }) => alert).sort());
    assert.deepEqual(rules.filter(({ state, lastError }) => state === "firing" || lastError), []);
  });

  test("promtool finds no fault with what a running watcher serves, and every metric that is declared is there", async () => {
    await using scene = await Scene.open();
    await using place = await temporary();
    const port = freePort();
    scene.server.allowsEvents = true;
    await using watcher = await scene.watchUntilComplete(["--events", "--metrics-port", String(port)]);
    await watcher.until("the event about a wrong annotation is there", () => scene.server.events.length > 0);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const path = join(place.path, "metrics.txt");
    await Deno.writeTextFile(path, text);
    const checked = await promtool(folder, ["check", "metrics"], { input: path });
    assert.deepEqual(checked, { code: 0, text: "" });
    const served = new Set([...text.matchAll(/^([a-z_]+)(?:\{| )/gm)].map(([, name]) => name!));
    // None of these agents has a check.
    const missing = [...declaredSeries().keys()].filter((name) => !served.has(name));
    assert.deepEqual(missing, ["kube_log_watcher_checks_total"]);
    const used = readAlerts().flatMap(({ expr }) => readExpression(expr).selectors.map(({ metric }) => metric));
    assert.deepEqual(used.filter((name) => !served.has(name)), []);
  });
});
