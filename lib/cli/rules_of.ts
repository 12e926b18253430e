/**
 * What the operator's rules mean for a join.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { scalyrRuleFor } from "../config/operator_rules.ts";
import type { LogTarget } from "../join/log_target.ts";
import type { Rules } from "../join/rules.ts";

/** Annotation that a sampling rule of the operator replaces, as in the Python program. */
const SCALYR_SAMPLING = "kubernetes-log-watcher/scalyr-sampling-rules";

/** Makes the rules by which containers are followed. */
export function rulesOf({ requiredLabels, rules }: Pick<Config, "requiredLabels" | "rules">): Rules {
  return { requiredLabels, constraints: rules.constraints, now: Date.now };
}

/** Makes what changes a target by the operator's will; undefined where nothing does. */
export function adjustmentOf({ rules }: Pick<Config, "rules">): ((target: LogTarget) => LogTarget) | undefined {
  const { scalyrSampling } = rules;
  if (scalyrSampling.length === 0) return undefined;
  return (target) => {
    const rule = scalyrRuleFor(scalyrSampling, target);
    if (!rule) return target;
    const annotations = { ...target.pod.annotations, [SCALYR_SAMPLING]: rule.value };
    return { ...target, pod: { ...target.pod, annotations } };
  };
}
