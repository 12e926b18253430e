import assert from "node:assert/strict";
import { createLog } from "../../lib/observe/log.ts";
import { type Metric, type Observe, serveMetrics } from "../../lib/observe/metrics_endpoint.ts";

function freePort(): number {
  using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  return listener.addr.port;
}

const METRICS: readonly Metric[] = [
  { name: "klw_passes_total", help: "Passes", type: "counter", read: () => 7 },
  {
    name: "klw_states",
    help: "By state",
    type: "gauge",
    labels: ["state"],
    read: () => [[{ state: "a" }, 1], [{ state: 'b"\n' }, 2]],
  },
];

Deno.test("metrics are read when they are asked for and served in Prometheus' text format", async () => {
  const port = freePort();
  await using _endpoint = await serveMetrics({
    port,
    metrics: METRICS,
    notReady: () => [],
    notHealthy: () => [],
    log: createLog({ level: "error" }),
  });
  for (let scrape = 0; scrape < 2; scrape++) {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    assert.match(answer.headers.get("content-type")!, /^text\/plain/);
    const lines = (await answer.text()).split("\n");
    assert.ok(lines.includes("klw_passes_total 7"));
    assert.ok(lines.includes("# TYPE klw_passes_total counter"));
    assert.ok(lines.includes('klw_states{state="a"} 1'));
    assert.ok(lines.includes('klw_states{state="b\\"\\n"} 2'));
  }
});

Deno.test("a histogram counts observations in buckets, several at once, and from 0 where it is told of a series before", async () => {
  const port = freePort();
  let observe: Observe = () => {};
  const metric: Metric = {
    name: "klw_latency_seconds",
    help: "Latency",
    type: "histogram",
    labels: ["agent"],
    buckets: [0.1, 1],
    begin: (given) => void (observe = given),
  };
  const health = { notReady: () => [], notHealthy: () => [] };
  await using _endpoint = await serveMetrics({
    port,
    metrics: [metric],
    ...health,
    log: createLog({ level: "error" }),
  });
  const series = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return text.split("\n").filter((line) => line.startsWith("klw_"));
  };
  assert.deepEqual(await series(), []);
  observe({ agent: "a" }, 0, 0);
  assert.ok((await series()).includes('klw_latency_seconds_count{agent="a"} 0'));
  observe({ agent: "a" }, 0.25, 3);
  observe({ agent: "a" }, 2, 1);
  assert.deepEqual(await series(), [
    'klw_latency_seconds_bucket{le="0.1",agent="a"} 0',
    'klw_latency_seconds_bucket{le="1",agent="a"} 3',
    'klw_latency_seconds_bucket{le="+Inf",agent="a"} 4',
    'klw_latency_seconds_sum{agent="a"} 2.75',
    'klw_latency_seconds_count{agent="a"} 4',
  ]);
});

Deno.test("health answers 503 with its reasons", async () => {
  const port = freePort();
  const options = {
    port,
    metrics: [],
    notReady: () => ["There was no pass yet"],
    notHealthy: () => [],
    log: createLog({ level: "error" }),
  };
  await using _endpoint = await serveMetrics(options);
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  assert.deepEqual([ready.status, await ready.text()], [503, "There was no pass yet\n"]);
  const healthy = await fetch(`http://127.0.0.1:${port}/healthz`);
  assert.deepEqual([healthy.status, await healthy.text()], [200, "ok\n"]);
});

Deno.test("a port that is taken is named together with the setting to change", async () => {
  using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = listener.addr;
  const options = { port, metrics: [], notReady: () => [], notHealthy: () => [], log: createLog({ level: "error" }) };
  await assert.rejects(serveMetrics(options), new RegExp(`Cannot open port ${port} for metrics: .*--metrics-port`));
});
