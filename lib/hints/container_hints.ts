/**
 * Works out what is wished for the log of one container, of all that the operator and the pod say. Pure.
 *
 * In order of precedence: rules of the operator that override, the program's own annotations, those of other vocabularies in the order of the setting, rules of
 * the operator. Redaction rules of all of them hold, those of the operator first. Attributes: operator, own annotations, other vocabularies, chosen labels,
 * chosen annotations.
 *
 * @module
 */
import { type AttributeChoice, chosenAttributes } from "./attribute_choice.ts";
import { type Attributes, mergeAttributes, NO_ATTRIBUTES } from "./attributes.ts";
import { type HintProblem, ProblemList } from "./hint_problem.ts";
import { type LogHints, NO_HINTS, type RedactionRule } from "./log_hints.ts";
import { mergeWishes } from "./merge_wishes.ts";
import { isFor, type OperatorHints } from "./operator_hints.ts";
import { annotation, type Vocabulary, type Wish, type Wishes, type WishValues } from "./wishes.ts";

/** What is wished for the log of one container. */
export interface ContainerHints {
  readonly hints: LogHints;
  /** Sorted by name. */
  readonly attributes: Attributes;
  /** Why the container is excluded, a sentence without a full stop; undefined if it is not. */
  readonly exclusion: string | undefined;
  readonly problems: readonly HintProblem[];
}

/** The pod's side of a container. */
export interface HintedContainer {
  readonly podUid: string;
  readonly namespace: string;
  readonly podName: string;
  readonly containerName: string;
  /** Undefined while the pod is not known. */
  readonly pod: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly containers: readonly { readonly name: string }[];
  } | undefined;
}

/** What hints are worked out with. */
export interface HintRules {
  /** Most important first. */
  readonly vocabularies: readonly Vocabulary[];
  readonly attributeLabels: readonly AttributeChoice[];
  readonly attributeAnnotations: readonly AttributeChoice[];
  /** Agents that are configured here; undefined: not known, then names are not checked. */
  readonly agents: ReadonlySet<string> | undefined;
  /** Rules that hold now, most important first. */
  readonly operator: readonly OperatorHints[];
}

/** What holds where nothing is said. */
export const NO_CONTAINER_HINTS: ContainerHints = Object.freeze({
  hints: NO_HINTS,
  attributes: NO_ATTRIBUTES,
  exclusion: undefined,
  problems: Object.freeze([]),
});

/** Works out the hints of a container. Never throws, whatever the pod's texts. */
export function containerHints(container: HintedContainer, rules: HintRules): ContainerHints {
  const problems = new ProblemList(container);
  const workload = workloadWishes(container, { rules, problems });
  const operator = operatorRules(container, rules);
  const wish = <K extends keyof WishValues>(hint: K): Wish<WishValues[K]> | undefined =>
    firstOf(operator.filter(({ overrides }) => overrides), hint) ?? workload[hint] as Wish<WishValues[K]> | undefined ??
      firstOf(operator, hint);
  const agents = wish("agents");
  const exclude = wish("exclude");
  const name = `container ${container.containerName} of pod ${container.namespace}/${container.podName}`;
  const exclusion = exclude?.value
    ? `Excluded by ${exclude.source}: ${name}`
    : agents && forNobodyHere(agents, { name, known: rules.agents, problems });
  return {
    hints: sameAsNone({
      parser: wish("parser")?.value ?? "",
      multiline: wish("multiline")?.value,
      samplingRules: wish("samplingRules")?.value ?? NO_HINTS.samplingRules,
      redactionRules: redactionRules(container, { rules, workload }),
      agents: agents?.value ?? NO_HINTS.agents,
    }),
    attributes: attributes(container, { rules, operator, workload, problems }),
    exclusion,
    problems: problems.problems,
  };
}

