/**
 * The fields of a container's events, under the names of the Elastic Common Schema and of what Filebeat adds, which most pipelines are written for.
 *
 * @module
 */
import type { LogTarget, NodeContext, Scope } from "../../lib/render/agent.ts";

/** Text, or fields below. */
interface Fields {
  readonly [name: string]: string | Fields;
}

/** Gives the fields that are not empty. */
export function fieldsOf(target: LogTarget, { node, cannot }: Pick<Scope, "node" | "cannot">): Fields {
  return withoutEmpty(allFields(target, { node, labels: labelsOf(target, { cannot }) }));
}

function allFields(target: LogTarget, { node, labels }: { node: NodeContext; labels: Fields }): Fields {
  const { pod, container } = target;
  return {
    orchestrator: { cluster: { name: node.clusterId } },
    kubernetes: {
      node: { name: node.name },
      namespace: pod.namespace,
      pod: { name: pod.name, uid: pod.uid },
      container: { name: container.name },
      labels,
    },
    container: { id: target.id, image: { name: container.imageReference } },
    service: { name: target.application, version: target.version, environment: target.environment },
    labels: { parser: target.hints.parser },
  };
}

/** Gives `kubernetes.labels`: what was chosen, and the labels that have no field of their own. */
function labelsOf(target: LogTarget, { cannot }: Pick<Scope, "cannot">): Fields {
  const labels = new Map<string, string>();
  if (target.component !== "") labels.set("component", target.component);
  if (target.release !== "") labels.set("release", target.release);
  for (const [name, value] of Object.entries(target.attributes)) {
    const safe = safeName(name);
    if (safe === "") cannot("attributes", `attribute ${JSON.stringify(name)} is left out: it has no name`);
    else if ((labels.get(safe) ?? value) !== value) {
      cannot("attributes", `attribute ${JSON.stringify(name)} is left out: another one is written with the same name`);
    } else labels.set(safe, value);
  }
  return Object.fromEntries(labels);
}

/** Makes a name that is one: dots make objects in Elasticsearch, brackets are references to fields in Logstash. */
function safeName(name: string): string {
  return name.replaceAll(/[.[\]]/g, "_");
}

function withoutEmpty(fields: Fields): Fields {
  const cleaned = Object.entries(fields).map(([name, value]) =>
    [name, typeof value === "string" ? value : withoutEmpty(value)] as const
  );
  return Object.fromEntries(
    cleaned.filter(([, value]) => typeof value === "string" ? value !== "" : Object.keys(value).length > 0),
  );
}
