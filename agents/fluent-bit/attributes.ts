/**
 * The attributes of a container's records, under the names that Fluent Bit's own kubernetes filter gives them.
 *
 * @module
 */
import type { LogTarget, NodeContext } from "../../lib/render/agent.ts";

/** Most characters of attributes; each record bears them. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * Gives the attributes that are known, by flat names; the common file makes the maps `kubernetes` and `kubernetes.labels` of them.
 *
 * @throws {RangeError} If there are more than 65,536 characters of attributes.
 */
export function attributesOf(target: LogTarget, { node }: { node: NodeContext }): Record<string, string> {
  const { pod, container } = target;
  return {
    ...known("kubernetes.", {
      namespace_name: pod.namespace,
      pod_name: pod.name,
      pod_id: pod.uid,
      container_name: container.name,
      docker_id: target.id,
      container_image: container.imageReference,
      host: node.name,
      cluster_name: node.clusterId,
    }),
    ...known("kubernetes.labels.", {
      application: target.application,
      component: target.component,
      environment: target.environment,
      version: target.version,
      release: target.release,
    }),
    ...known("kubernetes.labels.", target.attributes),
  };
}

/** Puts a prefix before names, and leaves out what has no name or no value: Fluent Bit takes neither. */
function known(prefix: string, fields: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(fields).filter(([name, value]) => name !== "" && value !== "");
  const characters = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (characters > MAX_CHARACTERS) {
    throw new RangeError(
      `Cannot write ${characters} characters of attributes as text: at most ${MAX_CHARACTERS} are taken`,
    );
  }
  return Object.fromEntries(entries.map(([name, value]) => [prefix + name, value]));
}
