/**
 * What is looked at once, without a watcher: a real node, or the recorded one that comes with the program.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { Container, Discovery } from "../discover/container.ts";
import { Discoverer } from "../discover/discover.ts";
import type { HintReader } from "../hints/hint_reader.ts";
import { join, type Joined, type JoinMemory } from "../join/join.ts";
import type { PodView } from "../pods/pod.ts";
import { PodStore } from "../pods/pod_store.ts";
import { projectPod } from "../pods/project_pod.ts";
import { materializeSampleNode, type SampleNode } from "../sample/sample_node.ts";
import type { PreviewOptions } from "./commands.ts";
import { listOnce } from "./list_once.ts";
import type { NodeSnapshot } from "./node_snapshot.ts";
import { adjustmentOf, rulesOf } from "./rules_of.ts";
import { openHintReader } from "./open_hint_reader.ts";

/** A node to look at. */
export interface NodeSubject {
  readonly discovery: Discovery;
  readonly pods: PodView;
  readonly hints: HintReader;
  readonly node: Config["node"];
  readonly source: string;
}

/**
 * Joins what a subject's disk and pods show, waiting for nothing.
 *
 * @param memory Of a join before: what is as it was then, is the same object. Default none.
 */
export function joinSubject(subject: NodeSubject, config: Config, memory: JoinMemory = new Map()): Joined {
  return join({
    ...subject,
    memory,
    rules: rulesOf(config),
    adjust: adjustmentOf(config),
    clusterEnvironment: config.node.clusterEnvironment,
    nowMs: 0,
    waitMs: 0,
    graceMs: config.gracePeriodMs,
  });
}

/** What a look is to be at. */
export interface SubjectOptions {
  readonly source: PreviewOptions["source"];
  /** Ends a request to the API. */
  readonly signal?: AbortSignal;
}

/** Looks at what is wanted. */
export async function subjectOf(config: Config, { source, signal }: SubjectOptions): Promise<NodeSubject> {
  if (source === "sample") return await sampleSubject(config);
  if (source === "real") return await realSubject(config, signal ?? new AbortController().signal);
  return await snapshotSubject(config, source);
}

/** Records the node that a configuration names. */
export async function recordNode(
  config: Config,
  signal: AbortSignal,
): Promise<Omit<NodeSnapshot, "settings" | "rules">> {
  const discovery = new Discoverer(config).scan();
  const { pods } = await listOnce(config, signal);
  const sorted = [...pods.pods()].sort((a, b) => a.uid < b.uid ? -1 : 1);
  return { node: config.node, discovery, pods: sorted };
}

/** Takes a recorded node; of its names those that are set here win. */
async function snapshotSubject(config: Config, snapshot: NodeSnapshot): Promise<NodeSubject> {
  const pods = new PodStore();
  pods.replaceAll(snapshot.pods);
  const node = {
    ...config.node,
    name: config.node.name || snapshot.node.name,
    clusterId: config.node.clusterId || snapshot.node.clusterId,
  };
  return { discovery: snapshot.discovery, pods, hints: await openHintReader(config), node, source: "a recorded node" };
}

/**
 * Looks at the disk and the API that a configuration names.
 *
 * @param list Asks the API.
 */
export async function realSubject(config: Config, signal: AbortSignal, list = listOnce): Promise<NodeSubject> {
  const discovery = new Discoverer(config).scan();
  const { pods, description } = await list(config, signal);
  const source = `${config.containersPath}, ${config.podLogsPath}; ${description}`;
  return { discovery, pods, hints: await openHintReader(config), node: config.node, source };
}

/** Makes the sample node in a temporary folder, discovers it like any other, and shows its paths as they are on a node. */
async function sampleSubject(config: Config): Promise<NodeSubject> {
  const folder = await Deno.makeTempDir({ prefix: "kube-log-watcher-sample-" });
  try {
    const sample = await materializeSampleNode(folder);
    const discovery = showAs(new Discoverer(sample).scan(), { sample, config });
    const pods = new PodStore();
    pods.replaceAll(sample.pods.map(projectPod));
    const node = {
      ...config.node,
      name: config.node.name || sample.nodeName,
      clusterId: config.node.clusterId || sample.clusterId,
    };
    return { discovery, pods, hints: await openHintReader(config), node, source: "the recorded sample node" };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function showAs(discovery: Discovery, { sample, config }: { sample: SampleNode; config: Config }): Discovery {
  const places = [
    [sample.containersPath, config.containersPath],
    [sample.podLogsPath, config.podLogsPath],
    [sample.containerLinksPath, config.containerLinksPath],
  ] as const;
  const shown = (text: string) => places.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
  return {
    ...discovery,
    containers: discovery.containers.map((container): Container => ({
      ...container,
      logPath: shown(container.logPath),
    })),
    notFollowed: discovery.notFollowed.map((item) => ({
      ...item,
      key: shown(item.key),
      path: shown(item.path),
      reason: shown(item.reason),
    })),
  };
}
