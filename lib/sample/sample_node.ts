/**
 * The sample node that ships with the program: a small recorded node, made as a real tree of files, so that it is discovered like any other.
 *
 * @module
 */
import { join } from "node:path";
import { type ApiPod, apiPod } from "./api_pod.ts";
import { writeCriContainer } from "./cri_files.ts";
import { writeDockerContainer } from "./docker_files.ts";
import { SAMPLE_PODS, type SamplePod } from "./sample_pods.ts";

/** Where the parts of a sample node lie. */
export interface SamplePaths {
  /** As /var/lib/docker/containers. */
  readonly containersPath: string;
  /** As /var/log/pods. */
  readonly podLogsPath: string;
  /** As /var/log/containers. */
  readonly containerLinksPath: string;
}

/** A sample node on disk. */
export interface SampleNode extends SamplePaths {
  readonly nodeName: string;
  readonly clusterId: string;
  /** The node's pods in the API's JSON. */
  readonly pods: readonly ApiPod[];
}

export const SAMPLE_NODE_NAME = "node-1";
export const SAMPLE_CLUSTER_ID = "aws:123456789012:eu-central-1:kube-1";

/** A container that somebody started by hand: not one of Kubernetes. */
const STRANGER = {
  name: "plain",
  id: "6928c4cb07f433b6b229161e2e0c02fd59e4e090a45d9d2775cea831ab84d06b",
  image: "bb:1",
  line: "rotating line 1",
};

/**
 * Writes the sample node below a folder. The same bytes every time.
 *
 * @param folder Made where it is not there yet; what the node has must not be in it.
 */
export async function materializeSampleNode(folder: string): Promise<SampleNode> {
  await Deno.mkdir(folder, { recursive: true });
  const paths = samplePaths(await Deno.realPath(folder));
  for (const path of Object.values(paths)) await Deno.mkdir(path, { recursive: true });
  for (const pod of SAMPLE_PODS) await writeSamplePod(pod, paths);
  await writeDockerContainer(paths.containersPath, { container: STRANGER });
  return {
    ...paths,
    nodeName: SAMPLE_NODE_NAME,
    clusterId: SAMPLE_CLUSTER_ID,
    pods: SAMPLE_PODS.map((pod, index) =>
      apiPod(pod, { nodeName: SAMPLE_NODE_NAME, resourceVersion: String(index + 1) })
    ),
  };
}

/** Tells where the parts of a sample node lie below a folder, which should have no links in its path. */
export function samplePaths(folder: string): SamplePaths {
  return {
    containersPath: join(folder, "docker/containers"),
    podLogsPath: join(folder, "log/pods"),
    containerLinksPath: join(folder, "log/containers"),
  };
}

/** Writes the files of a pod's containers. */
export async function writeSamplePod(pod: SamplePod, paths: SamplePaths) {
  if (pod.sandboxId !== undefined) {
    const container = { name: "POD", id: pod.sandboxId, image: "registry.example/pause:3.2", line: "" };
    await writeDockerContainer(paths.containersPath, { container, pod, isSandbox: true });
  }
  for (const container of pod.containers) {
    if (pod.layout === "docker") await writeDockerContainer(paths.containersPath, { container, pod });
    else await writeCriContainer(paths.podLogsPath, { container, pod, containerLinksPath: paths.containerLinksPath });
  }
}
