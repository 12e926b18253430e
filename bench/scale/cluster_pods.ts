/**
 * The pods of nodes that exist in the API only.
 *
 * @module
 */
import type { KubeApi } from "../../tests/e2e/realnode/kube_api.ts";
import type { ClientNode } from "./client_plan.ts";

/** Pods of each node, and containers of each pod. */
export const PODS_PER_NODE = 10;
export const CONTAINERS_PER_POD = 2;

const NAMESPACE = "scale";
const AT_ONCE = 12;

/** Plans the nodes. */
export function planNodes(count: number): readonly ClientNode[] {
  return Array.from({ length: count }, (_, node) => ({
    name: `simulated-${node}`,
    pods: Array.from({ length: PODS_PER_NODE }, (_, pod) => ({
      namespace: NAMESPACE,
      name: `web-${node}-${pod}`,
      containers: CONTAINERS_PER_POD,
    })),
  }));
}

/** Has the API server know the pods of nodes. No kubelet runs them; each has the status that one would have given it. */
export async function createPods(api: KubeApi, nodes: readonly ClientNode[]): Promise<void> {
  await api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  const all = nodes.flatMap((node) => node.pods.map((pod) => ({ node: node.name, name: pod.name })));
  for (let start = 0; start < all.length; start += AT_ONCE) {
    await Promise.all(all.slice(start, start + AT_ONCE).map((pod) => createPod(api, pod)));
  }
}

/** Changes a label of a pod. */
export async function relabel(api: KubeApi, pod: { namespace: string; name: string }, value: number): Promise<void> {
  await api.patchPod(pod, { metadata: { labels: { release: `r${value}` } } });
}

async function createPod(api: KubeApi, { node, name }: { node: string; name: string }): Promise<void> {
  const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const names = Array.from({ length: CONTAINERS_PER_POD }, (_, index) => `app-${index}`);
  const labels = { application: name, component: "front", version: "1.10", release: "r0" };
  const container = (one: string) => ({
    name: one,
    image: "registry.example/team/web:1.10",
    env: Array.from(
      { length: 8 },
      (_, index) => ({ name: `SETTING_${index}`, value: `value of the setting ${index}` }),
    ),
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
  });
  await succeed(api, { path, method: "POST", type: "application/json" }, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { nodeName: node, containers: names.map(container), automountServiceAccountToken: false },
  });
  const state = { running: { startedAt: "2026-11-24T00:00:00Z" } };
  const status = (one: string, index: number) => ({
    name: one,
    ready: true,
    restartCount: 0,
    image: "registry.example/team/web:1.10",
    imageID: "",
    containerID: `containerd://${hexOf(`${name}-${index}`)}`,
    state,
    lastState: {},
  });
  await succeed(api, { path: `${path}/${name}/status`, method: "PATCH", type: "application/merge-patch+json" }, {
    status: { phase: "Running", containerStatuses: names.map(status) },
  });
}

async function succeed(
  api: KubeApi,
  { path, method, type }: { path: string; method: string; type: string },
  body: unknown,
): Promise<void> {
  const { status, body: answer } = await api.request(path, { method, type, body });
  if (status >= 300 && status !== 409) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
}

function hexOf(text: string): string {
  return Array.from(text, (letter) => letter.charCodeAt(0).toString(16)).join("").padStart(64, "0");
}
