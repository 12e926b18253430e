/**
 * The same story for every shipper: two pods, one of each runtime, write lines of all kinds; their logs are rotated, their labels change, another pod comes.
 *
 * @module
 */
import { apiPod } from "../../lib/sample/api_pod.ts";
import { SAMPLE_NODE_NAME } from "../../lib/sample/sample_node.ts";
import type { SamplePod } from "../../lib/sample/sample_pods.ts";
import type { Scene } from "../e2e/scene.ts";
import { assertAllDelivered, type Delivered, isAllDelivered } from "./delivery.ts";
import { type ContainerLog, startLogs } from "./log_tree.ts";
import type { ShipperProcess } from "./shipper_process.ts";

/** Value of the annotation `note`: breaks out of careless templates, or is expanded by careless readers. */
export const HOSTILE_NOTE =
  "q\" b\\ d$HOME ${HOME} $(echo x) #{1+1} `id` %msg% %{[x]} {{z}} 'sq' <%= 1 %>\n- new: line # é 日本 😀 \u2028 @version: 1";

/** Settings that have the annotation `note` and the label `team` shipped as attributes. */
export const STORY_SETTINGS = {
  WATCHER_ATTRIBUTE_ANNOTATIONS: "note",
  WATCHER_ATTRIBUTE_LABELS: "team",
  WATCHER_CLUSTER_ID: "cluster-1",
} as const;

/** Pod in Docker's layout. */
export const DOCKER_POD = storyPod("docker", "d");
/** Pod in the layout of containerd. */
export const CRI_POD = storyPod("cri", "c");
/** Pod in the layout of containerd that comes while the shipper runs. */
export const LATE_POD = storyPod("cri", "e");

/** What the story is told with. */
export interface StoryTellers {
  readonly scene: Scene;
  readonly shipper: ShipperProcess;
  /** Whether logs are rotated only when all is read, for shippers that can miss what is written in the moment of a rotation; default false. */
  readonly isCaughtUpBeforeRotation?: boolean;
  /** Reads what was delivered so far; `version` is the attribute of the label `version`. */
  delivered(): readonly (Delivered & { readonly version: string })[];
  /** Waits until the pods given are configured with the version given, and the shipper was told if it needs to be. */
  configured(pods: readonly SamplePod[], version: string): Promise<void>;
}

/** Shows the pods of the first part to the API and writes their first lines; before the watcher starts, or after. */
export async function beginStory(scene: Scene): Promise<readonly ContainerLog[]> {
  const logs = await Promise.all([DOCKER_POD, CRI_POD].map((pod) => startPod(pod, scene)));
  return logs.flat();
}

/**
 * Tells the story; the shipper and the watcher run already.
 *
 * @param logs What {@linkcode beginStory} gave.
 * @throws {Error} If lines do not arrive once and whole, or a changed label does not.
 */
export async function tellStory(
  logs: readonly ContainerLog[],
  { scene, shipper, delivered, configured, isCaughtUpBeforeRotation = false }: StoryTellers,
): Promise<readonly ContainerLog[]> {
  const untilAll = async (what: string, all = logs) => {
    try {
      await shipper.until(`all lines ${what} are delivered`, () => isAllDelivered(all, delivered()));
    } catch (cause) {
      // Says which lines are missing.
      assertAllDelivered(all, delivered());
      throw cause;
    }
  };
  for (const log of logs) writeAllKinds(log);
  await untilAll("of all kinds");
  logs.forEach((log) => log.write("last before the rotation"));
  if (isCaughtUpBeforeRotation) await untilAll("before the rotation");
  for (const log of logs) {
    log.rotate();
    log.write("first after the rotation");
  }
  await untilAll("around the rotation");
  for (const pod of [DOCKER_POD, CRI_POD]) show({ ...pod, labels: { ...pod.labels, version: "2" } }, scene);
  await configured([DOCKER_POD, CRI_POD], "2");
  for (const log of logs) await untilVersion(log, { shipper, delivered, version: "2" });
  const all = [...logs, ...await startPod(LATE_POD, scene)];
  await configured([LATE_POD], "1");
  all.forEach((log) => log.write("all together"));
  await untilAll("with the late pod", all);
  assertAllDelivered(all, delivered());
  return all;
}

function writeAllKinds(log: ContainerLog) {
  log.write("plain");
  log.write("an error", { stream: "stderr" });
  log.write("");
  log.write(`  leading blanks, "quotes", \\ and ${HOSTILE_NOTE.replaceAll("\n", " ")}`);
  log.write("x".repeat(40_000));
  log.write("cut in small parts, whatever it is made of", { partBytes: 5 });
  log.write("an error in parts", { stream: "stderr", partBytes: 5 });
  for (let number = 0; number < 100; number++) log.write(`number ${number}`);
}

/** Writes lines until one arrives with the version. */
async function untilVersion(
  log: ContainerLog,
  { shipper, delivered, version }: Pick<StoryTellers, "shipper" | "delivered"> & { version: string },
) {
  await shipper.until(`lines have version ${version}`, async () => {
    log.write(`probe ${log.written.length}`);
    await shipper.until("a probe is delivered", () => isAllDelivered([log], delivered()));
    return delivered().filter(({ id }) => id === log.container.id).at(-1)?.version === version;
  });
}

async function startPod(pod: SamplePod, scene: Scene): Promise<readonly ContainerLog[]> {
  show(pod, scene);
  return await startLogs(pod, scene.paths);
}

function show(pod: SamplePod, scene: Scene) {
  scene.putPod(apiPod(pod, { nodeName: SAMPLE_NODE_NAME }));
}

function storyPod(layout: SamplePod["layout"], digit: string): SamplePod {
  return {
    layout,
    name: `story-${digit}`,
    namespace: "shop",
    uid: `00000000-0000-4000-8000-${digit.repeat(12)}`,
    labels: { application: "story", version: "1", team: "checkout" },
    annotations: { note: HOSTILE_NOTE },
    containers: [{ name: "app", id: digit.repeat(64), image: "registry.example/story:1", line: "first" }],
  };
}
