/**
 * Datadog agent: one folder with a conf.yaml per container, below conf.d.
 *
 * Follows the source of the Datadog agent 7 (comp/logs/agent/config). Where its own discovery of containers can be used, that knows more than files can say.
 *
 * @module
 */
import type { Agent, LogTarget, NodeContext, Settings } from "../../lib/render/agent.ts";
import { datadogYaml } from "./language.ts";
import { processingRules } from "./processing_rules.ts";

const settings = {
  destPath: {
    env: "WATCHER_DATADOG_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder conf.d of the Datadog agent",
    sample: "/etc/datadog-agent/conf.d",
  },
} as const satisfies Settings;

export default {
  summary: "Datadog agent: one folder with a conf.yaml per container",
  settings,
  languages: { datadog: datadogYaml },
  outputs: {
    container: {
      template: "conf.yaml.eta",
      format: "datadog",
      each: "container",
      path: "{destPath}/klw_{id}.d/conf.yaml",
    },
  },
  expresses: ["parser", "multiline", "samplingRules", "redactionRules", "attributes"],
  minSecondsBetweenWrites: 5,

  context: (target, scope) => ({
    id: target.id,
    path: filePath(target.log.path),
    service: target.application,
    // The source decides which of Datadog's pipelines a log goes through.
    source: target.hints.parser || target.container.image || target.application,
    tags: tagsOf(target, scope),
    rules: processingRules(target, scope),
  }),
} satisfies Agent<typeof settings>;

/** Makes what the agent opens as one file; a path with `*`, `?` or `[` is a pattern to it, and two percent signs are a variable. */
function filePath(path: string): string {
  const isPattern = /[*?[]|% *%/.test(path);
  return isPattern ? path.replace(/[*?[\\]/g, "\\$&").replace(/%(?= *%)/g, "?") : path;
}

/** Names are those of the Datadog agent's own discovery, so that dashboards find them. */
function tagsOf(target: LogTarget, { node }: { node: NodeContext }): string[] {
  const { pod, container } = target;
  const known = {
    kube_cluster_name: node.clusterId,
    kube_node: node.name,
    kube_namespace: pod.namespace,
    pod_name: pod.name,
    pod_uid: pod.uid,
    kube_container_name: container.name,
    container_id: target.id,
    image_name: imageName(container.imageReference),
    short_image: container.image,
    image_tag: container.imageVersion,
    env: target.environment,
    version: target.version,
    component: target.component,
    release: target.release,
  };
  // A pod says nothing about itself that is known otherwise.
  const others = Object.entries(target.attributes).filter(([name]) => !Object.hasOwn(known, name));
  return [...Object.entries(known), ...others].filter(([, value]) => value !== "").map(([name, value]) =>
    `${name}:${value}`
  );
}

/** Gives an image without tag and digest; the colon of a registry's port has a slash after it. */
function imageName(reference: string): string {
  return reference.replace(/@[^@]*$/, "").replace(/:[^/:]*$/, "");
}
