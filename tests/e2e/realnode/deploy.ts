/**
 * Steps: the manifest goes in, the watcher comes up, and its account can do what it must and nothing else.
 *
 * @module
 */
import { findAgents } from "../../../lib/render/find_agents.ts";
import type { Checks } from "./checks.ts";
import { SETTINGS } from "./expectation.ts";
import type { KubeObject } from "./kube_api.ts";
import { readManifest } from "./manifest.ts";
import type { RealNode } from "./real_node.ts";
import { readPod, type Scene, watcherStatus } from "./scene.ts";
import { until } from "./until.ts";
import { WATCHER, watcherPod } from "./watcher_pod.ts";

const SECRET: KubeObject = {
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "scalyr-api-key", namespace: "logging" },
  // The new line is what `kubectl create secret --from-file` of an edited file would bring.
  stringData: { "api-key": `${SETTINGS.apiKey}\n` },
};

/** Hands the manifest to the API server. @returns Its DaemonSet. */
export async function applyManifest(node: RealNode, checks: Checks): Promise<KubeObject> {
  const objects = await readManifest();
  for (const object of objects) {
    const name = `${object.kind} ${object.metadata.name}`;
    if (object.kind !== "Namespace") {
      await checks.works(
        `the API server accepts the manifest's ${name} in a dry run`,
        () => node.api.apply(object, { isDryRun: true }),
      );
    }
    await checks.works(`the API server accepts the manifest's ${name}`, () => node.api.apply(object));
  }
  await node.api.apply(SECRET);
  const daemonSet = objects.find(({ kind }) => kind === "DaemonSet");
  if (!daemonSet) throw new Error("The manifest has no DaemonSet");
  return daemonSet;
}

/** Asks the API server about the manifests of all shippers; namespace and accounts are there already. */
export async function checkManifests({ node, checks }: Pick<Scene, "node" | "checks">): Promise<void> {
  const agents = [...findAgents().keys()];
  for (const chosen of [...agents.map((agent) => [agent]), agents]) {
    await checks.works(
      `the API server accepts the manifest of ${chosen.length === 1 ? chosen[0] : "all agents together"} in a dry run`,
      async () => {
        for (const object of await readManifest(chosen)) await node.api.apply(object, { isDryRun: true });
      },
    );
  }
}

/** Starts the watcher in a pod. */
export async function startWatcher(scene: Scene, daemonSet: KubeObject): Promise<void> {
  const { node, checks, reader } = scene;
  const pod = watcherPod(daemonSet, node.folder);
  await checks.works("the API server accepts the DaemonSet's pod", () => node.apply(pod));
  await checks.works(
    "the watcher and the shipper run in it, with a read-only root and no capabilities to write",
    () =>
      until("the pod to run", async () => {
        const statuses = (await readPod(scene, WATCHER))?.status?.containerStatuses ?? [];
        const isRunning = statuses.length === 2 && statuses.every(({ state }: { state: object }) => "running" in state);
        return isRunning ? "" : JSON.stringify(statuses.map(({ name, state }: KubeObject) => [name, state]));
      }),
  );
  await checks.works(
    "the watcher replaces the first configuration by its own",
    () => until("its agent.json", () => reader.entries.size > 0 ? "" : "no version of the watcher has come"),
  );
  checks.same("the init container gives the shipper a valid, empty configuration before", reader.firstConfig, {
    api_key: SETTINGS.apiKey,
    logs: [],
    monitors: [],
    implicit_metric_monitor: false,
  });
}

/** Checks what the token in the watcher's pod can do. */
export async function checkRights(scene: Scene): Promise<void> {
  const { node, checks } = scene;
  const uid = (await readPod(scene, WATCHER))?.metadata.uid;
  const path = `${node.folder}/run/kubelet/pods/${uid}/volumes/kubernetes.io~projected/token/token`;
  const token = (await node.inNode("cat", path)).trim();
  const ask = async (path: string, method = "GET") => (await node.api.request(path, { token, method })).status;
  const own = `fieldSelector=spec.nodeName%3D${node.name}`;
  const asked = {
    "list of pods": await ask(`/api/v1/pods?${own}`),
    "watch of pods": await ask(`/api/v1/pods?watch=true&timeoutSeconds=1&${own}`),
    "get of a pod": await ask(`/api/v1/namespaces/${WATCHER.namespace}/pods/${WATCHER.name}`),
    "list of secrets": await ask("/api/v1/secrets"),
    "get of the secret": await ask("/api/v1/namespaces/logging/secrets/scalyr-api-key"),
    "deletion of a pod": await ask(`/api/v1/namespaces/${WATCHER.namespace}/pods/${WATCHER.name}`, "DELETE"),
    "list of nodes": await ask("/api/v1/nodes"),
    "creation of an event": await ask("/api/v1/namespaces/shop/events", "POST"),
  };
  checks.same("the watcher's token may list and watch pods and nothing else", asked, {
    "list of pods": 200,
    "watch of pods": 200,
    "get of a pod": 403,
    "list of secrets": 403,
    "get of the secret": 403,
    "deletion of a pod": 403,
    "list of nodes": 403,
    "creation of an event": 403,
  });
}

/** Finds the process of the watcher, as seen from here. */
export async function watcherProcess(scene: Scene): Promise<number> {
  const id = (await watcherStatus(scene)).containerID?.split("//")[1];
  if (!id) throw new Error("The watcher's container has no id");
  return await scene.node.processOf(id);
}
