/**
 * The goals, and whether figures reach them.
 *
 * @module
 */
import type { Results } from "./results.ts";

/** A goal and what was measured for it. */
export interface GoalCheck {
  readonly goal: string;
  readonly limit: number;
  /** The worst of all that was measured for it; undefined where nothing was. */
  readonly measured: number | undefined;
  readonly unit: string;
}

const MEGABYTE = 2 ** 20;

/** Tells for each goal what was measured. */
export function checkGoals({ firstSync, changes, burst, idle }: Results): readonly GoalCheck[] {
  const ofChanges = (sandbox: "warm" | "cold", key: "p50" | "p99") =>
    changes.filter((row) => row.containers === 250 && row.sandbox === sandbox && row.agents === "one")
      .map(({ latencyMs }) => latencyMs[key]);
  const syncs = (containers: number) => firstSync.filter((row) => row.containers === containers).map(({ ms }) => ms);
  const idleOf = (containers: number) => idle.filter((row) => row.containers === containers);
  const rss = (containers: number) => idleOf(containers).map(({ memory }) => memory.rss / MEGABYTE);
  const check = (
    goal: string,
    { limit, unit, values }: { limit: number; unit: string; values: readonly number[] },
  ) => ({
    goal,
    limit,
    unit,
    measured: values.length === 0 ? undefined : Math.max(...values),
  });
  return [
    check("change to configuration, 250 containers, warm: p50", {
      limit: 10,
      unit: "ms",
      values: ofChanges("warm", "p50"),
    }),
    check("the same: p99", { limit: 50, unit: "ms", values: ofChanges("warm", "p99") }),
    check("the same, cold sandbox: p99", { limit: 250, unit: "ms", values: ofChanges("cold", "p99") }),
    check("first sync, 1,000 containers", { limit: 600, unit: "ms", values: syncs(1_000) }),
    check("first sync, 4,000 containers", { limit: 1_500, unit: "ms", values: syncs(4_000) }),
    check("first sync, 10,000 containers", { limit: 4_000, unit: "ms", values: syncs(10_000) }),
    check("idle, 250 containers: processor", {
      limit: 0.1,
      unit: "% of a core",
      values: idleOf(250).map(({ cpuPercentOfCore }) => cpuPercentOfCore),
    }),
    check("idle, 250 containers: requests besides the watch", {
      limit: 0,
      unit: "",
      values: idleOf(250).map(({ apiRequests }) => apiRequests),
    }),
    check("idle, 250 containers: resident memory", { limit: 60, unit: "MB", values: rss(250) }),
    check("idle, 4,000 containers: resident memory", { limit: 90, unit: "MB", values: rss(4_000) }),
    check("burst of 500: exact after the last event", {
      limit: 1_000,
      unit: "ms",
      values: burst.map(({ exactAfterMs }) => exactAfterMs),
    }),
    check("burst of 500: write sets of an agent", {
      limit: 5,
      unit: "",
      values: burst.map(({ writeSetsPerAgent }) => writeSetsPerAgent),
    }),
  ];
}
