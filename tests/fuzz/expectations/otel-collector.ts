/** What is expected of the agent otel-collector. @module */
import assert from "node:assert/strict";
import type { LogTarget, NodeContext } from "../../../lib/join/log_target.ts";
import { type CollectorReceiver, readCollectorConfig } from "../../agents/read_collector_config.ts";
import type { Expectation } from "../agent_expectations.ts";
import { lossy } from "../lossy.ts";
import { present } from "../present_fields.ts";

export default {
  known: { labels: [], annotations: {} },
  settings: { storage: false, fileLog: true, pidFile: "/word" },
  parse(text) {
    const { receivers, listed } = readCollectorConfig(text);
    return { receivers: receivers.map(withoutImageName), listed: listed.length };
  },
  check({ target, node, settings, values }) {
    const receiver = values.get("config") as ReturnType<typeof withoutImageName>;
    assert.equal(receiver.name, `${settings.fileLog ? "file_log" : "filelog"}/klw_${target.id}`);
    assert.equal(receiver.include[0]!.replaceAll(/\\(.)/g, "$1"), lossy(target.log.path));
    assert.equal(receiver.storage, settings.storage ? "file_storage" : undefined);
    assert.deepEqual(receiver.resource, expected(target, node));
    assert.ok(lossy(target.container.imageReference).startsWith(String.fromCodePoint(...receiver.imageName)));
  },
} satisfies Expectation;

/** Puts the image's name where it is not taken for a text that comes back whole: tag and digest are taken off. */
function withoutImageName({ resource, ...receiver }: CollectorReceiver) {
  const { "container.image.name": imageName = "", ...others } = resource;
  return { ...receiver, resource: others, imageName: [...imageName].map((character) => character.codePointAt(0)!) };
}

function expected(target: LogTarget, node: NodeContext): Record<string, string> {
  const known = {
    "k8s.cluster.name": node.clusterId,
    "k8s.node.name": node.name,
    "k8s.namespace.name": target.pod.namespace,
    "k8s.pod.name": target.pod.name,
    "k8s.pod.uid": target.pod.uid,
    "k8s.container.name": target.container.name,
    "k8s.container.restart_count": String(target.container.restart),
    "container.id": target.id,
    "container.image.tag": target.container.imageVersion,
    "service.name": target.application,
    "service.version": target.version,
    "deployment.environment.name": target.environment,
    "k8s.pod.label.component": target.component,
    "k8s.pod.label.release": target.release,
    "parser": target.hints.parser,
  };
  const made: Record<string, string> = {};
  for (const [name, value] of Object.entries(target.attributes)) {
    const safe = lossy(name).replaceAll(/:(?=:)/g, "_");
    if (safe !== "" && !Object.hasOwn(known, safe) && !Object.hasOwn(made, safe)) made[safe] = value;
  }
  return { ...present(made), ...present(known) };
}
