/**
 * The operator's rules in the configuration file.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { isMap } from "yaml";
import { readAttributes } from "../hints/attributes.ts";
import { readAgents, readBoolean, readMultiline, readParser } from "../hints/hint_values.ts";
import { readLabelSelector } from "../hints/label_selector.ts";
import type { OperatorHints, OperatorMatch } from "../hints/operator_hints.ts";
import { readRedactionRules, readSamplingRules } from "../hints/rule_list.ts";
import type { WishValues } from "../hints/wishes.ts";
import type { Constraint } from "../join/constraints.ts";
import { readEnd } from "./rule_summary.ts";
import { didYouMean } from "./suggest.ts";
import type { YamlFile, YamlNode } from "./yaml_file.ts";

/** What the operator wants, besides settings. */
export interface OperatorRules {
  readonly constraints: readonly Constraint[];
  readonly hints: readonly OperatorHints[];
  /** Sampling rules in the form of the Python program, for the agent scalyr. */
  readonly scalyrSampling: readonly ScalyrSamplingRule[];
}

/** A sampling rule of the Python program: the first that is met replaces the pod's annotation. */
export interface ScalyrSamplingRule {
  readonly application: string | undefined;
  readonly component: string | undefined;
  /** From 0 to 1; of a container by its id, so that it stays what it is. */
  readonly probability: number;
  /** JSON text of the annotation. */
  readonly value: string;
}

/** No rules. */
export const NO_RULES: OperatorRules = { constraints: [], hints: [], scalyrSampling: [] };

/** Keys of the file that hold rules. */
export const RULE_KEYS: readonly string[] = ["include", "exclude", "attributes", "rules", "scalyr_sampling_rules"];

const MATCH_KEYS = ["namespaces", "pods", "containers", "labels", "images"];
const CONSTRAINT_KEYS = [...MATCH_KEYS, "agents", "until"];
const HINT_KEYS = [
  "exclude",
  "agents",
  "parser",
  "multiline",
  "samplingRules",
  "redactionRules",
  "attributes",
] as const;
const HINT_RULE_KEYS = ["name", "match", "overrides", "until", ...HINT_KEYS];

/**
 * Reads the rules of a file; what is wrong is left out and told to the file.
 *
 * @param knownAgents Names that rules may have for agents; undefined: not known yet, and not checked.
 */
export function parseOperatorRules(file: YamlFile, knownAgents?: readonly string[]): OperatorRules {
  const parts = new Map(file.entries(file.root, "the file"));
  const list = (key: string) => parts.has(key) ? file.items(parts.get(key)!, key) : [];
  const attributes = parts.get("attributes");
  if (knownAgents) checkAgents(["include", "exclude", "rules"].flatMap(list), { file, knownAgents });
  return {
    constraints: [
      ...list("include").flatMap((node) => constraintOf(node, { file, kind: "include" })),
      ...list("exclude").flatMap((node) => constraintOf(node, { file, kind: "exclude" })),
    ],
    hints: [
      ...list("rules").flatMap((node, index) => hintsOf(node, { file, index })),
      ...(attributes ? attributesOf(attributes, file) : []),
    ],
    scalyrSampling: list("scalyr_sampling_rules").flatMap((node) => scalyrRuleOf(node, file)),
  };
}

/** Refuses agents that nobody has: a mistyped name would leave logs to nobody, or to everybody. */
function checkAgents(
  rules: readonly YamlNode[],
  { file, knownAgents }: { readonly file: YamlFile; readonly knownAgents: readonly string[] },
): void {
  for (const rule of rules) {
    const agents = isMap(rule.node) ? new Map(file.entries(rule, "a rule")).get("agents") : undefined;
    for (const name of [agents?.value].flat()) {
      if (typeof name !== "string" || name === "" || knownAgents.includes(name)) continue;
      file.problem(agents!, `agents: ${JSON.stringify(name)} is not known${didYouMean(name, knownAgents)}`);
    }
  }
}

