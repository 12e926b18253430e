/**
 * The resolved configuration: what the program does, decided once at its start.
 *
 * @module
 */
import type { AttributeChoice } from "../hints/attribute_choice.ts";
import type { VocabularyName } from "../hints/vocabularies.ts";
import type { NodeContext } from "../join/log_target.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import type { OperatorRules } from "./operator_rules.ts";

/** Value of an agent's setting; undefined where it is optional, has no default and was not set. */
export type AgentSettingValue = string | number | boolean | Readonly<Record<string, unknown>> | undefined;

/** How a shipper's own check is used, where it is: `warn` reports only, `require` lets nothing live that was not found good. */
export type CheckMode = "warn" | "require";

/** A selected agent with the values of its settings. */
export interface AgentConfig {
  readonly description: AgentDescription;
  /** Values by the name that the agent gave the setting; every declared name is there. */
  readonly settings: Readonly<Record<string, AgentSettingValue>>;
  /** Names of secret settings: their values must not be shown. */
  readonly secrets: readonly string[];
  /** Files that secrets were read from, by setting name, for reading them again. */
  readonly secretFiles: Readonly<Record<string, string>>;
  /** Settings that took a sample value because nothing was set; only in previews. */
  readonly samples: readonly SampleTaken[];
  /** Whether what the agent wants goes through its shipper's own check; undefined: no. */
  readonly check?: CheckMode;
}

/** A sample value that stands for a setting that is not set. */
export interface SampleTaken {
  readonly setting: string;
  readonly env: string;
  readonly value: AgentSettingValue;
}

/** How the Kubernetes API is reached. */
export type ApiAccess =
  /** Not at all: identity comes from paths. The reason is a sentence without a full stop. */
  | { readonly kind: "none"; readonly reason: string }
  /** A proxy that authenticates by itself. */
  | { readonly kind: "proxy"; readonly url: string }
  /** kubeconfig files, absolute. */
  | { readonly kind: "kubeconfig"; readonly paths: readonly string[] }
  /** The service account of the pod that the program runs in; host and port as the kubelet's variables name them. */
  | { readonly kind: "service-account"; readonly host: string; readonly port: string };

/** The whole configuration. */
export interface Config {
  readonly agents: readonly AgentConfig[];
  /** Absolute. */
  readonly containersPath: string;
  /** Absolute. */
  readonly podLogsPath: string;
  /** Absolute. */
  readonly containerLinksPath: string;
  /** Labels that a pod must have to be collected; empty: no rule. */
  readonly requiredLabels: readonly string[];
  /** Other programs whose annotations are read, most important first. */
  readonly annotationsFrom: readonly VocabularyName[];
  /** Labels that become attributes. */
  readonly attributeLabels: readonly AttributeChoice[];
  /** Annotations that become attributes. */
  readonly attributeAnnotations: readonly AttributeChoice[];
  /** The node as agents see it; the name is empty where none was given. */
  readonly node: NodeContext;
  readonly api: ApiAccess;
  /** Time between full scans, milliseconds. */
  readonly intervalMs: number;
  /** Least time between two sets of writes of an agent, milliseconds; undefined: what each agent says. */
  readonly writeIntervalMs?: number | undefined;
  /** Time for which a vanished log stays configured, milliseconds. */
  readonly gracePeriodMs: number;
  /** Longest time for which a new log waits for its pod or id, milliseconds. */
  readonly podWaitMs: number;
  readonly isDebug: boolean;
  /** Least severity of log lines, default `info`; `isDebug` wins. */
  readonly logLevel?: "debug" | "info" | "warn" | "error";
  readonly logFormat: "text" | "json";
  /** Further folders that hold agents, absolute. */
  readonly agentsPath: readonly string[];
  /** Folder for the pod cache and ledgers; undefined: beside the outputs. */
  readonly statePath: string | undefined;
  /** The operator's rules, of the configuration file. */
  readonly rules: OperatorRules;
  /** The configuration file, absolute; undefined: there is none. */
  readonly configPath?: string | undefined;
  /** Folders in which programs of checks are looked for, absolute. */
  readonly checkPath?: readonly string[];
  /** Whether pods with wrong annotations get Kubernetes Events, default false. */
  readonly hasEvents?: boolean;
  /** Port of the metrics; undefined: none is opened. */
  readonly metricsPort?: number | undefined;
}
