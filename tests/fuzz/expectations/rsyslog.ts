/** What is expected of the agent rsyslog. @module */
import assert from "node:assert/strict";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { present } from "../present_fields.ts";

export default {
  known: { labels: [], annotations: {} },
  check({ target, node, values, paths }) {
    const entry = values.get("table") as { index: string; value: string };
    assert.deepEqual(Object.keys(entry), ["index", "value"]);
    assert.equal(entry.index, lossy(paths.get("log")!));
    assert.match(entry.index, /\/[0-9a-f]{64}\/[A-Za-z0-9_-][A-Za-z0-9._-]{1,240}\.(cri|docker)\.log$/);
    assert.deepEqual(JSON.parse(entry.value), {
      ...present({
        cluster: node.clusterId,
        application: target.application,
        component: target.component,
        environment: target.environment,
        version: target.version,
        release: target.release,
        parser: target.hints.parser,
      }),
      kubernetes: present({
        namespace_name: target.pod.namespace,
        pod_name: target.pod.name,
        pod_id: target.pod.uid,
        container_name: target.container.name,
        container_image: target.container.imageReference,
        host: node.name,
      }),
      docker: { container_id: target.id },
      ...Object.values(target.attributes).some((text) => text !== "")
        ? { attributes: presentByAnyName(target.attributes) }
        : {},
    });
  },
} satisfies Expectation;

/** As `present`, for names that are hostile, too. */
function presentByAnyName(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(present(fields)).map(([name, text]) => [lossy(name), text]));
}
