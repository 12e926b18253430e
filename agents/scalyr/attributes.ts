/**
 * Attributes of events in Scalyr.
 *
 * @module
 */
import type { LogTarget, NodeContext, Scope } from "../../lib/render/agent.ts";
import { wishedAttributes } from "./hints.ts";

/** What the node's attributes and Scalyr itself say of every event. */
const SERVER_ATTRIBUTES = [
  "serverHost",
  "cluster",
  "cluster_environment",
  "cluster_alias",
  "node",
  "logfile",
  "original_file",
];

/** Attributes of every event of this node. Empty ones are left out. */
export function serverAttributes(context: NodeContext): Record<string, string> {
  const { cluster, cluster_environment, cluster_alias, node } = nodeAttributes(context);
  return withoutEmpty({
    serverHost: cluster,
    cluster,
    cluster_environment,
    cluster_alias,
    environment: cluster_environment,
    node,
    parser: "json",
  });
}

/** What says where the node is. */
function nodeAttributes(node: NodeContext) {
  return {
    cluster: node.clusterId,
    cluster_environment: node.clusterEnvironment,
    cluster_alias: node.clusterAlias,
    node: node.name,
  };
}

/** What a container's attributes depend on besides itself. */
export interface AttributeOptions extends Pick<Scope, "node" | "cannot"> {
  readonly parser: string;
  /** Whether the server attributes are not written. */
  readonly isFragment: boolean;
}

/** Attributes of a container's events: only what the server attributes do not say already. */
export function attributesOf(
  target: LogTarget,
  { node, cannot, parser, isFragment }: AttributeOptions,
): Record<string, string> {
  // With a fragment the server attributes are the operator's own, and may say anything.
  const known: Record<string, string> = isFragment ? {} : serverAttributes(node);
  const own = {
    ...(isFragment ? nodeAttributes(node) : {}),
    application: target.application,
    component: target.component,
    environment: target.environment,
    version: target.version,
    release: target.release,
    pod: target.pod.name,
    namespace: target.pod.namespace,
    container: target.container.name,
    container_id: target.id,
    parser,
  };
  const taken = new Set([...Object.keys(own), ...SERVER_ATTRIBUTES]);
  const wished = wishedAttributes(target, { taken, cannot });
  const all = Object.entries(withoutEmpty(own)).filter(([name, value]) => known[name] !== value);
  return Object.fromEntries([...all, ...Object.entries(wished)]);
}

function withoutEmpty(attributes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));
}
