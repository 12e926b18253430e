/**
 * The pods of a node that is measured, one container each, and their JSON in the size in which an API server gives it.
 *
 * @module
 */
import { type ApiPod, apiPod } from "../lib/sample/api_pod.ts";
import { SAMPLE_NODE_NAME } from "../lib/sample/sample_node.ts";
import type { SamplePod } from "../lib/sample/sample_pods.ts";

/** Layouts of container logs. */
export type Layout = SamplePod["layout"];

export const LAYOUTS: readonly Layout[] = ["cri", "docker"];

/** A pod of one container, recorded from v1.20.2: what the program does not read makes most of its 3 kB. */
const RECORDED = recordedPod();

/** Makes a pod of one container, from a number that makes its ids. */
export function benchPod(number: number, layout: Layout): SamplePod {
  const hex = number.toString(16);
  return {
    layout,
    name: `web-${number}-7d4b9c`,
    namespace: `team-${number % 10}`,
    uid: `${hex.padStart(8, "0")}-0000-4000-8000-${hex.padStart(12, "0")}`,
    labels: { application: `web-${number}`, component: "front", version: "1.10", release: "r1", team: "x" },
    containers: [{
      name: "app",
      id: `e${hex.padStart(63, "0")}`,
      image: "registry.example/team/web:1.10",
      line: "hello",
    }],
  };
}

/** Makes a pod's JSON, with all that a real one has besides. */
export function benchApiPod(pod: SamplePod): ApiPod {
  const own = apiPod(pod, { nodeName: SAMPLE_NODE_NAME });
  const [container] = RECORDED.spec.containers;
  const containers = pod.containers.map(({ name, image }) => ({ ...container, name, image }));
  return {
    ...own,
    metadata: { ...own.metadata, managedFields: RECORDED.metadata.managedFields },
    spec: { ...RECORDED.spec, ...own.spec, containers },
    status: { ...RECORDED.status, ...own.status },
  };
}

/** Gives the id of a pod's container. */
export function containerId(pod: SamplePod): string {
  return pod.containers[0]!.id;
}

interface RecordedPod {
  readonly metadata: { readonly managedFields: unknown };
  readonly spec: { readonly containers: readonly object[]; readonly [field: string]: unknown };
  readonly status: Readonly<Record<string, unknown>>;
}

function recordedPod(): RecordedPod {
  const url = new URL("../tests/fixtures/pods/apiserver-1.20.2/list-limit1.json", import.meta.url);
  return JSON.parse(Deno.readTextFileSync(url)).items[0];
}
