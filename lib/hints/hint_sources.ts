/**
 * Tells where each wish for a container's log comes from, and which rules of the operator are for it. Worked out only when somebody asks, so that nobody
 * has to keep it.
 *
 * @module
 */
import { chosenAttributes } from "./attribute_choice.ts";
import type { Attributes } from "./attributes.ts";
import { type HintedContainer, type HintRules, operatorRules, workloadLayers } from "./container_hints.ts";
import { ProblemList } from "./hint_problem.ts";
import type { OperatorHints } from "./operator_hints.ts";
import type { WishValues } from "./wishes.ts";

/** Where wishes come from, in words for people. */
export interface HintSources {
  /** By wish, as in the log's hints. */
  readonly wishes: Readonly<Record<string, string>>;
  /** By name of the attribute. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Rules of the operator that are for the container, each with what it gives. */
  readonly rules: readonly string[];
}

/** Wishes of which one holds, the others being none. */
const SINGLE = ["exclude", "agents", "parser", "multiline", "samplingRules"] as const;

/** Finds the sources of what `containerHints` works out of the same input. */
export function hintSources(container: HintedContainer, rules: HintRules): HintSources {
  const layers = workloadLayers(container, { rules, problems: new ProblemList(container) });
  const operator = operatorRules(container, rules);
  const wishes: Record<string, string> = {};
  for (const hint of SINGLE) {
    const own = layers.find((layer) => layer[hint])?.[hint]?.source;
    const overriding = ruleWith(operator.filter(({ overrides }) => overrides), hint);
    const source = overriding ?? own ?? ruleWith(operator, hint);
    if (source !== undefined) wishes[hint] = source;
  }
  const redaction = [
    ...operator.filter(({ hints }) => hints.redactionRules).map(({ name }) => name),
    ...layers.flatMap(({ redactionRules }) => redactionRules?.source ?? []),
  ];
  if (redaction.length > 0) wishes.redactionRules = [...new Set(redaction)].join(", ");
  const applied = operator.map(({ name, hints }) =>
    `${name}: ${Object.keys(hints).map((hint) => given(hint as keyof WishValues, { name, wishes })).join(", ")}`
  );
  return { wishes, attributes: attributeSources(container, { rules, operator, layers }), rules: applied };
}

function ruleWith(rules: readonly OperatorHints[], hint: keyof WishValues): string | undefined {
  return rules.find(({ hints }) => Object.hasOwn(hints, hint))?.name;
}

/** Names what a rule gives, and what holds instead where it gives nothing. */
function given(
  hint: keyof WishValues,
  { name, wishes }: { readonly name: string; readonly wishes: Readonly<Record<string, string>> },
): string {
  const isShared = hint === "attributes" || hint === "redactionRules";
  return isShared || wishes[hint] === name ? hint : `${hint} (but ${wishes[hint]} holds)`;
}

function attributeSources(
  { pod }: HintedContainer,
  { rules, operator, layers }: {
    readonly rules: HintRules;
    readonly operator: readonly OperatorHints[];
    readonly layers: ReturnType<typeof workloadLayers>;
  },
): Record<string, string> {
  const chosen = (texts: Readonly<Record<string, string>> = {}, choices: HintRules["attributeLabels"]) =>
    chosenAttributes(texts, { choices, leaveOut: () => {} });
  const all: readonly (readonly [Attributes, string])[] = [
    ...operator.map(({ name, hints }) => [hints.attributes ?? {}, name] as const),
    ...layers.map(({ attributes }) => [attributes?.value ?? {}, attributes?.source ?? ""] as const),
    [chosen(pod?.labels, rules.attributeLabels), "a label, by WATCHER_ATTRIBUTE_LABELS"],
    [chosen(pod?.annotations, rules.attributeAnnotations), "an annotation, by WATCHER_ATTRIBUTE_ANNOTATIONS"],
  ];
  const pairs = all.flatMap(([attributes, source]) => Object.keys(attributes).map((name) => [name, source] as const));
  // Of entries with the same name the last one stays.
  return Object.fromEntries(pairs.toReversed());
}
