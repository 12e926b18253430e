/**
 * OpenTelemetry Collector: one file with a file log receiver per container, given as a second `--config`.
 *
 * Written for the Collector 0.130 and later, run with 0.149. It reads its configuration at start and at SIGHUP, and ends when it is not valid: check it before.
 *
 * @module
 */
import type { Agent, LogTarget, Settings } from "../../lib/render/agent.ts";
import { resourceOf } from "./attributes.ts";
import { collectorYaml } from "./language.ts";
import { operatorsOf } from "./operators.ts";

const settings = {
  destPath: {
    env: "WATCHER_OTEL_COLLECTOR_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of the file klw.yaml, which the Collector gets as a second --config",
    sample: "/etc/otelcol/klw",
  },
  storage: {
    env: "WATCHER_OTEL_COLLECTOR_STORAGE",
    type: "boolean",
    default: true,
    help: "Keep how far each log was read in the extension file_storage",
  },
  fileLog: {
    env: "WATCHER_OTEL_COLLECTOR_FILE_LOG",
    type: "boolean",
    default: false,
    help: "Call the receivers file_log, their newer name, instead of filelog",
  },
  pidFile: {
    env: "WATCHER_OTEL_COLLECTOR_PID_FILE",
    type: "path",
    help: "File with the Collector's process id, for SIGHUP after each change; unset: something else has to send it",
  },
} as const satisfies Settings;

export default {
  summary: "OpenTelemetry Collector: one configuration file with a receiver per container",
  settings,
  languages: { "otel-collector": collectorYaml },
  outputs: {
    config: {
      template: "klw.yaml.eta",
      format: "otel-collector",
      each: "node",
      path: "{destPath}/klw.yaml",
      // One receiver per container, or the file is not written.
      list: "receivers",
    },
  },
  expresses: ["parser", "multiline", "samplingRules", "redactionRules", "attributes"],
  // A reload ends and starts the whole pipeline.
  minSecondsBetweenWrites: 10,
  check: {
    program: "otelcol",
    arguments: ["validate", "--config", "file:{main}", "--config", "file:{destPath}/klw.yaml"],
    main: { template: "check.yaml.eta", format: "yaml" },
    timeoutSeconds: 60,
  },
  reload: { signal: "HUP", pidFile: "{pidFile}", processes: ["otelcol", "otelcol-contrib", "otelcol-k8s"] },

  context(target, scope) {
    return {
      receiver: `${scope.settings.fileLog ? "file_log" : "filelog"}/klw_${nameOf(target)}`,
      config: {
        include: [asGlob(target.log.path), `${asGlob(target.log.path)}.*`],
        exclude: [`${asGlob(target.log.path)}.*.{gz,tmp}`],
        start_at: "beginning",
        // A part of a line may begin or end with blanks.
        preserve_leading_whitespaces: true,
        preserve_trailing_whitespaces: true,
        include_file_path: true,
        include_file_name: false,
        retry_on_failure: { enabled: true },
        ...(scope.settings.storage ? { storage: "file_storage" } : {}),
        resource: resourceOf(target, scope),
        operators: operatorsOf(target, scope),
      },
    };
  },
} satisfies Agent<typeof settings>;

/** Ids of a runtime are hex digits; whatever else one may be, two are never the same name. */
function nameOf({ id }: LogTarget): string {
  return id.replaceAll(/[^a-z0-9]/gu, (character) => `_${character.codePointAt(0)!.toString(16)}_`);
}

/** Writes a path as a pattern of doublestar that matches it alone. */
function asGlob(path: string): string {
  return path.replaceAll(/[*?[\]{}\\]/g, "\\$&");
}
