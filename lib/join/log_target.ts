/**
 * What is shipped: one log of one container, joined with its pod. The only view of the cluster that agents get.
 *
 * @module
 */
import type { LogFormat } from "../discover/container.ts";
import type { LogHints } from "../hints/log_hints.ts";

export type { LogFormat };
export { type HintName, type LogHints, type Multiline, NO_HINTS } from "../hints/log_hints.ts";
export type { RedactionRule, SamplingRule } from "../hints/log_hints.ts";

/** One log to ship. Plain, deep-frozen data; this is the value that an agent's `context` receives. */
export interface LogTarget {
  /** Container id, 64 hex digits; where no id could be learned, 64 hex digits made from pod uid, container and restart. */
  readonly id: string;
  /** The log file. */
  readonly log: {
    /** Live log file, absolute. */
    readonly path: string;
    /** Folder of the log file. */
    readonly directory: string;
    /** File name of the log file. */
    readonly name: string;
    readonly format: LogFormat;
  };
  /** The container that writes it. */
  readonly container: {
    readonly name: string;
    readonly restart: number;
    readonly kind: "container" | "init" | "ephemeral" | "unknown";
    /** Whole image reference, e.g. `registry.example/shop/web:1.4`; empty where unknown. */
    readonly imageReference: string;
    /** Last path part of the image without its tag, e.g. `web`; empty where unknown. */
    readonly image: string;
    /** Tag of the image, `latest` where it has none; empty where unknown. */
    readonly imageVersion: string;
  };
  /** The container's pod. */
  readonly pod: {
    readonly uid: string;
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  /** Label `application`, or the pod's name without it. */
  readonly application: string;
  /** Label `component`; empty where the pod has none. */
  readonly component: string;
  /** Label `environment`, or the cluster's environment without it. */
  readonly environment: string;
  /** Label `version`; empty where the pod has none. */
  readonly version: string;
  /** Label `release`; empty where the pod has none. */
  readonly release: string;
  /** Labels and annotations that the operator chose to ship, and attributes that the workload or the operator added; sorted by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What the workload and the operator wish for this log. */
  readonly hints: LogHints;
}

/** The node, as agents see it. */
export interface NodeContext {
  /** CLUSTER_NODE_NAME. */
  readonly name: string;
  /** WATCHER_CLUSTER_ID; empty where it is not set. */
  readonly clusterId: string;
  /** CLUSTER_ENVIRONMENT, default `production`. */
  readonly clusterEnvironment: string;
  /** CLUSTER_ALIAS, default `none`. */
  readonly clusterAlias: string;
}
