/**
 * Fluent Bit: one YAML file per container with its input, attributes and filters, and one that is always the same.
 *
 * Written for Fluent Bit 3.2 and later, run with 5.1. An error in one file keeps the old configuration, or ends the program where a plugin cannot start; so
 * whatever a plugin might refuse at its start, like a parser that is not there, is not written.
 *
 * @module
 */
import type { Agent, LogTarget, Scope, Settings } from "../../lib/render/agent.ts";
import { attributesOf } from "./attributes.ts";
import { fluentBitYaml } from "./language.ts";
import { dropped, found, notFound, withoutNewline } from "./pattern.ts";
import { tailPath } from "./tail_path.ts";

const settings = {
  destPath: {
    env: "WATCHER_FLUENT_BIT_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder of the YAML files that Fluent Bit includes",
    sample: "/etc/fluent-bit/k8s.d",
  },
  dbPath: {
    env: "WATCHER_FLUENT_BIT_DB_PATH",
    type: "path",
    default: "/var/lib/fluent-bit",
    help: "Folder in which Fluent Bit keeps how far it has read; it must exist for Fluent Bit",
  },
  parsers: {
    env: "WATCHER_FLUENT_BIT_PARSERS",
    type: "string",
    default: "",
    help: "Names of parsers that Fluent Bit has and pods may ask for, with commas between",
  },
  reloadUrl: {
    env: "WATCHER_FLUENT_BIT_RELOAD_URL",
    type: "url",
    help: "Address of Fluent Bit's HTTP server, to tell it of changes, e.g. http://127.0.0.1:2020",
    sample: "http://127.0.0.1:2020",
  },
} as const satisfies Settings;

type FluentBitScope = Scope<typeof settings>;

/** Built-in parsers that take off the runtime's envelope and join partial lines, per stream. */
const ENVELOPES = { "json-file": "docker", "cri": "cri" } as const;

export default {
  summary: "Fluent Bit: one YAML file per container, and one that is always the same",
  settings,
  languages: { "fluent-bit": fluentBitYaml },
  outputs: {
    // Always there: an include that finds no file at all is an error to Fluent Bit.
    common: { template: "common.yaml.eta", format: "fluent-bit", each: "node", path: "{destPath}/00-common.yaml" },
    container: {
      template: "container.yaml.eta",
      format: "fluent-bit",
      each: "container",
      path: "{destPath}/klw_{id}.yaml",
    },
  },
  expresses: ["parser", "multiline", "samplingRules", "attributes"],
  // A reload ends and starts all inputs and outputs.
  minSecondsBetweenWrites: 5,
  // Finds mistakes in YAML, unknown plugins and properties; starts no plugin.
  check: {
    program: "fluent-bit",
    arguments: ["--dry-run", "--config", "{main}"],
    main: { template: "check.yaml.eta", format: "fluent-bit" },
    timeoutSeconds: 30,
  },
  // Without a body Fluent Bit closes the connection and does nothing; its answer says only that the reload begins.
  reload: {
    url: "{reloadUrl}/api/v2/reload",
    body: "{}",
    json: { status: 0 },
    confirm: { url: "{reloadUrl}/api/v2/reload", field: "hot_reload_count" },
    timeoutSeconds: 60,
  },

  context(target, scope) {
    const { hints } = target;
    if (scope.settings.dbPath.includes("${")) {
      throw new Error(`WATCHER_FLUENT_BIT_DB_PATH is ${scope.settings.dbPath}: \${ would be taken for a variable`);
    }
    const patternOf = target.log.format === "cri" ? (pattern: string) => pattern : withoutNewline;
    const firstLine = hints.multiline && patternOf(hints.multiline.firstLine);
    return {
      id: target.id,
      alias: `klw_${target.id}`,
      tag: `kube.${target.id}`,
      path: tailPath(target.log.path),
      envelope: ENVELOPES[target.log.format],
      db: `${scope.settings.dbPath.replace(/\/+$/, "")}/${target.id}.db`,
      attributes: Object.entries(attributesOf(target, scope)).map(([key, value]) => ({ key, value })),
      multiline: firstLine === undefined ? [] : [{ first: found(firstLine), other: notFound(firstLine) }],
      dropped: droppedBy(target, { scope, patternOf }).map((regex) => `log ${regex}`),
      parsers: parserOf(target, scope),
    };
  },
} satisfies Agent<typeof settings>;

/** Gives the regexes of lines that are not shipped. */
function droppedBy(
  { hints }: LogTarget,
  { scope, patternOf }: { scope: FluentBitScope; patternOf: (pattern: string) => string },
): string[] {
  if (hints.samplingRules.some(({ rate }) => rate > 0 && rate < 1)) {
    scope.cannot(
      "samplingRules",
      "rates between 0 and 1: Fluent Bit cannot draw lots for lines; what such a rule matches is shipped whole",
    );
  }
  return dropped(hints.samplingRules.map(({ pattern, rate }) => ({ pattern: patternOf(pattern), rate })));
}

/** Gives the parser asked for, if Fluent Bit is known to have it: it would not start with one that it does not have. */
function parserOf({ hints }: LogTarget, scope: FluentBitScope): string[] {
  if (hints.parser === "") return [];
  const known = scope.settings.parsers.split(",").map((name) => name.trim());
  if (known.includes(hints.parser)) return [hints.parser];
  scope.cannot("parser", `parser ${hints.parser}: it is not among those of WATCHER_FLUENT_BIT_PARSERS`);
  return [];
}
