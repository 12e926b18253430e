/**
 * Which rules and settings of the operator are for a container, and where its wishes come from: what `explain` shows of them.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { scalyrRuleFor } from "../config/operator_rules.ts";
import type { HintReader } from "../hints/hint_reader.ts";
import type { ContainerOrigins } from "../inspect/node_report.ts";
import { constraintsMet } from "../join/rules.ts";
import type { Remembered } from "../join/join.ts";
import { rulesOf } from "./rules_of.ts";

/** Makes what tells the origins of a container's wishes. */
export function originsOf(
  config: Pick<Config, "requiredLabels" | "rules">,
  hints: Pick<HintReader, "sources">,
): (one: Remembered) => ContainerOrigins {
  return ({ container, pod, target }) => {
    const { wishes, attributes, rules } = hints.sources({ ...container, pod });
    const { scalyrSampling } = config.rules;
    const sampling = target && scalyrRuleFor(scalyrSampling, target);
    return {
      wishes,
      attributes,
      rules: [
        ...requiredLabels(config, { isKnown: pod !== undefined, isFollowed: target !== undefined }),
        ...constraintsMet({ container, pod }, rulesOf(config)),
        ...rules,
        ...(sampling ? [`scalyr_sampling_rules, item ${scalyrSampling.indexOf(sampling) + 1}`] : []),
      ],
    };
  };
}

function requiredLabels(
  { requiredLabels }: Pick<Config, "requiredLabels">,
  { isKnown, isFollowed }: { readonly isKnown: boolean; readonly isFollowed: boolean },
): readonly string[] {
  if (requiredLabels.length === 0 || !isKnown || !isFollowed) return [];
  return [`WATCHER_STRICT_LABELS=${requiredLabels.join(",")}: the pod has them`];
}
