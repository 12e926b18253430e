/**
 * Writes what a bench found for people.
 *
 * @module
 */
import { checkGoals } from "./goals.ts";
import { figuresThatGrow } from "./growing_figures.ts";
import { describeMachine } from "./machine.ts";
import { PREDECESSOR, PREDECESSOR_CHANGE_MS, type PredecessorRow } from "./predecessor.ts";
import type { Results } from "./results.ts";
import { type Column, megabytes, number, table } from "./table.ts";
import type { Subject } from "./bench_node.ts";

const SUBJECT: readonly Column<Subject>[] = [
  ["containers", ({ containers }) => containers.toLocaleString("en-US")],
  ["layout", ({ layout }) => layout],
];

/** Writes all tables for which there are figures. */
export function report(results: Results): string {
  const parts = [firstSync, changes, burst, fullScan, idle].map((write) => write(results));
  const quick = results.isQuick ? ["A quick run: its figures are not for comparing.", ""] : [];
  return [
    describeMachine(results.machine),
    "",
    ...quick,
    ...parts.filter((part) => part !== ""),
    growth(results),
    goals(results),
  ]
    .join("\n");
}

function firstSync({ firstSync: rows }: Results): string {
  if (rows.length === 0) return "";
  return table("Start of the process to first complete sync", {
    rows,
    columns: [
      ...SUBJECT,
      ["agents", ({ agents }) => agents],
      ["ms", ({ ms }) => number(ms)],
      ["least ms", ({ allMs }) => number(Math.min(...allMs))],
      ["most ms", ({ allMs }) => number(Math.max(...allMs))],
      ["tree RSS MB", ({ memory }) => megabytes(memory.rss)],
      ["predecessor ms*", predecessor("firstSyncMs")],
    ],
  }) + "\n* Python predecessor: two agents, start of the process not counted, measured elsewhere on two cores.\n";
}

function changes({ changes: rows }: Results): string {
  if (rows.length === 0) return "";
  return table("Change on the node to file on disk, ms", {
    rows,
    columns: [
      ...SUBJECT,
      ["agents", ({ agents }) => agents],
      ["sandbox", ({ sandbox }) => sandbox],
      ["change", ({ change }) => change],
      ["count", ({ latencyMs }) => String(latencyMs.count)],
      ["p50", ({ latencyMs }) => number(latencyMs.p50)],
      ["p95", ({ latencyMs }) => number(latencyMs.p95)],
      ["p99", ({ latencyMs }) => number(latencyMs.p99)],
      ["max", ({ latencyMs }) => number(latencyMs.max)],
      ["predecessor mean*", () => number(PREDECESSOR_CHANGE_MS)],
    ],
  });
}

function burst({ burst: rows }: Results): string {
  if (rows.length === 0) return "";
  return table("Burst: 500 containers within a second, three agents", {
    rows,
    columns: [
      ...SUBJECT,
      ["took ms", ({ spreadMs }) => number(spreadMs)],
      ["passes", ({ passes }) => number(passes)],
      ["renders", ({ renders }) => number(renders)],
      ["files, links, folders", ({ operations }) => number(operations)],
      ["write sets per agent", ({ writeSetsPerAgent }) => number(writeSetsPerAgent)],
      ["exact after ms", ({ exactAfterMs }) => number(exactAfterMs)],
    ],
  });
}

function fullScan({ fullScan: rows }: Results): string {
  if (rows.length === 0) return "";
  return table("Full scan in which nothing changed, three agents, each", {
    rows,
    columns: [
      ...SUBJECT,
      ["scans", ({ scans }) => String(scans)],
      ["processor ms", ({ cpuMs }) => number(cpuMs)],
      ["bytes read", ({ readBytes }) => number(readBytes)],
      ["reads", ({ readCalls }) => number(readCalls)],
      ["predecessor pass ms*", predecessor("passMs")],
    ],
  });
}

function idle({ idle: rows }: Results): string {
  if (rows.length === 0) return "";
  return table(`Idle for ${Math.round(rows[0]!.seconds)} s, three agents, whole tree of processes`, {
    rows,
    columns: [
      ...SUBJECT,
      ["processor ms", ({ cpuMs }) => number(cpuMs)],
      ["% of a core", ({ cpuPercentOfCore }) => cpuPercentOfCore.toFixed(3)],
      ["wake-ups/s", ({ wakeUpsPerSecond }) => number(wakeUpsPerSecond)],
      ["API requests", ({ apiRequests }) => String(apiRequests)],
      ["processes", ({ memory }) => String(memory.processes)],
      ["RSS MB", ({ memory }) => megabytes(memory.rss)],
      ["PSS MB", ({ memory }) => megabytes(memory.pss)],
      ["private MB", ({ memory }) => megabytes(memory.private)],
      ["predecessor RSS MB*", predecessor("rssMb")],
    ],
  });
}

function growth(results: Results): string {
  const rows = figuresThatGrow(results);
  if (rows.length === 0) return "";
  return table("Growth with the number of containers", {
    rows,
    columns: [
      ["figure", ({ figure }) => figure],
      ["exponent", ({ growth }) => growth.exponent.toFixed(2)],
      ["at the end", ({ growth }) => growth.lastExponent.toFixed(2)],
      ["line", ({ growth, unit }) => `${number(growth.constant)} + ${number(growth.perUnit * 1000)}/1,000 ${unit}`],
      ["R²", ({ growth }) => growth.rSquared.toFixed(3)],
      ["linear or better", ({ growth }) => growth.isLinear ? "yes" : "NO"],
    ],
  });
}

function goals(results: Results): string {
  const rows = checkGoals(results);
  return table("Goals", {
    rows,
    columns: [
      ["goal", ({ goal }) => goal],
      ["at most", ({ limit, unit }) => `${number(limit)} ${unit}`.trim()],
      [
        "worst measured",
        ({ measured, unit }) => measured === undefined ? "not measured" : `${number(measured)} ${unit}`.trim(),
      ],
      ["reached", ({ measured, limit }) => measured === undefined ? "" : measured <= limit ? "yes" : "no"],
    ],
  });
}

function predecessor(key: keyof PredecessorRow): (row: Subject) => string {
  return ({ containers }) => {
    const row = PREDECESSOR.get(containers);
    return row === undefined ? "-" : number(row[key]);
  };
}
