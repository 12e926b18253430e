import assert from "node:assert/strict";
import type { Subject } from "../../bench/bench_node.ts";
import { checkGoals } from "../../bench/goals.ts";
import { figuresThatGrow } from "../../bench/growing_figures.ts";
import { plot } from "../../bench/plot.ts";
import { cpuMs, useBetween } from "../../bench/process_figures.ts";
import { selfTimes } from "../../bench/profile_summary.ts";
import { report } from "../../bench/report.ts";
import type { Results } from "../../bench/results.ts";
import { extrapolate } from "../../bench/scale/extrapolation.ts";
import type { ScaleResults } from "../../bench/scale/scale_results.ts";
import { number } from "../../bench/table.ts";
import { jsonOf, latencyPlot, memoryPlot } from "../../bench/write_results.ts";

const MACHINE = {
  cpu: "Example <CPU>",
  cores: 2,
  memoryMb: 24_105,
  kernel: "6.1",
  fileSystem: "ext4",
  deno: "2.9.6",
  v8: "15.0",
  date: "2026-11-24",
  loadBefore: 0.1,
};
const SIZES = [250, 1_000, 4_000];
const subject = (containers: number): Subject => ({ containers, layout: "cri" });
const memoryOf = (containers: number) => ({
  processes: 1,
  rss: (50 + containers / 100) * 2 ** 20,
  pss: 2 ** 20,
  private: 2 ** 20,
});

/** Results as of a fast program whose memory is proportional, but for one burst that was slow. */
const RESULTS: Results = {
  machine: MACHINE,
  isQuick: false,
  firstSync: SIZES.map((containers) => ({
    ...subject(containers),
    agents: "three" as const,
    ms: containers / 4,
    allMs: [containers / 4],
    memory: memoryOf(containers),
  })),
  changes: (["warm", "cold"] as const).map((sandbox) => ({
    ...subject(250),
    agents: "one" as const,
    sandbox,
    change: "log created" as const,
    latencyMs: { count: 9, p50: 8, p95: 20, p99: 40, max: 41 },
  })),
  burst: SIZES.map((containers) => ({
    ...subject(containers),
    started: 500,
    spreadMs: 1000,
    passes: 30,
    renders: 10,
    operations: 1500,
    writeSetsPerAgent: 4,
    exactAfterMs: containers === 4_000 ? 1_200 : 300,
  })),
  fullScan: [],
  idle: SIZES.map((containers) => ({
    ...subject(containers),
    seconds: 60,
    cpuMs: 30,
    cpuPercentOfCore: 0.05,
    wakeUpsPerSecond: 2,
    apiRequests: 0,
    readBytes: 0,
    memory: memoryOf(containers),
    isAlone: true,
  })),
  failures: [],
};

Deno.test("each goal is compared with the worst that was measured for it, and one without a figure is not called reached", () => {
  const goals = new Map(checkGoals(RESULTS).map(({ goal, ...rest }) => [goal, rest]));
  assert.equal(goals.get("burst of 500: exact after the last event")!.measured, 1_200);
  assert.equal(goals.get("first sync, 4,000 containers")!.measured, 1_000);
  assert.equal(goals.get("first sync, 10,000 containers")!.measured, undefined);
  assert.equal(goals.get("idle, 4,000 containers: resident memory")!.measured, 90);
});

Deno.test("the report has a table of what was measured, the goals, and the predecessor's figures marked as such", () => {
  const text = report(RESULTS);
  assert.match(text, /Example <CPU>, 2 cores, 24 GB, Linux 6\.1, ext4; Deno 2\.9\.6/);
  assert.match(text, /\| +4,000 \| cri +\| three +\| +1,000 \|.*\| +6,010 \|/);
  assert.match(text, /\* Python predecessor: .*measured elsewhere/);
  assert.match(text, /burst of 500: exact after the last event +\| +1,000 ms \| 1,200 ms +\| no /);
  assert.match(text, /first sync, 10,000 containers +\| +4,000 ms \| not measured/);
  assert.doesNotMatch(text, /Full scan/, "what was not measured has no table");
});

