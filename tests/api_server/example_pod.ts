/**
 * Pods as the API carries them, for tests.
 *
 * @module
 */

/** A pod in the API's JSON, as far as the test server must know it. */
export interface ApiPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly spec: { readonly nodeName?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Options of {@linkcode examplePod}. */
export interface ExamplePodOptions {
  /** Default `shop`. */
  readonly namespace?: string;
  /** Default made from the name. */
  readonly uid?: string;
  /** Default `node-1`. */
  readonly nodeName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Image, restart count and id by container name; default one `app` that has not started. */
  readonly containers?: Readonly<Record<string, { image?: string; restartCount?: number; id?: string }>>;
}

/** Makes a pod with its status. */
export function examplePod(name: string, options: ExamplePodOptions = {}): ApiPod {
  const { namespace = "shop", uid = `uid-of-${name}`, nodeName = "node-1", containers = { app: {} } } = options;
  const { labels = {}, annotations = {} } = options;
  const entries = Object.entries(containers);
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, namespace, uid, labels, annotations, managedFields: [{ manager: "kubectl" }] },
    spec: {
      nodeName,
      containers: entries.map(([name, { image = "registry.example/web:1.0" }]) => ({ name, image, resources: {} })),
    },
    status: {
      phase: "Running",
      containerStatuses: entries.filter(([, { id }]) => id).map(([name, { id, restartCount = 0 }]) => ({
        name,
        restartCount,
        containerID: `containerd://${id}`,
        state: { running: { startedAt: "2026-11-23T21:24:52Z" } },
        lastState: {},
      })),
    },
  };
}
