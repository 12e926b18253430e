/**
 * Tells whether a watch is well, with reasons.
 *
 * @module
 */
import type { AgentLane } from "../reconcile/agent_lane.ts";
import type { Controller } from "../reconcile/controller.ts";

/** What is judged. */
export interface Judged {
  readonly controller: Pick<Controller, "observation" | "lastPassAgeMs" | "failure">;
  readonly lanes: readonly Pick<AgentLane, "agent" | "generations" | "failure">[];
  /** Agents that cannot be used yet. */
  readonly late: { readonly names: readonly string[] };
}

/**
 * Tells what keeps a watch from being ready: that an agent has nothing on disk yet. What fails later makes it not unready, for what is on disk stays good, and its
 * pod is no better for being taken out.
 */
export function notReady({ controller, lanes, late }: Judged): string[] {
  if (!controller.observation) return [`There was no pass yet${because(controller.failure)}`];
  return [
    ...lanes.filter(({ generations }) => generations.applied === 0)
      .map(({ agent, failure }) => `Agent ${agent} has nothing on disk yet${because(failure)}`),
    ...late.names.map((name) => `Agent ${name} cannot be opened; see the watcher's log`),
  ];
}

/** Intervals without a pass after which a watch counts as stuck. */
const STUCK_INTERVALS = 3;

/**
 * Tells what is wrong with a watch so that only a restart helps. An API or an agent that fails is not: they recover by themselves.
 *
 * @param options.openForMs Time since the watch was opened.
 */
export function notHealthy(
  { controller }: Pick<Judged, "controller">,
  { intervalMs, openForMs }: { readonly intervalMs: number; readonly openForMs: number },
): string[] {
  const ageMs = controller.lastPassAgeMs ?? openForMs;
  if (ageMs <= STUCK_INTERVALS * intervalMs + 60_000) return [];
  return [`There was no pass for ${Math.round(ageMs / 1000)} s${because(controller.failure)}`];
}

function because(failure: string): string {
  return failure === "" ? "" : `: ${failure}`;
}
