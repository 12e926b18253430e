/**
 * Metrics of the node: its containers, the passes over them, and the process itself.
 *
 * @module
 */
import type { Metric } from "../observe/metrics_endpoint.ts";
import type { Controller, ControllerStats } from "../reconcile/controller.ts";
import { type Measured, PREFIX } from "./measured.ts";
import { VERSION } from "./version.ts";

/** What is read. */
type Read = Pick<Measured, "controller" | "folders" | "isFileRefused">;

/** Lists them. */
export function nodeMetrics({ controller, folders, isFileRefused }: Read): Metric[] {
  const ofController = (name: string, help: string, key: keyof ControllerStats): Metric => ({
    name: `${PREFIX}_${name}`,
    help,
    type: "counter",
    read: () => controller.stats()[key],
  });
  return [
    {
      name: `${PREFIX}_containers`,
      help: "Containers on this node by state",
      type: "gauge",
      labels: ["state"],
      read: () => countStates(controller),
    },
    {
      name: `${PREFIX}_logs`,
      help: "Logs on this node by the layout in which they lie: docker, or cri for containerd and CRI-O",
      type: "gauge",
      labels: ["layout"],
      read: () => countLayouts(controller),
    },
    {
      name: `${PREFIX}_not_followed`,
      help: "What looks like a container and is not followed, by the kind of the reason",
      type: "gauge",
      labels: ["kind"],
      read: () => countNotFollowed(controller),
    },
    {
      name: `${PREFIX}_hint_problems`,
      help: "Annotations of pods that are not usable, contradict each other or are not read",
      type: "gauge",
      labels: ["kind"],
      read: () => countProblems(controller),
    },
    ofController("passes_total", "Looks at disk and pods", "passes"),
    ofController("full_scans_total", "Passes that read all folders", "fullScans"),
    ofController(
      "incomplete_passes_total",
      "Passes in which some folder could not be read; they remove nothing",
      "incompletePasses",
    ),
    ofController("broken_passes_total", "Passes that broke off", "brokenPasses"),
    {
      name: `${PREFIX}_last_pass_timestamp_seconds`,
      help: "When the last pass that did not break off was made, in seconds since 1970; 0 before it",
      type: "gauge",
      read: () => controller.lastPassAgeMs === undefined ? 0 : (Date.now() - controller.lastPassAgeMs) / 1000,
    },
    ofController(
      "undrained_removals_total",
      "Logs that left the configuration after their grace period without proof that they were read to the end",
      "dropped",
    ),
    {
      name: `${PREFIX}_folders_polled`,
      help: "Whether folders are polled because they cannot be watched",
      type: "gauge",
      read: () => Number(folders()?.isPolling ?? false),
    },
    {
      name: `${PREFIX}_config_file_refused`,
      help:
        "Whether the configuration file was changed to something that is not usable, so that an older one is in force",
      type: "gauge",
      read: () => Number(isFileRefused()),
    },
    {
      name: `${PREFIX}_build_info`,
      help: "Version of the program; always 1",
      type: "gauge",
      labels: ["version"],
      read: () => [[{ version: VERSION }, 1]],
    },
    {
      name: "process_resident_memory_bytes",
      help: "Resident memory of the watcher's own process",
      type: "gauge",
      read: () => Deno.memoryUsage().rss,
    },
    {
      name: "process_start_time_seconds",
      help: "When the process began, in seconds since 1970",
      type: "gauge",
      read: () => performance.timeOrigin / 1000,
    },
  ];
}

type Counts = [Record<string, string>, number][];

/** Counts by a label, those that are always there among them. */
function count(label: string, { always, found }: { always: readonly string[]; found: Iterable<string> }): Counts {
  const counts = new Map<string, number>(always.map((value) => [value, 0]));
  for (const value of found) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, number]) => [{ [label]: value }, number]);
}

function countStates({ observation }: Controller): Counts {
  const { joined, discovery } = observation ?? {};
  const found = [
    ...joined?.statuses.map(({ state }) => state) ?? [],
    ...discovery?.notFollowed.map(() => "not-followed") ?? [],
  ];
  return count("state", { always: ["collected", "waiting", "excluded", "not-followed"], found });
}

function countLayouts({ observation }: Controller): Counts {
  const found = observation?.discovery.containers.map(({ layout }) => layout) ?? [];
  return count("layout", { always: ["docker", "cri"], found });
}

function countNotFollowed({ observation }: Controller): Counts {
  const found = observation?.discovery.notFollowed.map(({ code }) => code) ?? [];
  return count("kind", { always: ["missing-mount", "unreadable", "log-driver"], found });
}

function countProblems({ observation }: Controller): Counts {
  const found = observation?.joined.problems.map(({ kind }) => kind) ?? [];
  return count("kind", { always: ["invalid", "conflict", "not-read"], found });
}
