/**
 * Scalyr agent 2: one agent.json with an entry of `logs` per container, and one link per container, whose name says what the log is.
 *
 * Written for scalyr-agent-2 2.2.22. Its parser refuses the whole file for one value of the wrong type, so nothing that comes from a pod goes in unchecked.
 *
 * @module
 */
import type { Agent, LogTarget, Scope, Settings } from "../../lib/render/agent.ts";
import { journald } from "./journald.ts";
import { parserOf, redactionRulesOf, samplingRulesOf } from "./annotations.ts";
import { multilineOf, wishedAttributes } from "./hints.ts";

const settings = {
  apiKey: {
    env: "WATCHER_SCALYR_API_KEY",
    type: "string",
    secret: true,
    required: true,
    help: "API key with the right to write logs",
    sample: "sample-api-key",
  },
  destPath: {
    env: "WATCHER_SCALYR_DEST_PATH",
    type: "directory",
    required: true,
    help: "Folder in which the links to the logs are made",
    sample: "/var/log/scalyr-agent",
  },
  configPath: {
    env: "WATCHER_SCALYR_CONFIG_PATH",
    type: "file",
    default: "/etc/scalyr-agent-2/agent.json",
    help: "Configuration file of the Scalyr agent",
  },
  server: {
    env: "WATCHER_SCALYR_SERVER",
    type: "string",
    help: "Scalyr server; unset: the Scalyr agent's own default holds",
  },
  journald: {
    env: "WATCHER_SCALYR_JOURNALD",
    type: "boolean",
    default: false,
    help: "Ship the node's journal, too",
  },
  journaldAttributes: {
    env: "WATCHER_SCALYR_JOURNALD_ATTRIBUTES",
    type: "object",
    help: "Attributes of journal events; cluster and node are added",
  },
  journaldExtraFields: {
    env: "WATCHER_SCALYR_JOURNALD_EXTRA_FIELDS",
    type: "object",
    help: 'Journal fields to ship, by attribute name, e.g. {"_COMM": "command"}; replaces the Scalyr agent\'s own list',
  },
  journaldPath: {
    env: "WATCHER_SCALYR_JOURNALD_PATH",
    type: "path",
    help: "Folder of the journal; unset: the Scalyr agent's own default holds",
  },
  journaldWriteRate: {
    env: "WATCHER_SCALYR_JOURNALD_WRITE_RATE",
    type: "integer",
    default: 10_000,
    help: "Bytes of journal per second on average",
  },
  journaldWriteBurst: {
    env: "WATCHER_SCALYR_JOURNALD_WRITE_BURST",
    type: "integer",
    default: 200_000,
    help: "Bytes of journal that may come at once",
  },
  parseLinesJson: {
    env: "WATCHER_SCALYR_PARSE_LINES_JSON",
    type: "string",
    help: "Parsers whose logs are taken out of Docker's JSON lines, with the parser to use then: json=app,web or *",
  },
  enableProfiling: {
    env: "WATCHER_SCALYR_ENABLE_PROFILING",
    type: "boolean",
    default: false,
    help: "Let the Scalyr agent profile itself",
  },
} as const satisfies Settings;

type ScalyrScope = Scope<typeof settings>;

export default {
  summary: "Scalyr agent 2: agent.json with one entry per container, and one link per container",
  settings,
  expresses: ["parser", "samplingRules", "redactionRules", "attributes"],
  outputs: {
    log: { link: "{destPath}/{id}/{logName}.log" },
    config: {
      template: "agent.json.eta",
      format: "json",
      each: "node",
      path: "{configPath}",
      // The file holds the API key.
      mode: 0o640,
      // One element per container, or the file is not written.
      list: "logs",
    },
  },

  /** The data of one container: `id` and `logName` make the link's path, the rest is its entry in `logs`. */
  context(target, scope) {
    const { application, component, version } = target;
    const logName = `${safe(application).slice(0, MAX_APPLICATION)}-${safe(version).slice(0, MAX_VERSION)}`;
    multilineOf(target, scope);
    const decoding = decodingOf(target, { scope, parser: parserOf(target, scope) });
    return {
      id: target.id,
      logName,
      path: linkPath(scope.settings.destPath, { id: target.id, logName }),
      attributes: attributesOf(target, { scope, parser: decoding.parser }),
      // Form-encoded, so that nothing in it is a placeholder of Python's string.Template, which Scalyr takes it for.
      renameLogfile: "?" + new URLSearchParams({ application, component, version, container_id: target.id }),
      samplingRules: samplingRulesOf(target, scope),
      redactionRules: redactionRulesOf(target, scope),
      parseFormat: decoding.format,
    };
  },

  /** The data of the file that is the same for all containers. */
  shared: (scope) => ({ serverAttributes: serverAttributes(scope), ...journald(scope) }),
} satisfies Agent<typeof settings>;

