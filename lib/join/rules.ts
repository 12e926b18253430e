/**
 * The operator's rules on which containers are followed.
 *
 * @module
 */
import type { Pod } from "../pods/pod.ts";

/** Rules that a container's pod must meet. */
export interface Rules {
  /** Labels that a pod must have, with a value that is not empty (WATCHER_STRICT_LABELS); empty: none. */
  readonly requiredLabels: readonly string[];
}

/**
 * Tells why a pod's containers are not followed.
 *
 * @param pod The pod; undefined while it is not known.
 * @returns A reason, or undefined if no rule excludes it. A rule on labels cannot be judged without the pod.
 */
export function exclusionOf(pod: Pod | undefined, rules: Rules): string | undefined {
  if (!pod) return undefined;
  const missing = rules.requiredLabels.filter((label) => !pod.labels[label]);
  if (missing.length === 0) return undefined;
  const labels = missing.length === 1 ? `Label ${missing[0]} is` : `Labels ${missing.join(" and ")} are`;
  const rule = `WATCHER_STRICT_LABELS=${rules.requiredLabels.join(",")}`;
  return `${labels} missing on pod ${pod.namespace}/${pod.name} (${rule})`;
}
