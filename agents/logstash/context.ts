/**
 * Logstash: one JSON file about all containers for a constant pipeline with a constant script, and one link per container for its input to follow.
 *
 * Written for Logstash 8 and 9. The script reads the file again when it has changed; Logstash itself has nothing to reload.
 *
 * @module
 */
import type { Agent, Settings } from "../../lib/render/agent.ts";
import { fieldsOf } from "./fields.ts";

const settings = {
  destPath: {
    env: "WATCHER_LOGSTASH_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of containers.json and of the links to the logs; Logstash must see it",
    sample: "/var/lib/kube-log-watcher/logstash",
  },
} as const satisfies Settings;

/** Names of the links, by which the script knows what a line looks like. */
const LINKS = { "cri": "cri.log", "json-file": "docker.log" } as const;

export default {
  summary: "Logstash: one JSON file about all containers, and one link per container",
  settings,
  outputs: {
    containers: {
      template: "containers.json.eta",
      format: "json",
      each: "node",
      path: "{destPath}/containers.json",
      // One element per container, or the file is not written.
      list: "containers",
    },
    log: { link: "{destPath}/{id}/{logName}" },
  },
  expresses: ["parser", "samplingRules", "redactionRules", "attributes"],
  minSecondsBetweenWrites: 1,

  context(target, scope) {
    const { hints } = target;
    if (hints.parser !== "" && hints.parser !== "json") {
      const why =
        `the script takes no lines apart for ${hints.parser}, only for json; the name goes into the field labels.parser`;
      scope.cannot("parser", why);
    }
    return {
      id: target.id,
      logName: LINKS[target.log.format],
      entry: {
        id: target.id,
        fields: fieldsOf(target, scope),
        json: hints.parser === "json",
        sampling: hints.samplingRules.map(({ pattern, rate }) => ({ pattern, rate })),
        redaction: hints.redactionRules.map(({ pattern, replacement }) => ({ pattern, replacement })),
      },
    };
  },
} satisfies Agent<typeof settings>;
