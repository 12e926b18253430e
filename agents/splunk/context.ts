/**
 * Splunk universal forwarder: one inputs.conf with a monitor stanza per container.
 *
 * Written after inputs.conf.spec of Splunk 9. The forwarder does not look into lines: what the runtime puts around them is taken off by the indexer.
 *
 * @module
 */
import type { Agent, LogTarget, NodeContext, Settings } from "../../lib/render/agent.ts";
import { splunkConf } from "./language.ts";

const settings = {
  destPath: {
    env: "WATCHER_SPLUNK_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of inputs.conf: the folder `local` of an app of its own",
    sample: "/opt/splunkforwarder/etc/apps/kube_log_watcher/local",
  },
  index: {
    env: "WATCHER_SPLUNK_INDEX",
    type: "string",
    help: "Index that events go to; unset: the forwarder's default holds",
  },
} as const satisfies Settings;

export default {
  summary: "Splunk universal forwarder: one inputs.conf with a monitor stanza per container",
  settings,
  languages: { "splunk-conf": splunkConf },
  outputs: {
    inputs: { template: "inputs.conf.eta", format: "splunk-conf", each: "node", path: "{destPath}/inputs.conf" },
  },
  expresses: ["parser", "attributes"],
  // The forwarder reads all of its inputs again.
  minSecondsBetweenWrites: 10,

  context: (target, { node }) => ({
    id: target.id,
    path: monitored(target.log.path),
    sourcetype: target.hints.parser || `kube:container:${target.container.name}`,
    fields: fieldsOf(target, node),
  }),
} satisfies Agent<typeof settings>;

/**
 * Gives the path as Splunk takes it for the file and nothing else: `*` and `...` are patterns, `$NAME` a variable, and there is no escape. A character that could be
 * part of these is given as `*`, which stands for any but `/`.
 */
function monitored(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9._/:@=+,~-]/gu, "*").replaceAll("...", "*").replaceAll(/\*+/g, "*");
}

/** Indexed fields; names are those of Splunk Connect for Kubernetes, where it has one. */
function fieldsOf(target: LogTarget, node: NodeContext): Record<string, string> {
  const { pod, container } = target;
  const known = {
    cluster_name: node.clusterId,
    namespace: pod.namespace,
    pod: pod.name,
    pod_uid: pod.uid,
    container_name: container.name,
    container_id: target.id,
    container_image: container.imageReference,
    application: target.application,
    component: target.component,
    environment: target.environment,
    version: target.version,
    release: target.release,
  };
  const chosen = Object.entries(target.attributes).map(([name, value]) => [`attribute_${name}`, value] as const);
  return Object.fromEntries([...Object.entries(known), ...chosen].filter(([, value]) => value !== ""));
}
