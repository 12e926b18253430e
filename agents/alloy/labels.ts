/**
 * What is known of a container as labels: a few make the stream in Loki, the rest becomes structured metadata of each line.
 *
 * @module
 */
import type { LogTarget, NodeContext } from "../../lib/render/agent.ts";

/** Labels that become structured metadata, besides attributes. */
export const METADATA = [
  "component",
  "container_id",
  "environment",
  "filename",
  "image",
  "parser",
  "pod_uid",
  "release",
  "version",
] as const;
/** Names of labels, and of what the pipeline takes out of lines, that no attribute may have. */
const OWN: ReadonlySet<string> = new Set([
  ...METADATA,
  ...["app", "cluster", "container", "job", "namespace", "node", "pod", "runtime", "stream"],
  ...["content", "flags", "log", "out", "time"],
]);

/** Names of runtimes, as Loki's users know them. */
const RUNTIMES = { "cri": "containerd", "json-file": "docker" } as const;

/** Gives the labels that stay the same as long as there is the log. */
export function lastingLabels({ id, log, pod, container }: LogTarget, node: NodeContext): Record<string, string> {
  return withoutEmpty({
    runtime: RUNTIMES[log.format],
    cluster: node.clusterId,
    container: container.name,
    namespace: pod.namespace,
    node: node.name,
    pod: pod.name,
    container_id: id,
    pod_uid: pod.uid,
  });
}

/** Gives the labels that change with the pod's, or when the pod becomes known. */
export function changingLabels(target: LogTarget): Record<string, string> {
  return withoutEmpty({
    app: target.application,
    job: `${target.pod.namespace}/${target.application}`,
    component: target.component,
    environment: target.environment,
    image: target.container.imageReference,
    parser: target.hints.parser,
    release: target.release,
    version: target.version,
  });
}

/**
 * Gives attributes under names that labels may have: other characters become `_`, and names that are taken get `attr_` in front.
 *
 * @param refuse Is told of attributes whose name another one has already.
 */
export function attributeLabels(
  attributes: Readonly<Record<string, string>>,
  refuse: (name: string, label: string) => void,
): Record<string, string> {
  const labels = new Map<string, string>();
  for (const [name, value] of Object.entries(attributes)) {
    if (value === "") continue;
    const label = labelName(name);
    if (labels.has(label)) refuse(name, label);
    else labels.set(label, value);
  }
  return Object.fromEntries(labels);
}

/** Prometheus takes `[A-Za-z_][A-Za-z0-9_]*`, and drops what begins with two underscores. */
function labelName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_]/gu, "_");
  return OWN.has(safe) || /^(?:__|[0-9]|attr_|$)/.test(safe) ? `attr_${safe}` : safe;
}

function withoutEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}
