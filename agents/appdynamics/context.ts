/**
 * AppDynamics log analytics: one job file (version 2) per container in the agent's `conf/job` folder, which it reads anew by itself.
 *
 * @module
 */
import type { Agent, LogTarget, Scope, Settings } from "../../lib/render/agent.ts";
import { recordStart } from "./record_start.ts";

const settings = {
  destPath: {
    env: "WATCHER_APPDYNAMICS_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of the analytics agent's job files, its conf/job",
    sample: "/opt/appdynamics/conf/job",
  },
} as const satisfies Settings;

/**
 * How the envelope of a line comes apart. Docker's json-file driver writes an object per line, containerd and CRI-O write
 * `<time> <stream> <P|F> <message>`; the fields bear the same names, so that searches do not depend on the runtime.
 */
const GROK_PATTERNS = {
  "json-file":
    '\\{"log":"%{DATA:logMessage}","stream":"%{DATA:logStream}","time":"%{TIMESTAMP_ISO8601:logTimestamp}"\\}',
  "cri": "%{TIMESTAMP_ISO8601:logTimestamp} %{WORD:logStream} %{NOTSPACE:logTag} %{GREEDYDATA:logMessage}",
} as const;

export default {
  summary: "AppDynamics log analytics: one job file per container",
  settings,
  // Parsers, sampling and redaction are matters of source rules in the Controller; a job file has no words for them.
  expresses: ["multiline", "attributes"],
  outputs: {
    job: {
      template: "job.yaml.eta",
      // Every value is written as a double-quoted YAML string: version 1.10 stays text, a newline stays in its value.
      format: "yaml",
      each: "container",
      path: "{destPath}/container-{id}-jobfile.job",
    },
  },
  context(target, { node, cannot }) {
    const start = startOf(target, { cannot });
    return {
      id: target.id,
      directory: target.log.directory,
      logName: target.log.name,
      recordStart: start,
      // A record of several lines is taken as one text.
      grokPattern: (start === "" ? "" : "(?s)") + GROK_PATTERNS[target.log.format],
      attributes: attributesOf(target, { cannot }),
      sourceType: `application-${target.application}`,
      node: node.name,
      application: target.application,
      version: target.version || "none",
      container: target.container.name,
      pod: target.pod.name,
      namespace: target.pod.namespace,
      // Fields that are only there where they are known; the template leaves out what is empty.
      cluster: node.clusterId,
      release: target.release,
      tier: target.pod.labels["appdynamics_tier"] ?? "",
      app: target.pod.labels["appdynamics_app"] ?? "",
    };
  },
} satisfies Agent<typeof settings>;

/** Fields that the template writes or that AppDynamics has by itself: what they say must not come from a pod. */
const TAKEN: ReadonlySet<string> = new Set([
  "sourceType",
  "nodeName",
  "tierName",
  "appName",
  "LogFile",
  "application_id",
  "application_version",
  "application_pod",
  "application_namespace",
  "application_release",
  "container_name",
  "kubernetes_cluster",
  "logTimestamp",
  "logStream",
  "logTag",
  "logMessage",
  "message",
  "host",
  "source",
  "eventTimestamp",
  "pickupTimestamp",
]);

/** Gives the pattern of a record's first line, empty where each line is one. */
function startOf({ hints, log }: LogTarget, { cannot }: Pick<Scope, "cannot">): string {
  if (!hints.multiline) return "";
  if (log.format === "json-file") {
    cannot("multiline", "a log of Docker's json-file driver: its JSON hides where a line begins");
    return "";
  }
  const pattern = recordStart(hints.multiline.firstLine);
  if (pattern === undefined) {
    cannot("multiline", "a first line with ^ at more than its start: records are told by the raw line");
  }
  return pattern ?? "";
}

function attributesOf({ attributes }: LogTarget, { cannot }: Pick<Scope, "cannot">): [string, string][] {
  const taken = Object.keys(attributes).filter((name) => TAKEN.has(name));
  if (taken.length > 0) cannot("attributes", `those whose names are fields of the job already: ${taken.join(", ")}`);
  return Object.entries(attributes).filter(([name]) => !TAKEN.has(name));
}
