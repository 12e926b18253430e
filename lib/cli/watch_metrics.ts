/**
 * The metrics of a watch: each promise that can fail is counted.
 *
 * @module
 */
import type { FolderWatch } from "../discover/watch_folders.ts";
import type { Log } from "../observe/log.ts";
import { type Metric, serveMetrics } from "../observe/metrics_endpoint.ts";
import type { InformerStats } from "../pods/informer.ts";
import type { AgentLane, LaneStats } from "../reconcile/agent_lane.ts";
import type { Controller, ControllerStats } from "../reconcile/controller.ts";

/** What is measured. */
export interface Measured {
  readonly controller: Controller;
  readonly lanes: readonly AgentLane[];
  /** Agents that cannot be used yet. */
  readonly late: { readonly names: readonly string[] };
  readonly folders: () => FolderWatch | undefined;
  /** Undefined where the API is not asked. */
  readonly api: () => InformerStats | undefined;
  readonly hasSynced: () => boolean;
}

const PREFIX = "kube_log_watcher";

/** Serves metrics and health of a watch. @throws {Error} As {@linkcode serveMetrics}. */
export async function openMetrics(
  measured: Measured,
  { port, intervalMs, log }: { readonly port: number; readonly intervalMs: number; readonly log: Log },
): Promise<AsyncDisposable> {
  return await serveMetrics({
    port,
    metrics: watchMetrics(measured),
    notReady: () => notReady(measured),
    notHealthy: () => notHealthy(measured, intervalMs),
    log,
  });
}

/** Lists the metrics. */
export function watchMetrics({ controller, lanes, late, folders, api, hasSynced }: Measured): Metric[] {
  const ofController = (name: string, help: string, key: keyof ControllerStats): Metric => ({
    name: `${PREFIX}_${name}`,
    help,
    type: "counter",
    read: () => controller.stats()[key],
  });
  const ofLane = (
    name: string,
    help: string,
    { key, type = "counter" }: { key: keyof LaneStats; type?: Metric["type"] },
  ): Metric => ({
    name: `${PREFIX}_${name}`,
    help,
    type,
    labels: ["agent"],
    read: () => lanes.map((lane) => [{ agent: lane.agent }, lane.stats()[key]]),
  });
  const ofApi = (
    name: string,
    help: string,
    { key, type = "counter", scale = 1 }: { key: keyof InformerStats; type?: Metric["type"]; scale?: number },
  ): Metric => ({
    name: `${PREFIX}_${name}`,
    help,
    type,
    read: () => (api()?.[key] ?? 0) * scale,
  });
  return [
    {
      name: `${PREFIX}_containers`,
      help: "Containers on this node by state",
      type: "gauge",
      labels: ["state"],
      read: () => countStates(controller),
    },
    ofController("passes_total", "Looks at disk and pods", "passes"),
    ofController("full_scans_total", "Passes that read all folders", "fullScans"),
    ofController(
      "incomplete_passes_total",
      "Passes in which some folder could not be read; they remove nothing",
      "incompletePasses",
    ),
    ofController("broken_passes_total", "Passes that broke off", "brokenPasses"),
    ofController(
      "undrained_removals_total",
      "Logs that left the configuration after their grace period without proof that they were read to the end",
      "dropped",
    ),
    ofLane("attempts_total", "Times an agent was rendered", { key: "attempts" }),
    ofLane("failed_attempts_total", "Attempts that failed, wholly or for a file", { key: "failedAttempts" }),
    ofLane("write_sets_total", "Attempts that changed something on disk", { key: "writeSets" }),
    ofLane("operations_total", "Files, links and folders made, changed or removed", { key: "operations" }),
    ofLane("repairs_total", "Files and links that somebody else had changed or removed", { key: "repairs" }),
    ofLane("failed_files", "Files that could not be written at the last attempt", {
      key: "failedFiles",
      type: "gauge",
    }),
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
      {
        key: "unexpressedHints",
        type: "gauge",
      },
    ),
    {
      name: `${PREFIX}_hint_problems`,
      help: "Annotations of pods that are not usable, contradict each other or are not read",
      type: "gauge",
      labels: ["kind"],
      read: () => countProblems(controller),
    },
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
    ofLane(
      "quarantined_targets",
      "Containers that are left out or kept as they were because of the shipper's check",
      { key: "quarantinedTargets", type: "gauge" },
    ),
    ofApi("api_lists_total", "Lists asked of the Kubernetes API", { key: "lists" }),
    ofApi("api_watches_total", "Watches asked of the Kubernetes API", { key: "watches" }),
    ofApi("api_failures_total", "Requests to the Kubernetes API that failed, and watches that broke", {
      key: "failures",
    }),
    ofApi("api_events_total", "Events of pods that the Kubernetes API sent", { key: "events" }),
    ofApi(
      "api_backoff_seconds",
      "Length of the wait before the next request to the Kubernetes API, 0 while there is none",
      { key: "backoffMs", type: "gauge", scale: 0.001 },
    ),
    {
      name: `${PREFIX}_api_synced`,
      help: "Whether the pods were listed since the start",
      type: "gauge",
      read: () => Number(hasSynced()),
    },
    {
      name: `${PREFIX}_folders_polled`,
      help: "Whether folders are polled because they cannot be watched",
      type: "gauge",
      read: () => Number(folders()?.isPolling ?? false),
    },
  ];
}

/** Tells what keeps a watch from being ready. */
export function notReady({ controller, lanes }: Pick<Measured, "controller" | "lanes">): string[] {
  if (!controller.observation) return ["There was no pass yet"];
  return lanes.filter((lane) => lane.generations.applied === 0).map((lane) =>
    `Agent ${lane.agent} has nothing on disk yet`
  );
}

/** Intervals without a pass after which a watch counts as stuck. */
const STUCK_INTERVALS = 3;

/** Tells what is wrong with a watch so that only a restart helps. An API or an agent that fails is not: they recover by themselves. */
export function notHealthy({ controller }: Pick<Measured, "controller">, intervalMs: number): string[] {
  const ageMs = controller.lastPassAgeMs ?? 0;
  return ageMs > STUCK_INTERVALS * intervalMs + 60_000 ? [`There was no pass for ${Math.round(ageMs / 1000)} s`] : [];
}

function countResults(
  agent: string,
  results: Readonly<Record<string, number>> | undefined,
): [Record<string, string>, number][] {
  return Object.entries(results ?? {}).map(([result, count]) => [{ agent, result }, count]);
}

function countProblems(controller: Controller): [Record<string, string>, number][] {
  const counts = new Map<string, number>([["invalid", 0], ["conflict", 0], ["not-read", 0]]);
  for (const { kind } of controller.observation?.joined.problems ?? []) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => [{ kind }, count]);
}

function countStates(controller: Controller): [Record<string, string>, number][] {
  const counts = new Map<string, number>([["collected", 0], ["waiting", 0], ["excluded", 0], ["not-followed", 0]]);
  for (const { state } of controller.observation?.joined.statuses ?? []) {
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  counts.set("not-followed", controller.observation?.discovery.notFollowed.length ?? 0);
  return [...counts].map(([state, count]) => [{ state }, count]);
}
