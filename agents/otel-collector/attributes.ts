/**
 * The resource attributes of a container's records, under the names of OpenTelemetry's semantic conventions.
 *
 * @module
 */
import type { LogTarget, NodeContext, Scope } from "../../lib/render/agent.ts";
import { exprText } from "./expression.ts";

/** What the attributes are made from besides the target. */
type ResourceScope = Pick<Scope, "node" | "cannot">;

/** Gives the attributes that are not empty, as the receiver's `resource` takes them. */
export function resourceOf(target: LogTarget, { node, cannot }: ResourceScope): Readonly<Record<string, string>> {
  const known = new Map(Object.entries(knownAttributes(target, node)));
  const resource = new Map<string, string>();
  for (const [name, value] of Object.entries(target.attributes)) {
    const safe = safeName(name);
    const problem = safe === ""
      ? "it has no name"
      : known.has(safe)
      ? "the name is taken"
      : resource.has(safe)
      ? "another one is written with the same name"
      : undefined;
    if (problem) cannot("attributes", `attribute ${JSON.stringify(name)} is left out: ${problem}`);
    else resource.set(safe, value);
  }
  const present = [...resource, ...known].filter(([, value]) => value !== "");
  return Object.fromEntries(present.map(([name, value]) => [name, asResourceValue(value)]));
}

function knownAttributes(target: LogTarget, node: NodeContext): Readonly<Record<string, string>> {
  const { pod, container } = target;
  return {
    "k8s.cluster.name": node.clusterId,
    "k8s.node.name": node.name,
    "k8s.namespace.name": pod.namespace,
    "k8s.pod.name": pod.name,
    "k8s.pod.uid": pod.uid,
    "k8s.container.name": container.name,
    "k8s.container.restart_count": String(container.restart),
    "container.id": target.id,
    "container.image.name": imageName(container.imageReference),
    "container.image.tag": container.imageVersion,
    "service.name": target.application,
    "service.version": target.version,
    "deployment.environment.name": target.environment,
    "k8s.pod.label.component": target.component,
    "k8s.pod.label.release": target.release,
    parser: target.hints.parser,
  };
}

/** Takes tag and digest off an image reference; a colon before the last slash belongs to a port. */
function imageName(reference: string): string {
  const [withoutDigest = ""] = reference.split("@", 1);
  const colon = withoutDigest.lastIndexOf(":");
  return colon > withoutDigest.lastIndexOf("/") ? withoutDigest.slice(0, colon) : withoutDigest;
}

/** Takes `::` out of a name: the Collector would make a map of what is before and behind it. */
function safeName(name: string): string {
  return name.replaceAll(/:(?=:)/g, "_");
}

/**
 * Keeps `EXPR(...)` in a value from being run as an expression, which could read the Collector's environment: the value becomes an expression itself, which is
 * one literal.
 */
function asResourceValue(value: string): string {
  return value.includes("EXPR(") ? `EXPR(${exprText(value)})` : value;
}
