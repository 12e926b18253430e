/**
 * Grafana Alloy: a file of targets for `discovery.file`, which Promtail takes, too, and a module with what is done to their lines.
 *
 * Written for Alloy 1.10 and Promtail 3.5. Both files are watched; nothing needs to be told to reload.
 *
 * @module
 */
import type { Agent, LogTarget, Scope, Settings } from "../../lib/render/agent.ts";
import { attributeLabels, changingLabels, lastingLabels, METADATA } from "./labels.ts";
import { ALLOY } from "./language.ts";
import { asOneGroup, asTemplate, containerSelector, selectorOf } from "./patterns.ts";

const settings = {
  destPath: {
    env: "WATCHER_ALLOY_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of targets.json and pipeline.alloy",
    sample: "/etc/alloy/klw",
  },
  promtail: {
    env: "WATCHER_ALLOY_PROMTAIL",
    type: "boolean",
    default: false,
    help:
      "Promtail reads the targets: patterns in paths are escaped, and what its static configuration cannot do is reported",
  },
} as const satisfies Settings;

type AlloyScope = Scope<typeof settings>;

export default {
  summary:
    "Grafana Alloy: targets for discovery.file, and a pipeline for their lines; the targets are for Promtail, too",
  settings,
  languages: { alloy: ALLOY },
  outputs: {
    targets: {
      template: "targets.json.eta",
      format: "json",
      each: "node",
      path: "{destPath}/targets.json",
      // One group of targets per container, or the file is not written.
      list: "",
    },
    pipeline: {
      template: "pipeline.alloy.eta",
      format: "alloy",
      each: "node",
      path: "{destPath}/pipeline.alloy",
      // Promtail knows no modules.
      onlyIf: "!promtail",
    },
  },
  expresses: ["parser", "multiline", "samplingRules", "redactionRules", "attributes"],
  // A change of the pipeline ends events of several lines that are not whole yet.
  minSecondsBetweenWrites: 5,
  // The folder as a configuration of its own: it declares a component, and uses none.
  check: { program: "alloy", arguments: ["validate", "{destPath}"], timeoutSeconds: 30 },

  context(target, scope) {
    reportForPromtail(target, scope);
    const attributes = attributeLabels(
      target.attributes,
      (name, label) =>
        scope.cannot(
          "attributes",
          `attribute ${name} would have the label ${label}, as another one has; it is left out`,
        ),
    );
    const { promtail } = scope.settings;
    const changing = { ...changingLabels(target), ...attributes };
    return {
      id: target.id,
      labels: {
        __path__: promtail ? asGlob(target.log.path) : target.log.path,
        ...lastingLabels(target, scope.node),
        // Alloy reads a file from its start again when a label of its target changes: it keeps its places by path and labels.
        ...(promtail ? changing : {}),
      },
      added: changing,
      attributeNames: Object.keys(attributes),
      selector: containerSelector(target.id),
      ...rulesOf(target),
    };
  },

  shared: () => ({ metadata: METADATA }),
} satisfies Agent<typeof settings>;

/** What the pod wishes for the lines of a container. */
function rulesOf({ id, hints: { multiline, samplingRules, redactionRules } }: LogTarget) {
  return {
    firstLine: multiline?.firstLine ?? "",
    sampling: samplingRules.map(({ pattern, rate }, index) => ({
      selector: selectorOf(id, { pattern, before: samplingRules.slice(0, index).map((rule) => rule.pattern) }),
      rate,
    })),
    redaction: redactionRules.map(({ pattern, replacement }) => ({
      expression: asOneGroup(pattern),
      replace: asTemplate(replacement),
    })),
  };
}

/** Promtail's configuration is static, and it does not take modules. */
function reportForPromtail({ hints }: LogTarget, { settings, cannot }: AlloyScope) {
  if (!settings.promtail) return;
  const why = "Promtail reads no rules from a file that it watches; Alloy does";
  if (hints.multiline) cannot("multiline", why);
  if (hints.samplingRules.length > 0) cannot("samplingRules", why);
  if (hints.redactionRules.length > 0) cannot("redactionRules", why);
}

/** Promtail takes `__path__` for a pattern, in which a backslash takes the next character's meaning away; Alloy takes it as it is. */
function asGlob(path: string): string {
  return path.replaceAll(/[*?[\]{}\\]/g, "\\$&");
}
