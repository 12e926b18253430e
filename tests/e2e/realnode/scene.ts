/**
 * What the steps of the scenario share.
 *
 * @module
 */
import type { Checks } from "./checks.ts";
import { differences } from "./difference.ts";
import { expectation, type Subject, subjects } from "./expectation.ts";
import type { KubeObject } from "./kube_api.ts";
import type { OutputReader } from "./output_reader.ts";
import type { RealNode } from "./real_node.ts";
import { until } from "./until.ts";
import { type Places, readWritten } from "./written.ts";
import { WATCHER } from "./watcher_pod.ts";

/** A node with a watcher, and who looks on. */
export interface Scene {
  readonly node: RealNode;
  readonly checks: Checks;
  readonly reader: OutputReader;
  readonly places: Places;
  /** Times in which no watcher ran, milliseconds of the epoch. */
  readonly pauses: (readonly [fromMs: number, toMs: number])[];
}

/** Lists how the disk differs from what API and log folders say now. */
export async function wrongNow({ node, places }: Scene): Promise<string[]> {
  const { known, unknown } = subjects(await node.api.pods(), node.varLog);
  const notYet = unknown.map((path) => `nothing tells the id of ${path}`);
  return [...notYet, ...differences(readWritten(places), expectation(known, node.name))];
}

/** Checks that the disk comes to be what API and log folders say. */
export async function checkSettled(scene: Scene, { sentence, timeoutMs = 60_000 }: SettledOptions): Promise<void> {
  await scene.checks.works(sentence, () => until("the right state on disk", () => wrongNow(scene), { timeoutMs }));
}

interface SettledOptions {
  readonly sentence: string;
  readonly timeoutMs?: number;
}

/** Finds the logs of a pod with all that is known of them. */
export async function subjectsOf({ node }: Scene, podName: string): Promise<Subject[]> {
  return subjects(await node.api.pods(), node.varLog).known.filter(({ log }) => log.podName === podName);
}

/** Reads a pod; undefined if the API has none of that name. */
export async function readPod({ node }: Scene, pod: { namespace: string; name: string }) {
  const { status, body } = await node.api.request(`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`);
  return status === 200 ? body as KubeObject : undefined;
}

/** Reads the status of the watcher's container. */
export async function watcherStatus(scene: Scene): Promise<WatcherStatus> {
  const pod = await readPod(scene, WATCHER);
  return pod?.status?.containerStatuses?.find(({ name }: { name: string }) => name === "watcher") ??
    { restartCount: 0 };
}

/** The fields of a container's status that are looked at. */
export interface WatcherStatus {
  readonly restartCount: number;
  readonly containerID?: string;
  readonly state?: { readonly running?: object };
  readonly lastState?: { readonly terminated?: { readonly exitCode: number } };
}

/** Reads what the watcher's process printed, all its runs together, and what the kubelet has rotated of it. */
export async function watcherLog({ node }: Pick<Scene, "node">): Promise<string> {
  const files = `/var/log/pods/${WATCHER.namespace}_${WATCHER.name}_*/watcher/*`;
  // Names sort by run and then by age, but for the live file, which comes before its own rotated ones.
  return await node.inNode("sh", "-c", `for file in ${files}; do zcat -f "$file"; done`);
}
