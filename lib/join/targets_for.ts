/**
 * Tells which logs an agent gets.
 *
 * @module
 */
import { type Constraint, constraintAgainst } from "./constraints.ts";
import type { LogTarget } from "./log_target.ts";

/** The operator's constraints, with a clock for those that end. */
export interface AgentRules {
  readonly constraints?: readonly Constraint[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Gives the targets that are for an agent: those that name no agents or name it, and that no constraint keeps from it. */
export function targetsFor(
  agent: string,
  targets: readonly LogTarget[],
  { constraints = [], now }: AgentRules = {},
): readonly LogTarget[] {
  const named = targets.filter(({ hints: { agents } }) => agents.length === 0 || agents.includes(agent));
  const own = constraints.filter(({ agents }) => agents?.includes(agent));
  if (own.length === 0) return named;
  const nowMs = now?.() ?? 0;
  return named.filter(({ pod, container }) => {
    const { namespace, name: podName, labels } = pod;
    const seen = { namespace, podName, containerName: container.name, labels, image: container.imageReference };
    return constraintAgainst(seen, { constraints: own, agent, nowMs }) === undefined;
  });
}
