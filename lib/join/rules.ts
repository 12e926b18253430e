/**
 * The operator's rules on which containers are followed.
 *
 * @module
 */
import type { Container } from "../discover/container.ts";
import type { Pod } from "../pods/pod.ts";
import { type Constrained, type Constraint, constraintAgainst, isMet, needPod } from "./constraints.ts";

/** Rules that a container must meet. */
export interface Rules {
  /** Labels that its pod must have, with a value that is not empty (WATCHER_STRICT_LABELS); empty: none. */
  readonly requiredLabels: readonly string[];
  /** Default none. */
  readonly constraints?: readonly Constraint[];
  /** Clock in milliseconds since 1970, for constraints that end. */
  readonly now?: () => number;
}

/** A container with its pod, which is undefined while it is not known. */
export interface JoinedContainer {
  readonly container: Container;
  readonly pod: Pod | undefined;
}

/**
 * Tells why a container is not followed.
 *
 * @returns A sentence without a full stop, or undefined if no rule excludes it. What asks for labels cannot be judged without the pod.
 */
export function exclusionOf(joined: JoinedContainer, rules: Rules): string | undefined {
  const { pod } = joined;
  const { constraints = [] } = rules;
  if (constraints.length > 0 && (pod || !needPod(constraints))) {
    const reason = constraintAgainst(constrained(joined), { constraints, nowMs: rules.now?.() ?? 0 });
    if (reason !== undefined) return reason;
  }
  const missing = pod ? rules.requiredLabels.filter((label) => !pod.labels[label]) : [];
  if (!pod || missing.length === 0) return undefined;
  const labels = missing.length === 1 ? `Label ${missing[0]} is` : `Labels ${missing.join(" and ")} are`;
  const rule = `WATCHER_STRICT_LABELS=${rules.requiredLabels.join(",")}`;
  return `${labels} missing on pod ${pod.namespace}/${pod.name} (${rule})`;
}

/** Names the constraints that a container meets, whatever they decide about it; with the agents that they are for. */
export function constraintsMet(joined: JoinedContainer, rules: Rules): readonly string[] {
  const { constraints = [] } = rules;
  const container = constrained(joined);
  return constraints.filter((one) => isMet(one, { container, nowMs: rules.now?.() ?? 0 }))
    .map(({ name, agents }) => `${name}${agents ? `, for ${agents.join(", ")}` : ""}`);
}

/** Tells what cannot be judged as long as a pod is not known; undefined if nothing. */
export function judgedByPod({ requiredLabels, constraints = [] }: Rules): string | undefined {
  if (requiredLabels.length > 0) return "WATCHER_STRICT_LABELS";
  return needPod(constraints) ? "the operator's include and exclude" : undefined;
}

/** Tells whether time alone may change what rules say. */
export function haveEnd({ constraints = [] }: Rules): boolean {
  return constraints.some(({ untilMs }) => untilMs !== undefined);
}

function constrained({ container, pod }: JoinedContainer): Constrained {
  const { namespace, podName, containerName } = container;
  const image = pod?.containers.find(({ name }) => name === containerName)?.image ?? container.image ?? "";
  return { namespace, podName, containerName, labels: pod?.labels, image };
}
