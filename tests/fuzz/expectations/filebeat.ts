/** What is expected of the agent filebeat. @module */
import assert from "node:assert/strict";
import type { LogTarget, NodeContext } from "../../../lib/join/log_target.ts";
import { type FilebeatInput, readFilebeatInput } from "../../agents/read_filebeat_input.ts";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";

export default {
  known: { labels: [], annotations: {} },
  parse: readFilebeatInput,
  check({ target, node, values }) {
    const input = values.get("input") as FilebeatInput;
    assert.equal(input.id, `klw-${target.id}`);
    assert.equal(input.paths[0]!.replaceAll(/\\(.)/g, "$1"), lossy(target.log.path));
    assert.deepEqual(input.processors[0], { add_fields: { target: "", fields: expected(target, node) } });
  },
} satisfies Expectation;

type Fields = { [name: string]: string | Fields };

function expected(target: LogTarget, node: NodeContext): Fields {
  const labels: Record<string, string> = withoutEmpty({ component: target.component, release: target.release });
  for (const [name, value] of Object.entries(target.attributes)) {
    const safe = lossy(name).replaceAll(".", "_").replace(/^(?=[+-]?\d)/, "_");
    if (safe !== "" && value !== "" && !Object.hasOwn(labels, safe)) labels[safe] = lossy(value);
  }
  return withoutEmpty({
    orchestrator: { cluster: { name: node.clusterId } },
    kubernetes: {
      node: { name: node.name },
      namespace: target.pod.namespace,
      pod: { name: target.pod.name, uid: target.pod.uid },
      container: { name: target.container.name },
      labels,
    },
    container: { id: target.id, image: { name: target.container.imageReference } },
    service: { name: target.application, version: target.version, environment: target.environment },
    labels: { parser: target.hints.parser },
  });
}

function withoutEmpty<F extends Fields>(fields: F): F {
  const cleaned = Object.entries(fields).map(([name, value]) =>
    [name, typeof value === "string" ? lossy(value) : withoutEmpty(value)] as const
  );
  return Object.fromEntries(
    cleaned.filter(([, value]) => typeof value === "string" ? value !== "" : Object.keys(value).length > 0),
  ) as F;
}