Deno.test("growth is told of every figure with three numbers of containers", () => {
  const growth = new Map(figuresThatGrow(RESULTS).map(({ figure, growth }) => [figure, growth]));
  assert.ok(Math.abs(growth.get("first sync, three agents, cri")!.exponent - 1) < 1e-9);
  const memory = growth.get("idle, resident memory, cri")!;
  assert.ok(Math.abs(memory.constant - 50) < 1e-6 && Math.abs(memory.perUnit * 1000 - 10) < 1e-6);
  assert.equal(growth.get("log created, p50, cri"), undefined);
  const { goals, growth: kept, machine } = JSON.parse(jsonOf(RESULTS));
  assert.equal(goals.length, 12);
  assert.equal(kept.length, growth.size);
  assert.deepEqual(machine, MACHINE);
});

Deno.test("plots are well-formed, name the machine, and follow the reader's choice of light or dark", () => {
  for (const svg of [latencyPlot(RESULTS)!, memoryPlot(RESULTS)!]) {
    assert.match(svg, /^<svg [^>]*viewBox/);
    assert.match(svg, /Example &lt;CPU&gt;.*Deno 2\.9\.6.*2026-11-24/);
    assert.match(svg, /prefers-color-scheme: dark/);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    assert.equal(svg.match(/<text/g)!.length, svg.match(/<\/text>/g)!.length);
  }
  assert.equal(plot({ title: "x", subtitle: "y", unit: "ms", series: [] }), undefined);
});

Deno.test("time on a processor is that of a process and its ended children, whatever its command is called", () => {
  const stat = "42 (a) b (c)) S 1 42 42 0 -1 4194560 1 2 3 4 50 7 3 1 20 0 9 0 100";
  assert.equal(cpuMs(stat), 10 * (50 + 7 + 3 + 1));
  assert.equal(cpuMs(""), 0);
  const before = { cpuMs: 100, wakeUps: new Map([["1", 5], ["2", 9]]), readBytes: 10, readCalls: 1 };
  const after = { cpuMs: 130, wakeUps: new Map([["1", 8], ["3", 4]]), readBytes: 30, readCalls: 3 };
  assert.deepEqual(useBetween(before, after), { cpuMs: 30, wakeUps: 7, readBytes: 20, readCalls: 2 });
});

Deno.test("a profile's time is added up by function, idle time left out", () => {
  const node = (id: number, functionName: string) => ({ id, callFrame: { functionName, url: "", lineNumber: 0 } });
  const times = selfTimes({
    nodes: [node(1, "scan"), node(2, "(idle)"), node(3, "write")],
    startTime: 0,
    endTime: 0,
    samples: [1, 2, 3, 1],
    timeDeltas: [0, 1_000, 5_000, 3_000],
  });
  assert.deepEqual(times, [{ name: "write", selfMs: 3 }, { name: "scan", selfMs: 1 }]);
});

Deno.test("numbers are written with the digits that mean something", () => {
  assert.deepEqual([12_345.6, 99.96, 1.234, 0.0567, 0].map(number), ["12,346", "100", "1.23", "0.057", "0"]);
});

Deno.test("a large cluster is extrapolated from the largest number of clients, less what the server does anyway", () => {
  const row = { seconds: 60, serverRss: 1, changes: 0 };
  const none = { list: 0, watch: 0, get: 0 };
  const results: ScaleResults = {
    machine: MACHINE,
    podsPerNode: 10,
    containersPerNode: 20,
    starts: [],
    restart: undefined,
    steady: [
      { ...row, clients: 0, pattern: "none", requests: none, bytes: 0, serverCpuSeconds: 3 },
      { ...row, clients: 50, pattern: "ours", requests: none, bytes: 1, serverCpuSeconds: 9 },
      { ...row, clients: 100, pattern: "ours", requests: none, bytes: 6_000, serverCpuSeconds: 3.6 },
      {
        ...row,
        clients: 100,
        pattern: "predecessor",
        requests: { ...none, get: 2_000 },
        bytes: 60_000,
        serverCpuSeconds: 9,
      },
    ],
  };
  const [ours, predecessor] = extrapolate(results, 1_000);
  assert.ok(Math.abs(ours!.requestsPerSecond - 1_000 / 450) < 1e-9);
  assert.ok(Math.abs(ours!.bytesPerSecond - 1_000) < 1e-9);
  assert.ok(Math.abs(ours!.serverCores - 0.1) < 1e-9);
  assert.ok(Math.abs(predecessor!.requestsPerSecond - 20_000 / 60) < 1e-9);
  assert.ok(Math.abs(predecessor!.serverCores - 1) < 1e-9);
});
