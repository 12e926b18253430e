/**
 * The story of a node, from an empty one to an empty one.
 *
 * @module
 */
import { checkCalmPods, checkCrashes, checkDeletion, checkMalformed, checkPatches, checkRotation } from "./changes.ts";
import { checkShipper, checkStaticPod, startStaticPod } from "./changes.ts";
import type { Checks } from "./checks.ts";
import { applyManifest, checkManifests, checkRights, startWatcher } from "./deploy.ts";
import { checkReader, checkRemoval, printFigures, printMemory } from "./ending.ts";
import { checkEvents } from "./events.ts";
import { OutputReader } from "./output_reader.ts";
import type { RealNode } from "./real_node.ts";
import { checkKill, checkRequests, checkTermination } from "./restarts.ts";
import { checkSettled, type Scene } from "./scene.ts";
import { until } from "./until.ts";
import { workload } from "./workload.ts";
import { placesOf } from "./written.ts";

/** Pods that are there before the watcher. */
const EARLY = "batch";

/** Tells the story on a node that is up. */
export async function runScenario(node: RealNode, checks: Checks): Promise<void> {
  const places = placesOf(node);
  await using reader = new OutputReader({ places, varLog: node.varLog });
  const scene: Scene = { node, checks, reader, places, pauses: [] };

  const daemonSet = await applyManifest(node, checks);
  await checkManifests(scene);
  const pods = workload();
  await node.apply(...pods.filter(({ metadata }) => metadata.namespace === EARLY));
  await until("the first logs", () => reader.logs.size > 0 ? "" : "none yet");
  await startWatcher(scene, daemonSet);
  const sinceMs = Date.now();
  await checkRights(scene);

  startStaticPod(scene);
  await node.apply(...pods.filter(({ metadata }) => metadata.namespace !== EARLY));
  await checks.works(`all ${pods.length} pods and the static one log`, () =>
    until("their logs", () => {
      const found = new Set([...reader.logs.keys()].map((path) => path.split("/")[4]));
      return found.size >= pods.length + 2 ? "" : `${found.size} pods have logs`; // the watcher's own, too
    }, { timeoutMs: 90_000 }));
  await checkSettled(scene, {
    sentence: "every log of the node is configured for all three agents as API and disk say",
  });
  await checkStaticPod(scene);
  await checkMalformed(scene);
  await checkCalmPods(scene);
  await checkPatches(scene);
  await checkRotation(scene);
  await checkShipper(scene);
  await checkDeletion(scene);
  await checkTermination(scene);
  await checkKill(scene);
  await checkCrashes(scene);
  await checkSettled(scene, { sentence: "in the end the disk is what API and disk say, computed independently" });
  await printMemory(scene);
  checkRequests(scene, 3);
  await checkEvents(scene);
  await checkRemoval(scene);
  checkReader(scene);
  printFigures(scene, sinceMs);
}