function constraintOf(
  node: YamlNode,
  { file, kind }: { readonly file: YamlFile; readonly kind: Constraint["kind"] },
): Constraint[] {
  const before = file.problemCount;
  const entries = new Map(knownEntries(node, { file, what: `an item of ${kind}`, known: CONSTRAINT_KEYS }));
  const match = matchOf(entries, file);
  const images = names(entries.get("images"), { file, key: "images" });
  const agents = names(entries.get("agents"), { file, key: "agents" });
  const untilMs = untilOf(entries.get("until"), file);
  if (file.problemCount > before) return [];
  if (Object.keys(match).length === 0 && !images) {
    file.problem(node, `expected at least one of ${MATCH_KEYS.join(", ")}`);
    return [];
  }
  return [{
    kind,
    name: `${kind} at ${file.place(node)}`,
    match: { ...match, ...(images ? { images } : {}) },
    ...(agents ? { agents } : {}),
    ...(untilMs === undefined ? {} : { untilMs }),
  }];
}

function hintsOf(
  node: YamlNode,
  { file, index }: { readonly file: YamlFile; readonly index: number },
): OperatorHints[] {
  const before = file.problemCount;
  const entries = new Map(knownEntries(node, { file, what: "a rule", known: HINT_RULE_KEYS }));
  const matchNode = entries.get("match");
  const match = matchNode
    ? matchOf(
      new Map(knownEntries(matchNode, { file, what: "match", known: MATCH_KEYS.filter((key) => key !== "images") })),
      file,
    )
    : {};
  const hints: Partial<Record<keyof WishValues, unknown>> = {};
  for (const key of HINT_KEYS) {
    const item = entries.get(key);
    if (item) Object.assign(hints, readHint(key, { item, file }));
  }
  const name = entries.get("name")?.value;
  const overrides = entries.has("overrides")
    ? readBoolean(
      entries.get("overrides")!.value,
      (expected) => file.problem(entries.get("overrides")!, `overrides must be ${expected}`),
    )
    : false;
  const untilMs = untilOf(entries.get("until"), file);
  if (Object.keys(hints).length === 0 && file.problemCount === before) {
    file.problem(node, `expected at least one of ${HINT_KEYS.join(", ")}`);
  }
  if (file.problemCount > before) return [];
  return [{
    name: typeof name === "string" ? `rule ${name}` : `rule ${index + 1} (${file.place(node)})`,
    match,
    hints: hints as Partial<WishValues>,
    ...(overrides ? { overrides } : {}),
    ...(untilMs === undefined ? {} : { untilMs }),
  }];
}

/** Reads one wish as annotations are read. */
function readHint(
  key: (typeof HINT_KEYS)[number],
  { item, file }: { readonly item: YamlNode; readonly file: YamlFile },
): Partial<Record<keyof WishValues, unknown>> {
  const refuse = (expected: string) => file.problem(item, `${key}: expected ${expected}`);
  const value = scalyrForm(key, item.value);
  switch (key) {
    case "exclude":
      return some(key, readBoolean(value, refuse));
    case "agents":
      return some(key, readAgents(value, refuse));
    case "parser":
      return some(key, readParser(value, refuse));
    case "multiline": {
      const found = readMultiline(value, refuse);
      return found ? { multiline: found.multiline } : {};
    }
    case "samplingRules":
      return some(key, readSamplingRules(value, refuse));
    case "redactionRules":
      return some(key, readRedactionRules(value, refuse));
    case "attributes":
      return some(key, readAttributes(value, refuse));
  }
}

function some(key: keyof WishValues, value: unknown): Partial<Record<keyof WishValues, unknown>> {
  return value === undefined ? {} : { [key]: value };
}