/** Together with `-` and `.log` a file name's 255 bytes; a label's value has 63 at most, a pod's name 253. */
const MAX_APPLICATION = 187;
const MAX_VERSION = 63;

/** Makes part of a file name; takes out `*?[` among others, which Scalyr would take for a pattern, and a leading dot, which would hide the file. */
function safe(value: string): string {
  return value.replaceAll(/[^A-Za-z0-9._-]|^\./g, "_") || "none";
}

/** @throws {Error} If the operator's folder would make the path a pattern; Scalyr has no escape for that. */
function linkPath(destPath: string, link: { id: string; logName: string }): string {
  if (/[*?[]/.test(destPath)) {
    throw new Error(
      `Scalyr takes *, ? and [ in the folder ${destPath} for a pattern; set WATCHER_SCALYR_DEST_PATH to a folder without them`,
    );
  }
  return `${destPath.replace(/\/+$/, "")}/${link.id}/${link.logName}.log`;
}

/** What the node's attributes and Scalyr itself say of every event. */
const SERVER_ATTRIBUTES = [
  "serverHost",
  "cluster",
  "cluster_environment",
  "cluster_alias",
  "node",
  "logfile",
  "original_file",
];

/** Attributes of every event of this node. Empty ones are left out. */
function serverAttributes({ node }: ScalyrScope): Record<string, string> {
  return withoutEmpty({
    serverHost: node.clusterId,
    cluster: node.clusterId,
    cluster_environment: node.clusterEnvironment,
    cluster_alias: node.clusterAlias,
    environment: node.clusterEnvironment,
    node: node.name,
    parser: "json",
  });
}

/** Attributes of a container's events: only what the server attributes do not say already. */
function attributesOf(
  target: LogTarget,
  { scope, parser }: { scope: ScalyrScope; parser: string },
): Record<string, string> {
  const known = serverAttributes(scope);
  const own = {
    application: target.application,
    component: target.component,
    environment: target.environment,
    version: target.version,
    release: target.release,
    pod: target.pod.name,
    namespace: target.pod.namespace,
    container: target.container.name,
    container_id: target.id,
    parser,
  };
  const taken = new Set([...Object.keys(own), ...SERVER_ATTRIBUTES]);
  const wished = wishedAttributes(target, { taken, cannot: scope.cannot });
  const all = Object.entries(withoutEmpty(own)).filter(([name, value]) => known[name] !== value);
  return Object.fromEntries([...all, ...Object.entries(wished)]);
}

function withoutEmpty(attributes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));
}

/**
 * Tells what takes the runtime's envelope off a line, and which parser the bare line is for.
 *
 * The CRI format is always taken off: no parser on the server knows it. Docker's JSON is taken off where the operator asked for it. Either way
 * the parser sees the bare line, so the operator's `parser=other` holds for both.
 */
function decodingOf(
  target: LogTarget,
  { scope, parser }: { scope: ScalyrScope; parser: string },
): { format: "" | "cri" | "json"; parser: string } {
  const decoded = decodedParsers(scope.settings.parseLinesJson ?? "");
  const asked = decoded.get(parser) ?? decoded.get("*");
  const format = target.log.format === "cri" ? "cri" : asked === undefined ? "" : "json";
  return { format, parser: asked || parser };
}

/** Reads `a,b=c,*`: the parser to use afterwards by parser, empty where it stays. */
function decodedParsers(list: string): Map<string, string> {
  return new Map(
    list.split(",").map((item) => item.split("=", 2).map((part) => part.trim()))
      .filter(([parser]) => parser).map(([parser, other = ""]) => [parser!, other]),
  );
}
