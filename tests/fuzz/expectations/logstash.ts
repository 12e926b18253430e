/** What is expected of the agent logstash. @module */
import assert from "node:assert/strict";
import type { LogTarget, NodeContext } from "../../../lib/join/log_target.ts";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";

export default {
  known: { labels: [], annotations: {} },
  check({ target, node, values, paths }) {
    const { hints } = target;
    assert.ok(paths.get("log")!.endsWith(`/${target.id}/${target.log.format === "cri" ? "cri" : "docker"}.log`));
    assert.deepEqual(values.get("containers"), {
      id: target.id,
      fields: expected(target, node),
      json: hints.parser === "json",
      sampling: hints.samplingRules.map(({ pattern, rate }) => ({ pattern, rate: Math.abs(rate) })),
      redaction: hints.redactionRules.map(({ pattern, replacement }) => ({ pattern, replacement: lossy(replacement) })),
    });
  },
} satisfies Expectation;

type Fields = { [name: string]: string | Fields };

function expected(target: LogTarget, node: NodeContext): Fields {
  const labels: Record<string, string> = withoutEmpty({ component: target.component, release: target.release });
  for (const [name, value] of Object.entries(target.attributes)) {
    const safe = lossy(name).replaceAll(/[.[\]]/g, "_");
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
