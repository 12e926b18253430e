/**
 * Metrics of what agents wrote, and of how long it took.
 *
 * @module
 */
import type { HistogramMetric, Metric } from "../observe/metrics_endpoint.ts";
import type { LaneStats } from "../reconcile/agent_lane.ts";
import { type Measured, PREFIX } from "./measured.ts";

/** What is read. */
type Read = Pick<Measured, "controller" | "lanes" | "late" | "onAttempt">;

/** Seconds: below 10 ms what is seen at once, above 1 s the pauses of agents. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Lists them. */
export function agentMetrics(measured: Read): Metric[] {
  const { lanes, late } = measured;
  const ofLane = (
    name: string,
    help: string,
    { key, type = "counter", scale = 1 }: { key: keyof LaneStats; type?: "counter" | "gauge"; scale?: number },
  ): Metric => ({
    name: `${PREFIX}_${name}`,
    help,
    type,
    labels: ["agent"],
    read: () => lanes.map((lane) => [{ agent: lane.agent }, lane.stats()[key] * scale]),
  });
  return [
    latency(measured),
    ofLane("attempts_total", "Times an agent was rendered", { key: "attempts" }),
    ofLane("failed_attempts_total", "Attempts that failed, wholly or for a file", { key: "failedAttempts" }),
    ofLane("retry_backoff_seconds", "Least wait before a failed attempt is repeated, 0 if none failed", {
      key: "backoffMs",
      type: "gauge",
      scale: 0.001,
    }),
    ofLane("write_sets_total", "Attempts that changed something on disk", { key: "writeSets" }),
    ofLane("operations_total", "Files, links and folders made, changed or removed", { key: "operations" }),
    ofLane("repairs_total", "Files and links that somebody else had changed or removed", { key: "repairs" }),
    ofLane("failed_files", "Files that could not be written at the last attempt", {
      key: "failedFiles",
      type: "gauge",
    }),
    ofLane("refusals_total", "Times a container could not be rendered, over all attempts", { key: "refusals" }),
    ofLane("refused_targets", "Containers that the agent could not render at the last attempt", {
      key: "refusedTargets",
      type: "gauge",
    }),
    ofLane("input_warnings", "Annotations and the like that were replaced by a default at the last attempt", {
      key: "inputWarnings",
      type: "gauge",
    }),
    ofLane(
      "unexpressed_hints",
      "Wishes for logs that the agent could not put into its shipper's words at the last attempt",
      { key: "unexpressedHints", type: "gauge" },
    ),
    ofLane(
      "quarantined_targets",
      "Containers that are left out or kept as they were because of the shipper's check",
      { key: "quarantinedTargets", type: "gauge" },
    ),
    {
      name: `${PREFIX}_agents_not_open`,
      help: "Selected agents whose folder or outputs cannot be used",
      type: "gauge",
      read: () => late.names.length,
    },
    {
      name: `${PREFIX}_generations_behind`,
      help: "Wanted outputs of an agent that are not on disk yet, or not taken over by the shipper",
      type: "gauge",
      labels: ["agent"],
      read: () => lanes.map((lane) => [{ agent: lane.agent }, lane.generations.wanted - lane.generations.inForce]),
    },
    {
      name: `${PREFIX}_reloads_total`,
      help: "Reloads of shippers",
      type: "counter",
      labels: ["agent", "result"],
      read: () => lanes.flatMap((lane) => countResults(lane.agent, lane.reloads())),
    },
    {
      name: `${PREFIX}_checks_total`,
      help: "Runs of shippers' own checks on what is wanted",
      type: "counter",
      labels: ["agent", "result"],
      read: () => lanes.flatMap((lane) => countResults(lane.agent, lane.checks())),
    },
  ];
}

function latency({ controller, lanes, onAttempt }: Read): HistogramMetric {
  return {
    name: `${PREFIX}_configuration_latency_seconds`,
    help:
      "Time from a new log or a changed pod being seen until it is on disk in the agent's configuration; what was there at the " +
      "start of the watcher is the phase start, all else the phase change",
    type: "histogram",
    labels: ["agent", "phase"],
    buckets: BUCKETS,
    begin(observe) {
      const known = new Set<string>();
      const meet = (agent: string) => {
        if (known.has(agent)) return;
        known.add(agent);
        for (const phase of ["start", "change"]) observe({ agent, phase }, 0, 0);
      };
      for (const { agent } of lanes) meet(agent);
      onAttempt(({ agent, onDisk }) => {
        meet(agent);
        const nowMs = performance.now();
        for (const { sinceMs, count } of onDisk) {
          const phase = sinceMs <= (controller.firstPassMs ?? Infinity) ? "start" : "change";
          observe({ agent, phase }, (nowMs - sinceMs) / 1000, count);
        }
      });
    },
  };
}

function countResults(
  agent: string,
  results: Readonly<Record<string, number>> | undefined,
): [Record<string, string>, number][] {
  return Object.entries(results ?? {}).map(([result, count]) => [{ agent, result }, count]);
}
