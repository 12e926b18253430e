/** What is expected of the agent datadog. @module */
import assert from "node:assert/strict";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { parseFile } from "../parse_file.ts";

export default {
  known: { labels: [], annotations: {} },
  parse(text) {
    assert.ok(!text.includes("%%"), "A template variable");
    return asRead(parseFile(text, "yaml"));
  },
  check({ target, node, values }) {
    const { logs } = values.get("container") as DatadogFile;
    assert.equal(logs.length, 1);
    const { path, service, source, tags, ...rest } = logs[0]!;
    if (!/[*?[%]/.test(target.log.path)) assert.equal(path, lossy(target.log.path));
    assert.equal(service, lossy(target.application));
    assert.equal(source, lossy(target.hints.parser || target.container.image || target.application));
    const { pod, container } = target;
    for (
      const [name, value] of [
        ["kube_cluster_name", node.clusterId],
        ["kube_node", node.name],
        ["kube_namespace", pod.namespace],
        ["pod_name", pod.name],
        ["pod_uid", pod.uid],
        ["kube_container_name", container.name],
        ["container_id", target.id],
        ["image_tag", container.imageVersion],
        ["version", target.version],
      ] as const
    ) {
      assert.ok(value === "" || tags.includes(`${name}:${lossy(value)}`), name);
    }
    assert.deepEqual(Object.keys(rest).filter((key) => key !== "log_processing_rules"), ["type", "start_position"]);
  },
} satisfies Expectation;

/** A rendered file. */
export interface DatadogFile {
  readonly logs: readonly {
    readonly type: "file";
    readonly path: string;
    readonly start_position: "beginning";
    readonly service: string;
    readonly source: string;
    readonly tags: readonly string[];
    readonly log_processing_rules?: readonly {
      readonly type: string;
      readonly name: string;
      readonly pattern: string;
      readonly replace_placeholder?: string;
    }[];
  }[];
}

/** Takes out the one space between percent signs, and after ENC, wherever a space or more stand there. */
export function withoutSpaces(text: string): string {
  return text.replace(/% (?= *%)/g, "%").replace(/^([ \t]*ENC) (?= *\[)/, "$1");
}

function asRead(value: unknown): unknown {
  if (typeof value === "string") return withoutSpaces(value);
  if (Array.isArray(value)) return value.map(asRead);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asRead(item)]));
}
