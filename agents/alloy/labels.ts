/**
 * What is known of a container as labels: a few make the stream in Loki, the rest becomes structured metadata of each line.
 *
 * @module
 */
import type { LogTarget, NodeContext } from "../../lib/render/agent.ts";

/** Labels of the stream: those that the Kubernetes dashboards of Grafana ask for. */
const STREAM = ["app", "cluster", "container", "job", "namespace", "node", "pod"] as const;
/** Labels that go into structured metadata. */
export const METADATA = [
  "component",
  "container_id",
  "environment",
  "image",
  "parser",
  "pod_uid",
  "release",
  "version",
] as const;
/** Labels that the pipeline or the program itself needs. */
const OWN: ReadonlySet<string> = new Set([...STREAM, ...METADATA, "filename", "runtime", "stream"]);

/** Gives the labels of a container's lines that say where they come from; those without a value are left out. */
export function streamLabels({ pod, container, application }: LogTarget, node: NodeContext): Record<string, string> {
  const labels: Record<(typeof STREAM)[number], string> = {
    app: application,
    cluster: node.clusterId,
    container: container.name,
    job: `${pod.namespace}/${application}`,
    namespace: pod.namespace,
    node: node.name,
    pod: pod.name,
  };
  return withoutEmpty(labels);
}

/** Gives the labels of a container's lines that become structured metadata, but for attributes. */
export function metadataLabels(target: LogTarget): Record<string, string> {
  const labels: Record<(typeof METADATA)[number], string> = {
    component: target.component,
    container_id: target.id,
    environment: target.environment,
    image: target.container.imageReference,
    parser: target.hints.parser,
    pod_uid: target.pod.uid,
    release: target.release,
    version: target.version,
  };
  return withoutEmpty(labels);
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
