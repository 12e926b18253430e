/**
 * The settings of the program itself, in one table: parsing, `--help` and README's table come from it. Those of agents are
 * declared in the agents' own folders.
 *
 * @module
 */
import { VOCABULARY_NAMES } from "../hints/vocabularies.ts";
import {
  parseAttributeChoices,
  parseBoolean,
  parseChoice,
  parseChoices,
  parseFileName,
  parseLabels,
  parseNames,
  parsePath,
  parsePort,
  type Parser,
  parseSearchPath,
  parseSeconds,
  parseText,
  parseUrl,
} from "./value_parsers.ts";

/** One setting of the program. */
export interface CoreSetting {
  /** Flag without its dashes. */
  readonly flag: string;
  readonly env: string;
  /** Stands for the value in help; `boolean` may be left out on the command line and then means true. */
  readonly placeholder: string;
  readonly parse: Parser<unknown>;
  /** Text that is parsed when nothing is set; without it the setting is undefined. */
  readonly default?: string;
  /** Set on lists: what joins the values of a flag that is given more than once. */
  readonly separator?: string;
  /** One line. */
  readonly help: string;
}

const DAY_SECONDS = 86_400;

/** Every setting of the program by its key. */
export const CORE_SETTINGS = {
  config: {
    flag: "config",
    env: "WATCHER_CONFIG",
    placeholder: "file",
    parse: parseFileName,
    help: "Configuration file (YAML): settings, and the operator's rules; a change of it is applied without a restart",
  },
  agents: {
    flag: "agents",
    env: "WATCHER_AGENTS",
    placeholder: "names",
    parse: parseNames,
    separator: ",",
    help: "Agents to configure, separated by commas; required by watch",
  },
  containersPath: {
    flag: "containers-path",
    env: "WATCHER_CONTAINERS_PATH",
    placeholder: "folder",
    parse: parsePath,
    default: "/var/lib/docker/containers",
    help: "Docker's folder of containers",
  },
  podLogsPath: {
    flag: "pod-logs-path",
    env: "WATCHER_POD_LOGS_PATH",
    placeholder: "folder",
    parse: parsePath,
    default: "/var/log/pods",
    help: "Folder of pod logs (containerd, CRI-O)",
  },
  containerLinksPath: {
    flag: "container-links-path",
    env: "WATCHER_CONTAINER_LINKS_PATH",
    placeholder: "folder",
    parse: parsePath,
    default: "/var/log/containers",
    help: "Folder of the kubelet's links to logs; their names bear the container ids",
  },
  strictLabels: {
    flag: "strict-labels",
    env: "WATCHER_STRICT_LABELS",
    placeholder: "labels",
    parse: parseLabels,
    default: "false",
    separator: ",",
    help: "Labels that a pod must have to be collected: true for application,version, or names separated by commas",
  },
  annotationsFrom: {
    flag: "annotations-from",
    env: "WATCHER_ANNOTATIONS_FROM",
    placeholder: "names",
    parse: parseChoices(VOCABULARY_NAMES),
    separator: ",",
    help: "Other programs whose annotations of pods are read, too, the first one first: " + VOCABULARY_NAMES.join(", "),
  },
  attributeLabels: {
    flag: "attribute-labels",
    env: "WATCHER_ATTRIBUTE_LABELS",
    placeholder: "labels",
    parse: parseAttributeChoices,
    separator: ",",
    help: "Labels of pods that are shipped as attributes: key, key=attribute, prefix* or *, separated by commas",
  },
  attributeAnnotations: {
    flag: "attribute-annotations",
    env: "WATCHER_ATTRIBUTE_ANNOTATIONS",
    placeholder: "annotations",
    parse: parseAttributeChoices,
    separator: ",",
    help: "Annotations of pods that are shipped as attributes, in the same form",
  },
  clusterId: {
    flag: "cluster-id",
    env: "WATCHER_CLUSTER_ID",
    placeholder: "id",
    parse: parseText,
    help: "Id of the cluster, for the agents to mention",
  },
  kubeUrl: {
    flag: "kube-url",
    env: "WATCHER_KUBE_URL",
    placeholder: "url",
    parse: parseUrl,
    help: "Address of a proxy to the Kubernetes API that authenticates by itself; no service account is used then",
  },
  kubeconfig: {
    flag: "kubeconfig",
    env: "KUBECONFIG",
    placeholder: "files",
    parse: parseSearchPath,
    separator: ":",
    help: "kubeconfig files to reach the Kubernetes API with, separated by colons, e.g. from a laptop",
  },
  updateCertificates: {
    flag: "kubernetes-update-certificates",
    env: "WATCHER_KUBERNETES_UPDATE_CERTIFICATES",
    placeholder: "boolean",
    parse: parseText,
    help: "Deprecated, has no effect: the CA file of the service account is read directly",
  },
  interval: {
    flag: "interval",
    env: "WATCHER_INTERVAL",
    placeholder: "seconds",
    parse: parseSeconds("above 0", { atMost: DAY_SECONDS }),
    default: "60",
    help: "Seconds between full scans of the disk; changes are seen at once in between",
  },
  debug: {
    flag: "debug",
    env: "WATCHER_DEBUG",
    placeholder: "boolean",
    parse: parseBoolean,
    default: "false",
    help: "Verbose log, and stack traces of unexpected errors",
  },
  logLevel: {
    flag: "log-level",
    env: "WATCHER_LOG_LEVEL",
    placeholder: "debug|info|warn|error",
    parse: parseChoice("debug", "info", "warn", "error"),
    default: "info",
    help: "Least severity of log lines that are written; WATCHER_DEBUG=true writes all",
  },
  logFormat: {
    flag: "log-format",
    env: "WATCHER_LOG_FORMAT",
    placeholder: "text|json",
    parse: parseChoice("text", "json"),
    default: "text",
    help: "Form of log lines: text for people, json for machines",
  },
  writeInterval: {
    flag: "write-interval",
    env: "WATCHER_WRITE_INTERVAL",
    placeholder: "seconds",
    parse: parseSeconds("from 0", { atMost: 3_600 }),
    help:
      "Least seconds between two sets of writes of an agent; the first is made at once. Unset: what each agent says, e.g. 10 for Scalyr",
  },
  gracePeriod: {
    flag: "grace-period",
    env: "WATCHER_GRACE_PERIOD",
    placeholder: "seconds",
    parse: parseSeconds("from 0", { atMost: 20 * DAY_SECONDS }),
    default: "300",
    help: "Seconds for which a log that is gone from disk stays configured",
  },
  podWait: {
    flag: "pod-wait",
    env: "WATCHER_POD_WAIT",
    placeholder: "seconds",
    parse: parseSeconds("from 0", { atMost: DAY_SECONDS }),
    default: "3",
    help: "Seconds for which a new log may wait for its pod before it is followed with what its path tells",
  },
  agentsPath: {
    flag: "agents-path",
    env: "WATCHER_AGENTS_PATH",
    placeholder: "folders",
    parse: parseSearchPath,
    separator: ":",
    help: "Further folders that hold agent folders, separated by colons",
  },
  check: {
    flag: "check",
    env: "WATCHER_CHECK",
    placeholder: "off|warn|require",
    parse: parseChoice("off", "warn", "require"),
    default: "off",
    help:
      "Whether what agents want goes through their shippers' own checks before it is live: warn reports, require lets only good ones " +
      "live; agents of --agents-path have their own setting alone",
  },
  checkPath: {
    flag: "check-path",
    env: "WATCHER_CHECK_PATH",
    placeholder: "folders",
    parse: parseSearchPath,
    default: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    separator: ":",
    help: "Folders in which the programs of shippers' checks are looked for, separated by colons",
  },
  statePath: {
    flag: "state-path",
    env: "WATCHER_STATE_PATH",
    placeholder: "folder",
    parse: parsePath,
    help: "Folder for the pod cache and the records of owned files, if they may not lie beside the outputs",
  },
  metricsPort: {
    flag: "metrics-port",
    env: "WATCHER_METRICS_PORT",
    placeholder: "port",
    parse: parsePort,
    help: "Port of /metrics (Prometheus), /healthz and /readyz; without it none is opened",
  },
  events: {
    flag: "events",
    env: "WATCHER_EVENTS",
    placeholder: "boolean",
    parse: parseBoolean,
    default: "false",
    help:
      "Whether a pod whose annotations for its logs are wrong gets a Kubernetes Event that says so; needs the right to create events",
  },
  nodeName: {
    flag: "node-name",
    env: "CLUSTER_NODE_NAME",
    placeholder: "name",
    parse: parseText,
    help: "Name of this node (downward API: spec.nodeName); required by watch where there is an API",
  },
  clusterEnvironment: {
    flag: "cluster-environment",
    env: "CLUSTER_ENVIRONMENT",
    placeholder: "name",
    parse: parseText,
    default: "production",
    help: "Environment of the cluster; that of pods without a label environment",
  },
  clusterAlias: {
    flag: "cluster-alias",
    env: "CLUSTER_ALIAS",
    placeholder: "name",
    parse: parseText,
    default: "none",
    help: "Further name of the cluster, for the agents to mention",
  },
} as const satisfies Readonly<Record<string, CoreSetting>>;

/** Names a setting of the program. */
export type CoreKey = keyof typeof CORE_SETTINGS;

type ParsedBy<P> = P extends Parser<infer T> ? T : never;

/** Parsed values by key; those without a default may be undefined. */
export type CoreValues = {
  readonly [K in CoreKey]: (typeof CORE_SETTINGS)[K] extends { readonly default: string }
    ? ParsedBy<(typeof CORE_SETTINGS)[K]["parse"]>
    : ParsedBy<(typeof CORE_SETTINGS)[K]["parse"]> | undefined;
};

/** Lists the settings with their keys, in the order of the table. */
export function coreSettings(): readonly (readonly [CoreKey, CoreSetting])[] {
  return Object.entries(CORE_SETTINGS) as [CoreKey, CoreSetting][];
}

/** Finds the setting of an environment variable. */
export function coreSettingOf(env: string): CoreSetting | undefined {
  return Object.values<CoreSetting>(CORE_SETTINGS).find((setting) => setting.env === env);
}
