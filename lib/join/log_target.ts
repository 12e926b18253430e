/**
 * What is shipped: one log of one container, joined with its pod. The only view of the cluster that agents get.
 *
 * @module
 */
import type { LogFormat } from "../discover/container.ts";

export type { LogFormat };

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

/**
 * What is wished for a log, in words that depend on no shipper. Everything is checked: patterns are regular expressions in the part that RE2, Rust,
 * PCRE, Onigmo, Python and JavaScript read alike (no look-around, no back-references, no flags).
 */
export interface LogHints {
  /** Name of the parser that lines are for, e.g. `nginx`; empty where none is asked for. */
  readonly parser: string;
  /** How lines belong together; undefined: each line is an event. */
  readonly multiline: Multiline | undefined;
  /** In order: the first rule that matches decides. */
  readonly samplingRules: readonly SamplingRule[];
  /** In order, each applied to what the one before left; those of the operator first. */
  readonly redactionRules: readonly RedactionRule[];
  /** Agents that this log is for, by name; empty: all. The host goes by it, no agent sees a log that is not for it. */
  readonly agents: readonly string[];
}

/** How lines of a log belong together. */
export interface Multiline {
  /** Name of the preset that it comes from: java, python, go, ruby or dotnet; empty for a pattern of the pod's own. */
  readonly preset: string;
  /** Pattern of the lines that begin an event; those that do not match belong to the event before. */
  readonly firstLine: string;
}

/** Ships a part of the lines that match. */
export interface SamplingRule {
  readonly pattern: string;
  /** From 0, none, to 1, all. */
  readonly rate: number;
}

/** Replaces what matches in each line. */
export interface RedactionRule {
  readonly pattern: string;
  /** Plain text: no reference to groups. */
  readonly replacement: string;
}

/** Hints that an agent can express or not. */
export type HintName = "parser" | "multiline" | "samplingRules" | "redactionRules" | "attributes";

/** Hints of a log for which nothing is wished. */
export const NO_HINTS: LogHints = Object.freeze({
  parser: "",
  multiline: undefined,
  samplingRules: Object.freeze([]),
  redactionRules: Object.freeze([]),
  agents: Object.freeze([]),
});

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