/** In a file rules may be written as {pattern, rate} and {pattern, replacement}, too. */
function scalyrForm(key: string, value: unknown): unknown {
  if ((key !== "samplingRules" && key !== "redactionRules") || !Array.isArray(value)) return value;
  return value.map((rule: unknown) => {
    if (typeof rule !== "object" || rule === null || !("pattern" in rule)) return rule;
    const { pattern, rate, ...rest } = rule as Record<string, unknown>;
    return { match_expression: pattern, ...(rate === undefined ? {} : { sampling_rate: rate }), ...rest };
  });
}

function attributesOf(node: YamlNode, file: YamlFile): OperatorHints[] {
  const attributes = readAttributes(node.value, (expected) => file.problem(node, `attributes: expected ${expected}`));
  return attributes ? [{ name: "attributes of the configuration file", match: {}, hints: { attributes } }] : [];
}

function matchOf(entries: ReadonlyMap<string, YamlNode>, file: YamlFile): OperatorMatch {
  const match: { -readonly [K in keyof OperatorMatch]: OperatorMatch[K] } = {};
  for (const key of ["namespaces", "pods", "containers"] as const) {
    const found = names(entries.get(key), { file, key });
    if (found) match[key] = found;
  }
  const labels = entries.get("labels");
  if (labels) {
    const selector = typeof labels.value === "string" ? readLabelSelector(labels.value) : undefined;
    if (selector) match.labels = selector;
    else file.problem(labels, "labels: expected a label selector, e.g. app=web,tier!=cache,env in (prod,test)");
  }
  return match;
}

/** Reads a list of names, or one name. */
function names(
  node: YamlNode | undefined,
  { file, key }: { readonly file: YamlFile; readonly key: string },
): readonly string[] | undefined {
  if (!node) return undefined;
  const list: unknown = typeof node.value === "string" ? [node.value] : node.value;
  if (Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === "string" && name !== "")) {
    return list;
  }
  file.problem(node, `${key}: expected a name, or a list of names`);
  return undefined;
}

function untilOf(node: YamlNode | undefined, file: YamlFile): number | undefined {
  if (!node) return undefined;
  const ms = readEnd(node.value);
  if (ms === undefined) {
    file.problem(node, "until: expected a day such as 2026-12-31, or a moment such as 2026-12-31T18:00:00Z");
  }
  return ms;
}

function knownEntries(
  node: YamlNode,
  { file, what, known }: { readonly file: YamlFile; readonly what: string; readonly known: readonly string[] },
): readonly (readonly [string, YamlNode])[] {
  return file.entries(node, what).filter(([key, item]) => {
    if (known.includes(key)) return true;
    file.problem(item.key, `${key} is not known in ${what}${didYouMean(key, known)}`);
    return false;
  });
}

function scalyrRuleOf(node: YamlNode, file: YamlFile): ScalyrSamplingRule[] {
  const known = ["application", "component", "probability", "value"];
  const entries = new Map(knownEntries(node, { file, what: "a sampling rule", known }));
  const before = file.problemCount;
  const text = (key: string) => {
    const item = entries.get(key);
    if (item && typeof item.value !== "string") file.problem(item, `${key}: expected a text`);
    return typeof item?.value === "string" ? item.value : undefined;
  };
  const [application, component, value] = [text("application"), text("component"), text("value")];
  const probability = entries.get("probability")?.value ?? 1;
  if (typeof probability !== "number" || !(probability >= 0 && probability <= 1)) {
    file.problem(entries.get("probability")!, "probability: expected a number from 0 to 1");
  }
  if (value === undefined && !entries.has("value")) {
    file.problem(node, "value is missing: the JSON text of the annotation");
  }
  if (file.problemCount > before) return [];
  return [{ application, component, probability: probability as number, value: value! }];
}

/** Finds the rule that is for a container, as the Python program did. */
export function scalyrRuleFor(
  rules: readonly ScalyrSamplingRule[],
  { id, application, component }: { readonly id: string; readonly application: string; readonly component: string },
): ScalyrSamplingRule | undefined {
  return rules.find((rule) =>
    (rule.application ?? application) === application && (rule.component ?? component) === component &&
    crc32(id) % 100 + 1 <= rule.probability * 100
  );
}
