/**
 * The name-value pairs that a container's events get.
 *
 * @module
 */
import type { LogTarget, NodeContext } from "../../lib/render/agent.ts";

/** A name-value pair; dots in its name make objects in JSON. */
export interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** Longest name of an attribute, in characters; syslog-ng takes 255 for a whole name. */
const MAX_NAME = 200;

/** Gives the pairs that are not empty. Names are those of syslog-ng's own kubernetes() source, where it has one. */
export function attributesOf(target: LogTarget, node: NodeContext): readonly Attribute[] {
  const { pod, container } = target;
  const known = {
    namespace_name: pod.namespace,
    pod_name: pod.name,
    pod_uuid: pod.uid,
    container_name: container.name,
    container_image: container.imageReference,
    docker_id: target.id,
    node_name: node.name,
    cluster: node.clusterId,
    application: target.application,
    component: target.component,
    environment: target.environment,
    version: target.version,
    release: target.release,
    parser: target.hints.parser,
  };
  const chosen = Object.entries(target.attributes).map(([name, value]) => [`attributes.${safe(name)}`, value] as const);
  return [...Object.entries(known), ...chosen].filter(([, value]) => value !== "")
    .map(([name, value]) => ({ name: `.k8s.${name}`, value }));
}

/** Makes a part of a name; a dot would begin another object. */
function safe(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, MAX_NAME) || "_";
}
