/** What is expected of the agent appdynamics. @module */
import assert from "node:assert/strict";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { own, present } from "../present_fields.ts";

export default {
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
} satisfies Expectation;
