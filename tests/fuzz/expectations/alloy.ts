/** What is expected of the agent alloy. @module */
import assert from "node:assert/strict";
import { readAlloy } from "../../shippers/alloy/read_alloy.ts";
import type { LogTarget } from "../../../lib/join/log_target.ts";
import type { Expectation } from "../agent_expectations.ts";
import { present } from "../present_fields.ts";

export default {
  known: { labels: [], annotations: {} },
  settings: { promtail: true },
  parse: readAlloy,
  check({ target, node, settings, values }) {
    const { log, pod, container, application } = target;
    const path = settings.promtail ? log.path.replaceAll(/[*?[\]{}\\]/g, "\\$&") : log.path;
    const changing = {
      app: application,
      job: `${pod.namespace}/${application}`,
      component: target.component,
      environment: target.environment,
      image: container.imageReference,
      parser: target.hints.parser,
      release: target.release,
      version: target.version,
      ...attributesOf(target),
    };
    assert.deepEqual(values.get("targets"), {
      targets: ["localhost"],
      labels: present({
        __path__: path,
        runtime: log.format === "cri" ? "containerd" : "docker",
        cluster: node.clusterId,
        container: container.name,
        namespace: pod.namespace,
        node: node.name,
        pod: pod.name,
        container_id: target.id,
        pod_uid: pod.uid,
        ...(settings.promtail ? changing : {}),
      }),
    });
  },
} satisfies Expectation;

/** Labels that are taken. */
const OWN = new Set(
  ("app cluster component container container_id content environment filename flags image job log namespace node out parser pod " +
    "pod_uid release runtime stream time version").split(" "),
);

/** Attributes by label; the first one has it. */
function attributesOf({ attributes }: LogTarget): Record<string, string> {
  const labels = Object.entries(attributes).filter(([, value]) => value !== "").map(([name, value]) => {
    const safe = name.replaceAll(/[^A-Za-z0-9_]/gu, "_");
    const isFree = /^(?!__|attr_)[A-Za-z_]/.test(safe) && !OWN.has(safe);
    return [isFree ? safe : `attr_${safe}`, value];
  });
  return Object.fromEntries(labels.reverse());
}
