/**
 * What is known of the built-in agents' outputs: which labels and annotations they look at, and what must come back. An agent that is
 * not in the table is tried all the same, with what holds for every agent.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { LogTarget, NodeContext } from "../../lib/join/log_target.ts";
import { lossy } from "./lossy.ts";
import type { KnownKeys } from "./scene.ts";

/** What an agent made of one target. */
export interface View {
  readonly target: LogTarget;
  readonly node: NodeContext;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Parsed file, or the element of the node's list that is the target's, by output name. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Path by output name. */
  readonly paths: ReadonlyMap<string, string>;
}

/** What is expected of one agent. */
export interface Expectation {
  readonly known: KnownKeys;
  /** Settings with which the agent shows keys that it does not show otherwise. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Says that the documentation has the agent refuse everything with these settings. */
  refusesAll?(settings: Readonly<Record<string, unknown>>): boolean;
  /** Throws when something did not come back as documented. */
  check(view: View): void;
}

/** Holds for agents that are not in the table. */
export const UNKNOWN_AGENT: Expectation = { known: { labels: [], annotations: {} }, check: () => {} };

const PARSER = "kubernetes-log-watcher/scalyr-parser";
const SAMPLING = "kubernetes-log-watcher/scalyr-sampling-rules";
const REDACTION = "kubernetes-log-watcher/scalyr-redaction-rules";

/** By name of the agent. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  appdynamics: {
    known: { labels: ["appdynamics_app", "appdynamics_tier"], annotations: {} },
    check({ target, node, values }) {
      const job = values.get("job") as { fields: unknown; source: { path: unknown; nameGlob: unknown } };
      const { labels } = target.pod;
      assert.deepEqual(job.fields, {
        sourceType: `application-${lossy(target.application)}`,
        nodeName: lossy(node.name),
        LogFile: target.log.name,
        application_id: lossy(target.application),
        application_version: lossy(target.version) || "none",
        container_name: lossy(target.container.name),
        application_pod: lossy(target.pod.name),
        application_namespace: lossy(target.pod.namespace),
        ...present({
          kubernetes_cluster: node.clusterId,
          application_release: target.release,
          tierName: own(labels, "appdynamics_tier"),
          appName: own(labels, "appdynamics_app"),
        }),
      });
      assert.equal(job.source.path, lossy(target.log.directory));
      assert.equal(job.source.nameGlob, target.log.name);
    },
  },
  scalyr: {
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
    refusesAll: ({ destPath }) => /[*?[]/.test(String(destPath)),
    check: checkScalyr,
  },
  symlinker: {
    known: { labels: [], annotations: {} },
    check({ paths, settings }) {
      const below = paths.get("log")!.slice(rootLength(settings.symlinkDir));
      assert.match(below, /^\/[^/]+(\/[A-Za-z0-9_-]{1,251}){6}\/[A-Za-z0-9_-]{1,251}\.log$/);
    },
  },
};

interface ScalyrEntry {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly rename_logfile: string;
  readonly sampling_rules?: readonly { readonly match_expression: string; readonly sampling_rate: number }[];
  readonly redaction_rules: readonly Readonly<Record<string, string>>[];
}

function checkScalyr({ target, node, settings, values, paths }: View) {
  const entry = values.get("config") as ScalyrEntry;
  assert.equal(entry.path, lossy(paths.get("log")!));
  const { parser, ...attributes } = entry.attributes;
  const cluster = [node.clusterEnvironment, node.name];
  assert.deepEqual(attributes, {
    ...present({
      application: target.application,
      component: target.component,
      environment: target.environment === cluster[0] ? "" : target.environment,
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
}

/** Every rule has the form that Scalyr takes, and every expression is one of the pod's. */
function checkRules(target: LogTarget, { sampling_rules = [], redaction_rules }: ScalyrEntry) {
  for (const { match_expression, sampling_rate, ...rest } of sampling_rules) {
    assert.ok(sampling_rate >= 0 && sampling_rate <= 1, "sampling_rate");
    assert.ok(expressions(target, SAMPLING).has(match_expression));
    assert.deepEqual(rest, {});
  }
  assert.match(redaction_rules.at(-1)?.replacement ?? "", /JWT/);
  for (const { match_expression, replacement, hash_salt, ...rest } of redaction_rules.slice(0, -1)) {
    assert.ok(expressions(target, REDACTION).has(match_expression!));
    for (const text of [replacement, hash_salt]) assert.ok(text === undefined || typeof text === "string");
    assert.deepEqual(rest, {});
  }
  const [simple] = rulesOf(simpleItem(target, REDACTION)?.["redaction-rules"]);
  const replacement = simple?.replacement;
  if (simple?.match_expression === "x" && typeof replacement === "string" && replacement.length <= 1_000) {
    assert.equal(redaction_rules[0]?.replacement, lossy(replacement), "replacement");
  }
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

function own(map: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(map, key) ? map[key]! : "";
}

function present(fields: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(fields).filter(([, text]) => text !== "");
  return Object.fromEntries(entries.map(([name, text]) => [name, lossy(text)]));
}

function rootLength(root: unknown): number {
  return root === "/" ? 0 : String(root).length;
}
