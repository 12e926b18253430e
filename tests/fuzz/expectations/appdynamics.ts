/** What is expected of the agent appdynamics. @module */
import assert from "node:assert/strict";
import { recordStart } from "../../../agents/appdynamics/record_start.ts";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { own, present } from "../present_fields.ts";

/** Fields of the job and of AppDynamics itself, which hold before attributes of their names. */
const TAKEN = new Set(
  ("sourceType nodeName tierName appName LogFile application_id application_version application_pod application_namespace " +
    "application_release container_name kubernetes_cluster logTimestamp logStream logTag logMessage message host source " +
    "eventTimestamp pickupTimestamp").split(" "),
);

export default {
  known: { labels: ["appdynamics_app", "appdynamics_tier"], annotations: {} },
  check({ target, node, values }) {
    const job = values.get("job") as {
      fields: unknown;
      source: { path: unknown; nameGlob: unknown };
      multiline?: unknown;
    };
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
      ...Object.fromEntries(
        Object.entries(target.attributes).filter(([name]) => !TAKEN.has(name))
          .map(([name, value]) => [lossy(name), lossy(value)]),
      ),
    });
    const { multiline } = target.hints;
    const start = multiline && target.log.format === "cri" ? recordStart(multiline.firstLine) : undefined;
    assert.deepEqual(job.multiline, start === undefined ? undefined : { regex: start });
    assert.equal(job.source.path, lossy(target.log.directory));
    assert.equal(job.source.nameGlob, target.log.name);
  },
} satisfies Expectation;
