/** What is expected of the agent fluent-bit. @module */
import assert from "node:assert/strict";
import type { LogTarget, NodeContext } from "../../../lib/join/log_target.ts";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { parseFile } from "../parse_file.ts";

export default {
  known: { labels: [], annotations: {} },
  settings: { dbPath: "/word", parsers: "word" },
  refusesAll: ({ dbPath }) => String(dbPath).includes("${"),
  parse(text) {
    assert.ok(!text.includes("${"), "A variable");
    return asRead(parseFile(text, "yaml"));
  },
  check({ target, node, values }) {
    const file = values.get("container") as FluentBitFile;
    assert.ok(Object.keys(file).every((key) => ["multiline_parsers", "pipeline"].includes(key)));
    assert.ok(Object.keys(file.pipeline).every((key) => ["inputs", "filters"].includes(key)));
    const [input] = file.pipeline.inputs;
    assert.equal(file.pipeline.inputs.length, 1);
    assert.equal(input?.tag, `kube.${target.id}`);
    if (!/[*?[\\,$]/.test(target.log.path)) assert.equal(input?.path, lossy(target.log.path));
    assert.deepEqual(attributesIn(file), expected(target, node));
  },
} satisfies Expectation;

/** A rendered file, as far as tests look at it. */
export interface FluentBitFile {
  readonly pipeline: {
    readonly inputs: readonly {
      readonly tag: string;
      readonly path: string;
      readonly processors: { readonly logs: readonly { readonly key: string; readonly value: string }[] };
    }[];
  };
}

/** Gives the attributes that a file adds. */
export function attributesIn(file: FluentBitFile): Record<string, string> {
  return Object.fromEntries(file.pipeline.inputs[0]!.processors.logs.map(({ key, value }) => [key, value]));
}

/** Takes out the one space that is put between `$` and `{`, wherever a space or more stand there. */
export function withoutSpace(text: string): string {
  return text.replace(/\$ (?= *\{)/g, "$");
}

function asRead(value: unknown): unknown {
  if (typeof value === "string") return withoutSpace(value);
  if (Array.isArray(value)) return value.map(asRead);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asRead(item)]));
}

function expected(target: LogTarget, node: NodeContext): Record<string, string> {
  const { pod, container } = target;
  const entries = Object.entries({
    "kubernetes.namespace_name": pod.namespace,
    "kubernetes.pod_name": pod.name,
    "kubernetes.pod_id": pod.uid,
    "kubernetes.container_name": container.name,
    "kubernetes.docker_id": target.id,
    "kubernetes.container_image": container.imageReference,
    "kubernetes.host": node.name,
    "kubernetes.cluster_name": node.clusterId,
    "kubernetes.labels.application": target.application,
    "kubernetes.labels.component": target.component,
    "kubernetes.labels.environment": target.environment,
    "kubernetes.labels.version": target.version,
    "kubernetes.labels.release": target.release,
  });
  const others = Object.entries(target.attributes).filter(([name]) => name !== "")
    .map(([name, text]) => [`kubernetes.labels.${lossy(name)}`, text] as const);
  const present = [...entries, ...others].filter(([, text]) => text !== "");
  return Object.fromEntries(present.map(([name, text]) => [name, lossy(text)]));
}