function workloadWishes(
  container: HintedContainer,
  { rules, problems }: { rules: HintRules; problems: ProblemList },
): Wishes {
  if (!container.pod) return {};
  return mergeWishes(workloadLayers(container, { rules, problems }), (conflict) => problems.conflict(conflict));
}

/** Reads what each vocabulary says, the most important one first; nothing while the pod is not known. */
export function workloadLayers(
  { pod, containerName }: HintedContainer,
  { rules, problems }: { readonly rules: HintRules; readonly problems: ProblemList },
): readonly Wishes[] {
  if (!pod) return [];
  const subject = { ...pod, container: containerName, containers: pod.containers.map(({ name }) => name) };
  return rules.vocabularies.map((vocabulary) => vocabulary.read(subject, problems));
}

/** Finds the operator's rules that are for a container, the most important one first. */
export function operatorRules(container: HintedContainer, { operator }: HintRules): readonly OperatorHints[] {
  if (operator.length === 0) return operator;
  return operator.filter(({ match }) => isFor(match, { container: matched(container), isMetUnknown: false }));
}

function matched({ namespace, podName, containerName, pod }: HintedContainer) {
  return { namespace, podName, containerName, labels: pod?.labels };
}

function firstOf<K extends keyof WishValues>(
  rules: readonly OperatorHints[],
  hint: K,
): Wish<WishValues[K]> | undefined {
  const rule = rules.find(({ hints }) => Object.hasOwn(hints, hint));
  return rule && { value: rule.hints[hint] as WishValues[K], source: rule.name };
}

/** Puts the operator's rules first. Those for some labels hold, too, while the pod's labels are not known: better too much is hidden than too little. */
function redactionRules(
  container: HintedContainer,
  { rules, workload }: { rules: HintRules; workload: Wishes },
): readonly RedactionRule[] {
  const own = workload.redactionRules?.value ?? NO_HINTS.redactionRules;
  const operator = rules.operator
    .filter(({ match }) => isFor(match, { container: matched(container), isMetUnknown: true }))
    .flatMap(({ hints }) => hints.redactionRules ?? []);
  return operator.length === 0 ? own : [...operator, ...own];
}

function attributes(
  { pod }: HintedContainer,
  { rules, operator, workload, problems }: {
    rules: HintRules;
    operator: readonly OperatorHints[];
    workload: Wishes;
    problems: ProblemList;
  },
): Attributes {
  const leaveOut = (key: string) => problems.invalid(annotation(key), "a text that is short enough to be an attribute");
  const layers: Attributes[] = [
    ...operator.map(({ hints }) => hints.attributes ?? NO_ATTRIBUTES),
    workload.attributes?.value ?? {},
    chosenAttributes(pod?.labels ?? {}, { choices: rules.attributeLabels, leaveOut }),
    chosenAttributes(pod?.annotations ?? {}, { choices: rules.attributeAnnotations, leaveOut }),
  ];
  return mergeAttributes(layers, (expected) => problems.invalid("the set of attributes", expected));
}

/** Tells why a log is for no agent that is configured here; names that are not known are reported. */
function forNobodyHere(
  { value, source }: Wish<readonly string[]>,
  { name, known, problems }: { name: string; known: ReadonlySet<string> | undefined; problems: ProblemList },
): string | undefined {
  if (!known || value.length === 0) return undefined;
  const strange = value.filter((agent) => !known.has(agent));
  if (strange.length === 0) return undefined;
  problems.invalid(
    source,
    `agents that are configured here (${[...known].join(", ")}); not known: ${strange.join(", ")}`,
  );
  if (strange.length < value.length) return undefined;
  return `Excluded by ${source}, which names no agent that is configured here: ${name}`;
}

function sameAsNone(hints: LogHints): LogHints {
  const { parser, multiline, samplingRules, redactionRules, agents } = hints;
  const isEmpty = parser === "" && multiline === undefined &&
    samplingRules.length + redactionRules.length + agents.length === 0;
  return isEmpty ? NO_HINTS : hints;
}
