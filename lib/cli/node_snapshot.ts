/**
 * A node as a file: its containers, its pods and the settings of its watcher without secrets, to be looked at on another machine.
 *
 * @module
 */
import { parseConfigFile } from "../config/config_file.ts";
import { coreSettings } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";
import type { OperatorRules } from "../config/operator_rules.ts";
import type { Container, Discovery, NotFollowed } from "../discover/container.ts";
import type { NodeContext } from "../join/log_target.ts";
import { asList, asOptionalText, asRecord, asText, asTextMap, ShapeError } from "../pods/json_shape.ts";
import type { Pod } from "../pods/pod.ts";
import { formatStoredPods, parseStoredPods } from "../pods/stored_pods.ts";
import type { AgentDescription } from "../render/agent_description.ts";

/** A recorded node. */
export interface NodeSnapshot {
  readonly node: NodeContext;
  readonly discovery: Discovery;
  readonly pods: readonly Pod[];
  /** Settings that were given, as text, by environment variable; never a secret, nor the file of one. */
  readonly settings: Readonly<Record<string, string>>;
  /** Rules of the operator's configuration file, by their keys in it. */
  readonly rules: Readonly<Record<string, unknown>>;
}

/** A file is no snapshot. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

const FORMAT = "kube-log-watcher/snapshot";
/** Is raised whenever an older program would read a file wrongly. */
const VERSION = 1;
/** Settings that say how this machine reaches the API, or where it keeps things: of no use elsewhere. */
const LOCAL = new Set([
  "kubeUrl",
  "kubeconfig",
  "statePath",
  "metricsPort",
  "agentsPath",
  "debug",
  "logLevel",
  "logFormat",
  "events",
]);

/** Lists the settings that were given, without secrets. */
export function recordSettings(given: Given, agents: readonly AgentDescription[]): Record<string, string> {
  const own = coreSettings().filter(([key]) => !LOCAL.has(key)).map(([, setting]) => setting);
  const theirs = agents.flatMap(({ settings }) => Object.values(settings)).filter(({ secret }) => !secret)
    .map(({ env }) => ({ env, flag: env.replace(/^WATCHER_/, "").toLowerCase().replaceAll("_", "-") }));
  return Object.fromEntries([...own, ...theirs].flatMap((setting) => {
    const text = findGiven(given, setting)?.text;
    return text === undefined ? [] : [[setting.env, text]];
  }));
}

/** Writes a snapshot; the same node makes the same bytes. */
export function formatSnapshot({ node, discovery, pods, settings, rules }: NodeSnapshot): string {
  const { pods: stored } = JSON.parse(formatStoredPods(pods));
  const sorted = Object.fromEntries(Object.entries(settings).sort(([a], [b]) => a < b ? -1 : 1));
  return JSON.stringify(
    { format: FORMAT, version: VERSION, node, settings: sorted, rules, ...discovery, pods: stored },
    null,
    1,
  ) + "\n";
}

/** Reads a snapshot. @throws {SnapshotError} If the file cannot be read, or is none; the message names it. */
export async function readSnapshot(path: string): Promise<NodeSnapshot> {
  try {
    return parseSnapshot(await Deno.readTextFile(path));
  } catch (cause) {
    throw new SnapshotError(
      `Cannot take ${path} as a snapshot: ${(cause as Error).message}; make one with: kube-log-watcher snapshot`,
      {
        cause,
      },
    );
  }
}

/** @throws {ShapeError | SyntaxError} If the text is none. */
export function parseSnapshot(text: string): NodeSnapshot {
  const file = asRecord(JSON.parse(text), "the top");
  if (file.format !== FORMAT) throw new ShapeError("format", { expected: FORMAT, found: file.format });
  if (file.version !== VERSION) throw new ShapeError("version", { expected: `${VERSION}`, found: file.version });
  const node = asRecord(file.node, "node");
  return {
    node: {
      name: asOptionalText(node.name, "node.name"),
      clusterId: asOptionalText(node.clusterId, "node.clusterId"),
      clusterEnvironment: asOptionalText(node.clusterEnvironment, "node.clusterEnvironment"),
      clusterAlias: asOptionalText(node.clusterAlias, "node.clusterAlias"),
    },
    discovery: {
      containers: asList(file.containers, "containers").map((one, index) =>
        parseContainer(one, `containers[${index}]`)
      ),
      notFollowed: asList(file.notFollowed, "notFollowed").map((one, index) =>
        parseNotFollowed(one, `notFollowed[${index}]`)
      ),
      isComplete: file.isComplete === true,
    },
    pods: parseStoredPods(JSON.stringify({ format: "kube-log-watcher/pods", version: 1, pods: file.pods })),
    settings: asTextMap(file.settings, "settings"),
    rules: asRecord(file.rules ?? {}, "rules"),
  };
}

function parseContainer(value: unknown, place: string): Container {
  const one = asRecord(value, place);
  const { layout, logFormat, restart } = one;
  if (layout !== "docker" && layout !== "cri") {
    throw new ShapeError(`${place}.layout`, { expected: "docker or cri", found: layout });
  }
  if (logFormat !== "json-file" && logFormat !== "cri") {
    throw new ShapeError(`${place}.logFormat`, { expected: "json-file or cri", found: logFormat });
  }
  if (typeof restart !== "number") throw new ShapeError(`${place}.restart`, { expected: "a number", found: restart });
  return {
    key: asText(one.key, `${place}.key`),
    layout,
    id: asOptionalText(one.id, `${place}.id`) || undefined,
    containerName: asText(one.containerName, `${place}.containerName`),
    restart,
    podName: asText(one.podName, `${place}.podName`),
    namespace: asText(one.namespace, `${place}.namespace`),
    podUid: asText(one.podUid, `${place}.podUid`),
    logPath: asText(one.logPath, `${place}.logPath`),
    logFormat,
    image: asOptionalText(one.image, `${place}.image`) || undefined,
  };
}

function parseNotFollowed(value: unknown, place: string): NotFollowed {
  const one = asRecord(value, place);
  return {
    key: asText(one.key, `${place}.key`),
    path: asOptionalText(one.path, `${place}.path`),
    code: asText(one.code, `${place}.code`) as NotFollowed["code"],
    reason: asText(one.reason, `${place}.reason`),
  };
}

/** Adds the settings of a snapshot to those that are given, which win. */
export function withSettings(given: Given, { settings }: Pick<NodeSnapshot, "settings">): Given {
  const set = Object.fromEntries(Object.entries(given.env).filter(([, text]) => text !== undefined));
  return { ...given, env: { ...settings, ...set } };
}

/** Reads the rules of a snapshot as those of a configuration file. @throws {SnapshotError} If they are not right. */
export function rulesOfSnapshot({ rules }: Pick<NodeSnapshot, "rules">, path: string): OperatorRules {
  const file = parseConfigFile(JSON.stringify(rules), { path: `the rules of ${path}` });
  if (file.problems.length > 0) {
    throw new SnapshotError(`Cannot take ${path} as a snapshot: ${file.problems.join("; ")}`);
  }
  return file.rules;
}
