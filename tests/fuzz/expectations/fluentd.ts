/** What is expected of the agent fluentd. @module */
import assert from "node:assert/strict";
import { readFluentd, type Section } from "../../../agents/fluentd/read_fluentd.ts";
import type { LogTarget, NodeContext } from "../../../lib/join/log_target.ts";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { present } from "../present_fields.ts";

export default {
  known: { labels: [], annotations: {} },
  settings: { posPath: "/word", parsers: "word" },
  parse: (text) => fluentdRecord(text),
  check({ target, node, values }) {
    const { path, kubernetes, docker } = values.get("container") as FluentdRecord;
    if (!/[*%]/.test(target.log.path)) assert.equal(path, lossy(target.log.path));
    assert.deepEqual(kubernetes, expected(target, node));
    assert.deepEqual(docker, { container_id: target.id });
  },
} satisfies Expectation;

/** What a file makes of a line. */
export interface FluentdRecord {
  readonly path: string;
  /** Names of the sections with their types, one line each, in order. */
  readonly steps: readonly string[];
  readonly kubernetes: { readonly labels: Readonly<Record<string, string>>; readonly [name: string]: unknown };
  readonly docker: unknown;
}

/** Reads a file, and does what record_transformer does with the attributes in it. */
export function fluentdRecord(text: string): FluentdRecord {
  const sections = readFluentd(text);
  const source = sections.find(({ name }) => name === "source")!;
  const filters = sections.flatMap((section) => section.sections).filter(({ name }) => name === "filter");
  const record: Record<string, unknown> = {};
  for (const filter of filters) {
    if (filter.values.get("@type") !== "record_transformer" || filter.values.has("enable_ruby")) continue;
    Object.assign(record, transformed(filter, record));
    for (const key of filter.values.get("remove_keys")?.split(",") ?? []) delete record[key];
  }
  assert.deepEqual(Object.keys(record), ["kubernetes", "docker"]);
  const { kubernetes, docker } = record as Pick<FluentdRecord, "kubernetes" | "docker">;
  const steps = filters.filter((filter) => !isOfMarks(filter)).map((one) => one.values.get("@type")!);
  return { path: source.values.get("path")!, steps, kubernetes, docker };
}

function isOfMarks({ sections }: Section): boolean {
  return sections.some(({ values }) => values.has("klw_dollar"));
}

function transformed({ sections }: Section, record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const section = sections.find(({ name }) => name === "record")!;
  const entries = [...section.values].map(([key, value]) => [key, /^[{[]/.test(value) ? JSON.parse(value) : value]);
  return expand(Object.fromEntries(entries), record) as Record<string, unknown>;
}

/** Replaces placeholders in all texts and keys, as PlaceholderExpander does with `enable_ruby false`. */
function expand(value: unknown, record: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{[^}]+\}|__[A-Z_]+__/g, (placeholder) => {
      const [, key = ""] = /^\$\{record\["(.*)"\]\}$/.exec(placeholder) ?? [];
      return Object.hasOwn(record, key) ? String(record[key]) : "";
    });
  }
  if (Array.isArray(value)) return value.map((item) => expand(item, record));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [expand(key, record), expand(item, record)]),
  );
}

function expected(target: LogTarget, node: NodeContext): unknown {
  const { pod, container } = target;
  return {
    ...present({
      namespace_name: pod.namespace,
      pod_name: pod.name,
      pod_id: pod.uid,
      container_name: container.name,
      container_image: container.imageReference,
      host: node.name,
      cluster_name: node.clusterId,
    }),
    labels: {
      ...present({
        application: target.application,
        component: target.component,
        environment: target.environment,
        version: target.version,
        release: target.release,
      }),
      ...Object.fromEntries(Object.entries(present(target.attributes)).map(([name, text]) => [lossy(name), text])),
    },
  };
}
