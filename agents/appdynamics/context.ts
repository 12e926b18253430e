/**
 * AppDynamics log analytics: one job file (version 2) per container in the agent's `conf/job` folder, which it reads anew by itself.
 *
 * @module
 */
import type { Agent, Settings } from "../../lib/render/agent.ts";

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
  outputs: {
    job: {
      template: "job.yaml.eta",
      // Every value is written as a double-quoted YAML string: version 1.10 stays text, a newline stays in its value.
      format: "yaml",
      each: "container",
      path: "{destPath}/container-{id}-jobfile.job",
    },
  },
  context: (target, { node }) => ({
    id: target.id,
    directory: target.log.directory,
    logName: target.log.name,
    grokPattern: GROK_PATTERNS[target.log.format],
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
  }),
} satisfies Agent<typeof settings>;
