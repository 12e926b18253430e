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
    return withoutParsers(asRead(parseFile(text, "yaml")) as Partial<FluentBitFile>);
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

/** Leaves out the filter that is there only where a pod asks for a parser of the operator's, which a harmless twin does not. */
function withoutParsers(file: Partial<FluentBitFile>): unknown {
  const { filters } = file.pipeline ?? {};
  if (filters === undefined) return file;
  const others = filters.filter(({ name }) => name !== "parser");
  for (const parser of filters.slice(others.length)) {
    assert.deepEqual(Object.keys(parser), ["name", "match", "key_name", "parser", "reserve_data"]);
  }
  const { filters: _, ...pipeline } = file.pipeline!;
  return { ...file, pipeline: others.length === 0 ? pipeline : { ...pipeline, filters: others } };
}

/** A rendered file, as far as tests look at it. */
export interface FluentBitFile {
  readonly pipeline: {
    readonly inputs: readonly {
      readonly tag: string;
      readonly path: string;
      readonly processors: { readonly logs: readonly { readonly key: string; readonly value: string }[] };
    }[];
    readonly filters?: readonly { readonly name: string }[];
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
