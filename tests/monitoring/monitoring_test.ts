import assert from "node:assert/strict";
import { join } from "node:path";
import { anchorsOf } from "../docs/documents.ts";
import { holdTo, ROOT } from "../docs/hold_to.ts";
import { declaredMetrics, declaredSeries } from "./declared_metrics.ts";
import { readExpression } from "./promql.ts";
import { dashboardExpressions, readAlerts, readDashboard } from "./shipped.ts";

const METRICS_PAGE = join(ROOT, "docs/metrics.md");
/** Labels that a scrape adds, and that every example of a configuration has. */
const OF_A_SCRAPE = ["instance"];

/** Tells what of an expression the program does not have. */
function strangersIn(expression: string): string[] {
  const series = declaredSeries();
  const { selectors, groupedBy } = readExpression(expression);
  assert.ok(selectors.length > 0, `no metric in ${expression}`);
  const known = new Set([...OF_A_SCRAPE, ...selectors.flatMap(({ metric }) => series.get(metric) ?? [])]);
  return [
    ...selectors.filter(({ metric }) => !series.has(metric)).map(({ metric }) => metric),
    ...selectors.flatMap(({ metric, labels }) =>
      labels.filter((label) => !OF_A_SCRAPE.includes(label) && !series.get(metric)?.includes(label))
        .map((label) => `${metric}{${label}}`)
    ),
    ...groupedBy.filter((label) => !known.has(label)),
  ];
}

Deno.test("every alert and every panel uses metrics and labels that the program has, and no others", () => {
  const all = [
    ...readAlerts().map(({ alert, expr }) => ({ place: alert, expr })),
    ...dashboardExpressions(),
  ];
  assert.ok(all.length > 50);
  const strange = all.map(({ place, expr }) => [place, ...strangersIn(expr)]).filter(({ length }) => length > 1);
  assert.deepEqual(strange, []);
});

Deno.test("a metric, label or grouping that the program has not is noticed in an expression", () => {
  assert.deepEqual(strangersIn('rate(kube_log_watcher_nothing_total{agent="}"}[5m])'), [
    "kube_log_watcher_nothing_total",
    "kube_log_watcher_nothing_total{agent}",
  ]);
  assert.deepEqual(strangersIn('sum by (zone, le) (kube_log_watcher_containers{region=~"a{2}"} > bool 1)'), [
    "kube_log_watcher_containers{region}",
    "zone",
    "le",
  ]);
});

Deno.test("every alert says what is wrong and what it means, how grave it is, and where the documents say what to do", () => {
  const headings = anchorsOf(Deno.readTextFileSync(join(ROOT, "docs/troubleshooting.md")));
  const names = new Set<string>();
  for (const { alert, for: lasting, labels, annotations } of readAlerts()) {
    assert.ok(!names.has(alert), `two alerts ${alert}`);
    names.add(alert);
    assert.match(alert, /^KubeLogWatcher[A-Z][A-Za-z]+$/);
    assert.match(lasting, /^\d+[mh]$/, alert);
    assert.ok(["critical", "warning", "info"].includes(labels.severity), alert);
    assert.ok(annotations.summary.length > 10 && !annotations.summary.endsWith("."), alert);
    assert.match(annotations.description, /\.$/, alert);
    const [document, heading] = annotations.runbook.split("#");
    assert.equal(document, "docs/troubleshooting.md", alert);
    assert.ok(headings.has(heading!), `${alert}: ${annotations.runbook}`);
  }
});

Deno.test("every metric is shown by the dashboard", () => {
  const shown = new Set(
    dashboardExpressions().flatMap(({ expr }) => readExpression(expr).selectors.map(({ metric }) => metric)),
  );
  /** The dashboard counts requests by kind; these do so without a result. */
  const elsewhere = [
    "kube_log_watcher_api_lists_total",
    "kube_log_watcher_api_watches_total",
    "process_start_time_seconds",
  ];
  const missing = [...declaredSeries().keys()].filter((name) => !shown.has(name) && !elsewhere.includes(name));
  assert.deepEqual(missing, []);
});

Deno.test("the dashboard's panels have ids of their own, lie side by side, and explain what they show", () => {
  const { panels, templating } = readDashboard();
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Set<string>();
  for (const { title, type, description = "", gridPos: { x, y, w, h } } of panels) {
    assert.ok(type === "row" || description.endsWith("."), `${title} explains nothing`);
    assert.ok(x + w <= 24, title);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        assert.ok(!taken.has(`${column} ${line}`), `${title} lies on another panel`);
        taken.add(`${column} ${line}`);
      }
    }
  }
  const names = templating.list.map(({ name }) => name);
  assert.deepEqual(names, ["datasource", "instance", "agent"]);
  const text = JSON.stringify(panels);
  for (const [, name] of text.matchAll(/\$\{?([a-z_]+)/g)) {
    assert.ok(name === "__rate_interval" || names.includes(name!), `the variable ${name}`);
  }
  for (const { definition = "" } of templating.list) {
    const metric = /^label_values\((\w+), /.exec(definition)?.[1];
    if (metric) assert.ok(declaredSeries().has(metric), metric);
  }
});

Deno.test("names of metrics follow Prometheus' conventions", () => {
  for (const { name, type, help, labels = [] } of declaredMetrics()) {
    assert.match(name, /^(kube_log_watcher|process)_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    if (type === "histogram") assert.match(name, /_seconds$/);
    assert.doesNotMatch(name, /_(ms|milliseconds|count|sum|bucket|gauge|counter)\b/);
    assert.ok(help.length > 10 && !help.endsWith("."), name);
    for (const label of labels) assert.match(label, /^[a-z]+$/);
  }
});

Deno.test("the tables of metrics and of alerts in the documents are made from what the program and the project have", () => {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = declaredMetrics().map(({ name, type, labels = [], help }) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${cell(help)} |\n`
  );
  holdTo("metrics", `| metric | type | labels | |\n|---|---|---|---|\n${rows.join("")}`, METRICS_PAGE);
  const alerts = readAlerts().map(({ alert, for: lasting, labels, annotations: { description, runbook } }) =>
    `| [${alert}](${runbook.replace("docs/", "")}) | ${labels.severity} | ${lasting} | ${
      cell(description.replaceAll(/\{\{ \$value[^}]*\}\}/g, "*n*").replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, "*$1*"))
    } |\n`
  );
  holdTo("alerts", `| alert | severity | after | what it says |\n|---|---|---|---|\n${alerts.join("")}`, METRICS_PAGE);
});

Deno.test("every metric that docs/troubleshooting.md names without its prefix is one that the program has", () => {
  const names = new Set(declaredMetrics().map(({ name }) => name.replace("kube_log_watcher_", "")));
  /** Settings of shippers. */
  const others = ["rotate_wait", "grafana_dashboard"];
  const text = Deno.readTextFileSync(join(ROOT, "docs/troubleshooting.md"));
  const named = [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name]) => name!);
  assert.ok(named.length > 20);
  assert.deepEqual(named.filter((name) => !names.has(name) && !others.includes(name)), []);
});
