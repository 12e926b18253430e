/**
 * Scalyr agent 2: one agent.json, or a fragment of it, with an entry of `logs` per container, and one link per container, whose name says what the log is.
 *
 * Written for scalyr-agent-2 2.2.22. Its parser refuses the whole file for one value of the wrong type, so nothing that comes from a pod goes in unchecked.
 *
 * @module
 */
import type { Agent, LogTarget, Scope, Settings } from "../../lib/render/agent.ts";
import { attributesOf, serverAttributes } from "./attributes.ts";
import { journald } from "./journald.ts";
import { parserOf, redactionRulesOf, samplingRulesOf } from "./annotations.ts";
import { multilineOf } from "./hints.ts";

const settings = {
  apiKey: {
    env: "WATCHER_SCALYR_API_KEY",
    type: "string",
    secret: true,
    required: "!fragment",
    help: "API key with the right to write logs; not needed for a fragment",
    sample: "sample-api-key",
  },
  destPath: {
    env: "WATCHER_SCALYR_DEST_PATH",
    type: "directory",
    required: "!fragment",
    help: "Folder in which the links to the logs are made; not needed for a fragment",
    sample: "/var/log/scalyr-agent",
  },
  configPath: {
    env: "WATCHER_SCALYR_CONFIG_PATH",
    type: "file",
    default: "/etc/scalyr-agent-2/agent.json",
    help: "Configuration file of the Scalyr agent; not written with a fragment",
  },
  fragment: {
    env: "WATCHER_SCALYR_FRAGMENT",
    type: "boolean",
    default: false,
    help: "Write a fragment with the logs alone; agent.json is the operator's own",
  },
  fragmentPath: {
    env: "WATCHER_SCALYR_FRAGMENT_PATH",
    type: "directory",
    default: "/etc/scalyr-agent-2/agent.d",
    help: "Folder of fragments of the Scalyr agent; the fragment is 50-kube-log-watcher.json",
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
  summary:
    "Scalyr agent 2: agent.json with one entry per container, and one link per container; or a fragment without links",
  settings,
  expresses: ["parser", "samplingRules", "redactionRules", "attributes"],
  // Any change has the Scalyr agent start all its copying again.
  minSecondsBetweenWrites: 10,
  outputs: {
    log: { link: "{destPath}/{id}/{logName}.log", onlyIf: "!fragment" },
    config: {
      template: "agent.json.eta",
      format: "json",
      each: "node",
      path: "{configPath}",
      // The file holds the API key.
      mode: 0o640,
      // One element per container, or the file is not written.
      list: "logs",
      onlyIf: "!fragment",
    },
    fragment: {
      template: "fragment.json.eta",
      format: "json",
      each: "node",
      path: "{fragmentPath}/50-kube-log-watcher.json",
      list: "logs",
      onlyIf: "fragment",
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
      path: scope.settings.fragment
        ? asPattern(target.log.path)
        : linkPath(scope.settings.destPath ?? "", { id: target.id, logName }),
      attributes: attributesOf(target, {
        node: scope.node,
        cannot: scope.cannot,
        parser: decoding.parser,
        isFragment: scope.settings.fragment,
      }),
      // Form-encoded, so that nothing in it is a placeholder of Python's string.Template, which Scalyr takes it for.
      renameLogfile: "?" + new URLSearchParams({ application, component, version, container_id: target.id }),
      samplingRules: samplingRulesOf(target, scope),
      redactionRules: redactionRulesOf(target, scope),
      parseFormat: decoding.format,
    };
  },

  /** The data of the file that is the same for all containers. */
  shared: (scope) => ({ serverAttributes: serverAttributes(scope.node), ...journald(scope) }),
} satisfies Agent<typeof settings>;

/** Together with `-` and `.log` a file name's 255 bytes; a label's value has 63 at most, a pod's name 253. */
const MAX_APPLICATION = 187;
const MAX_VERSION = 63;

/** Makes part of a file name; takes out `*?[` among others, which Scalyr would take for a pattern, and a leading dot, which would hide the file. */
function safe(value: string): string {
  return value.replaceAll(/[^A-Za-z0-9._-]|^\./g, "_") || "none";
}

/** Writes a path as a pattern of Python's glob that matches it alone. */
function asPattern(path: string): string {
  return path.replaceAll(/[*?[]/g, "[$&]");
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

/**
 * Reads `a,b=c,*`: the parser to use afterwards by parser, empty where it stays.
 *
 * @throws {Error} If an item has more than one `=`.
 */
function decodedParsers(list: string): Map<string, string> {
  const items = list.split(",").map((item) => item.split("=").map((part) => part.trim()));
  const long = items.find((parts) => parts.length > 2);
  if (long) {
    throw new Error(
      `WATCHER_SCALYR_PARSE_LINES_JSON has ${
        JSON.stringify(long.join("="))
      }; write parser, parser=other or *, separated by commas`,
    );
  }
  return new Map(items.filter(([parser]) => parser).map(([parser, other = ""]) => [parser!, other]));
}
