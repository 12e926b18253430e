/**
 * The attributes of a container's records, under the names that fluent-plugin-kubernetes_metadata_filter gives them.
 *
 * @module
 */
import type { LogTarget, NodeContext } from "../../lib/render/agent.ts";
import { asTemplate } from "./placeholders.ts";

/** Most characters of attributes; each record bears them. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * Gives the record's field `kubernetes` as record_transformer takes it: the text of a JSON object.
 *
 * @throws {RangeError} If there are more than 65,536 characters of attributes.
 */
export function kubernetesOf(target: LogTarget, { node }: { node: NodeContext }): string {
  const { pod, container } = target;
  const labels = {
    ...known({
      application: target.application,
      component: target.component,
      environment: target.environment,
      version: target.version,
      release: target.release,
    }),
    ...known(target.attributes),
  };
  return JSON.stringify({
    ...known({
      namespace_name: pod.namespace,
      pod_name: pod.name,
      pod_id: pod.uid,
      container_name: container.name,
      container_image: container.imageReference,
      host: node.name,
      cluster_name: node.clusterId,
    }),
    labels,
  });
}

function known(fields: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(fields).filter(([, value]) => value !== "");
  const characters = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (characters > MAX_CHARACTERS) {
    throw new RangeError(
      `Cannot write ${characters} characters of attributes as text: at most ${MAX_CHARACTERS} are taken`,
    );
  }
  return Object.fromEntries(entries.map(([name, value]) => [clean(name), clean(value)]));
}

/** What the host does with texts in a template must be done here, since JSON text has them as escapes. */
function clean(text: string): string {
  return asTemplate(text.toWellFormed().replaceAll("\0", "\ufffd"));
}
