/**
 * A sample pod as the API server gives it; the shape is that of a recorded v1.20.2 answer.
 *
 * @module
 */
import type { SampleContainer, SamplePod } from "./sample_pods.ts";

/** A pod in the API's JSON. */
export interface ApiPod {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly [name: string]: unknown;
  };
  readonly spec: { readonly nodeName: string; readonly [name: string]: unknown };
  readonly status: Readonly<Record<string, unknown>>;
}

/** When the recorded containers started. */
const STARTED = "2026-11-23T21:24:08Z";

/**
 * Makes a pod's JSON.
 *
 * @param options.resourceVersion Version of the object, default `1`.
 */
export function apiPod(pod: SamplePod, options: { nodeName: string; resourceVersion?: string }): ApiPod {
  const { nodeName, resourceVersion = "1" } = options;
  const init = pod.containers.filter((container) => container.isInit);
  const main = pod.containers.filter((container) => !container.isInit);
  const { labels = {}, annotations = {} } = pod;
  const all = { ...annotations, ...staticAnnotations(pod) };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      uid: pod.uid,
      resourceVersion,
      creationTimestamp: STARTED,
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(Object.keys(all).length > 0 ? { annotations: all } : {}),
    },
    spec: {
      nodeName,
      containers: main.map(containerSpec),
      ...(init.length > 0 ? { initContainers: init.map(containerSpec) } : {}),
    },
    status: {
      phase: "Running",
      containerStatuses: main.map((container) => containerStatus(container, pod)),
      ...(init.length > 0 ? { initContainerStatuses: init.map((container) => containerStatus(container, pod)) } : {}),
    },
  };
}

function staticAnnotations({ configHash }: SamplePod): Record<string, string> {
  if (configHash === undefined) return {};
  return {
    "kubernetes.io/config.hash": configHash,
    "kubernetes.io/config.mirror": configHash,
    "kubernetes.io/config.source": "file",
  };
}

function containerSpec({ name, image }: SampleContainer) {
  return { name, image };
}

function containerStatus({ name, image, id, isInit = false, restart = 0 }: SampleContainer, { layout }: SamplePod) {
  const containerID = `${layout === "docker" ? "docker" : "containerd"}://${id}`;
  const finished = { containerID, exitCode: 0, reason: "Completed", startedAt: STARTED, finishedAt: STARTED };
  return {
    name,
    image,
    imageID: "",
    containerID,
    restartCount: restart,
    ready: !isInit,
    lastState: {},
    state: isInit ? { terminated: finished } : { running: { startedAt: STARTED } },
  };
}
