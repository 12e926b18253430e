/** What is expected of the agent scalyr. @module */
import assert from "node:assert/strict";
import type { LogTarget } from "../../../lib/join/log_target.ts";
import type { Expectation, View } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { own, present } from "../present_fields.ts";

const PARSER = "kubernetes-log-watcher/scalyr-parser";
const SAMPLING = "kubernetes-log-watcher/scalyr-sampling-rules";
const REDACTION = "kubernetes-log-watcher/scalyr-redaction-rules";

export default {
  known: {
    labels: [],
    annotations: { [PARSER]: "parser", [SAMPLING]: "sampling-rules", [REDACTION]: "redaction-rules" },
  },
  settings: {
    parseLinesJson: "*",
    server: "word",
    enableProfiling: true,
    journald: true,
    journaldPath: "/word",
    journaldAttributes: { word: "word" },
    journaldExtraFields: { word: "word" },
  },
  // An asterisk in Scalyr's path is a pattern, and cannot be written otherwise.
  refusesAll: ({ destPath, fragment, parseLinesJson }) =>
    (fragment !== true && /[*?[]/.test(String(destPath))) ||
    String(parseLinesJson ?? "").split(",").some((item) => item.split("=").length > 2),
  check: checkScalyr,
} satisfies Expectation;

/** Attributes that no pod can set. */
const TAKEN = new Set(
  ("application component environment version release pod namespace container container_id parser serverHost cluster " +
    "cluster_environment cluster_alias node logfile original_file").split(" "),
);

interface ScalyrEntry {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly rename_logfile: string;
  readonly sampling_rules?: readonly { readonly match_expression: string; readonly sampling_rate: number }[];
  readonly redaction_rules: readonly Readonly<Record<string, string>>[];
}

function checkScalyr({ target, node, settings, values, paths }: View) {
  const entry = values.get(settings.fragment ? "fragment" : "config") as ScalyrEntry;
  const path = settings.fragment ? target.log.path.replaceAll(/[*?[]/g, "[$&]") : paths.get("log")!;
  assert.equal(entry.path, lossy(path));
  const { parser, ...rest } = entry.attributes;
  const wished = Object.entries(target.attributes).filter(([name]) => !TAKEN.has(name));
  const attributes = Object.fromEntries(Object.entries(rest).filter(([name]) => TAKEN.has(name)));
  const others = Object.fromEntries(Object.entries(rest).filter(([name]) => !TAKEN.has(name)));
  assert.deepEqual(others, Object.fromEntries(wished.map(([name, value]) => [name, lossy(value)])));
  // A fragment says where the node is with each log, and says all, as the server attributes are not its own.
  const known = settings.fragment ? undefined : node.clusterEnvironment;
  const place = {
    cluster: node.clusterId,
    cluster_environment: node.clusterEnvironment,
    cluster_alias: node.clusterAlias,
    node: node.name,
  };
  assert.deepEqual(attributes, {
    ...present({
      ...(settings.fragment ? place : {}),
      application: target.application,
      component: target.component,
      environment: target.environment === known ? "" : target.environment,
      version: target.version,
      release: target.release,
      pod: target.pod.name,
      namespace: target.pod.namespace,
      container: target.container.name,
      container_id: target.id,
    }),
  });
  const query = new URLSearchParams(entry.rename_logfile.slice(1));
  assert.equal(query.get("application"), target.application.toWellFormed());
  assert.deepEqual([...query.keys()], ["application", "component", "version", "container_id"]);
  const asked = simpleItem(target, PARSER)?.parser;
  if (typeof asked === "string" && asked !== "" && asked.length <= 200 && settings.parseLinesJson === undefined) {
    assert.equal(parser ?? "json", lossy(asked), "parser");
  }
  checkRules(target, entry);
  checkWishes(target, entry);
}

/** Every rule has the form that Scalyr takes, and every expression is one of the pod's. */
function checkRules(target: LogTarget, { sampling_rules = [], redaction_rules }: ScalyrEntry) {
  for (const { match_expression, sampling_rate, ...rest } of sampling_rules) {
    assert.ok(sampling_rate >= 0 && sampling_rate <= 1, "sampling_rate");
    assert.ok(expressions(target, SAMPLING).has(match_expression) || isWished(target, match_expression));
    assert.deepEqual(rest, {});
  }
  assert.match(redaction_rules.at(-1)?.replacement ?? "", /JWT/);
  for (const { match_expression, replacement, hash_salt, ...rest } of redaction_rules.slice(0, -1)) {
    assert.ok(expressions(target, REDACTION).has(match_expression!) || isWished(target, match_expression!));
    for (const text of [replacement, hash_salt]) assert.ok(text === undefined || typeof text === "string");
    assert.deepEqual(rest, {});
  }
  const [simple] = rulesOf(simpleItem(target, REDACTION)?.["redaction-rules"]);
  const replacement = simple?.replacement;
  if (simple?.match_expression === "x" && typeof replacement === "string" && replacement.length <= 1_000) {
    const { length } = target.hints.redactionRules;
    assert.equal(redaction_rules[length]?.replacement, lossy(replacement), "replacement");
  }
}

function isWished({ hints }: LogTarget, pattern: string): boolean {
  return [...hints.samplingRules, ...hints.redactionRules].some((rule) => rule.pattern === pattern);
}

/** Every wish is there: redaction rules first, what is asked for with Scalyr's own annotations instead of the others. */
function checkWishes(target: LogTarget, { redaction_rules }: ScalyrEntry) {
  target.hints.redactionRules.forEach(({ pattern, replacement }, index) => {
    assert.equal(redaction_rules[index]?.match_expression, pattern);
    const expected = replacement.includes("\\H") ? "***" : replacement.replaceAll("\\", "\\\\");
    assert.equal(redaction_rules[index]?.replacement, lossy(expected));
  });
}

/** Gives the one item of an annotation that has one, for the container. */
function simpleItem(target: LogTarget, annotation: string): Record<string, unknown> | undefined {
  const list = parse(own(target.pod.annotations, annotation));
  const item: unknown = Array.isArray(list) && list.length === 1 ? list[0] : undefined;
  return isRecord(item) && item.container === target.container.name ? item : undefined;
}

function expressions(target: LogTarget, annotation: string): Set<unknown> {
  const list = parse(own(target.pod.annotations, annotation));
  const items = Array.isArray(list) ? list.filter(isRecord) : [];
  return new Set(items.flatMap((item) => Object.values(item).flatMap(rulesOf)).map((rule) => rule.match_expression));
}

function rulesOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
