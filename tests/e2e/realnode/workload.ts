/**
 * The pods of the scenario: what a node's pods do to their logs, each at least once.
 *
 * @module
 */
import type { KubeObject } from "./kube_api.ts";

const PREFIX = "kubernetes-log-watcher/scalyr-";

/** Logs a line every second for ever. */
const CHATTER = "trap exit TERM; while :; do echo hello; sleep 1 & wait $!; done";
/** 20 KiB a second: the kubelet rotates the log each time it looks. */
const FLOOD = "trap exit TERM; while :; do head -c 4000 /dev/zero | tr '\\0' x; echo; sleep 0.2; done";

interface PodSpec {
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  /** Shell commands by container name; default: one container `app` that chatters. */
  readonly containers?: Record<string, string>;
  readonly init?: Record<string, string>;
  readonly restartPolicy?: string;
}

/** Makes a pod of shell commands. */
export function pod(name: string, spec: PodSpec = {}): KubeObject {
  const { namespace = "shop", labels = {}, annotations = {}, containers = { app: CHATTER }, init = {} } = spec;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace, name, labels, annotations },
    spec: {
      terminationGracePeriodSeconds: 1,
      restartPolicy: spec.restartPolicy ?? "Always",
      automountServiceAccountToken: false,
      initContainers: shells(init),
      containers: shells(containers),
    },
  };
}

function shells(commands: Record<string, string>): unknown[] {
  return Object.entries(commands).map(([name, command]) => ({
    name,
    image: "localhost/busybox:1",
    command: ["/bin/sh", "-c", command],
  }));
}

/** Pods that are there from the start. */
export function workload(): KubeObject[] {
  return [...webPods(), ...batchPods(), ...annotatedPods(), ...peculiarPods()];
}

/** Which part of the workload restarts by itself, so that its files change without anybody's doing. */
export const RESTLESS = "crash";
/** Whose log is rotated. */
export const NOISY = "noisy";
/** Who is deleted while it logs. */
export const LEAVER = "leaver";
/** Whose labels and annotations are changed. */
export const PATCHED = "patched";
/** Whose annotation is not usable. */
export const MALFORMED = "malformed";

function webPods(): KubeObject[] {
  return [1, 2, 3, 4, 5].map((number) =>
    pod(`web-${number}`, {
      labels: {
        application: "shop-web",
        component: "frontend",
        version: `1.${number}0`,
        environment: "staging",
        release: "r42",
      },
    })
  );
}

function batchPods(): KubeObject[] {
  return [1, 2, 3, 4].map((number) =>
    pod(`batch-${number}`, {
      namespace: "batch",
      labels: { application: "batch", version: "main-7" },
      containers: { work: `echo batch ${number}` },
      restartPolicy: "Never",
    })
  );
}

function annotatedPods(): KubeObject[] {
  const json = (value: unknown) => JSON.stringify(value);
  const rule = { match_expression: "password=\\S+", replacement: 'password="***"\n' };
  return [
    pod("parsed", {
      labels: { application: "parsed", version: "1.10", component: "api" },
      annotations: { [`${PREFIX}parser`]: json([{ container: "app", parser: "accessLog" }, { container: "x" }]) },
    }),
    pod("sampled", {
      labels: { application: "sampled", version: "2" },
      annotations: {
        [`${PREFIX}sampling-rules`]: json([{
          container: "app",
          "sampling-rules": [{ match_expression: "^debug", sampling_rate: 0.1 }],
        }]),
        [`${PREFIX}redaction-rules`]: json([{ container: "app", "redaction-rules": [rule] }]),
      },
    }),
    pod(MALFORMED, {
      labels: { application: "malformed" },
      annotations: { [`${PREFIX}parser`]: '["oops"', "example.org/note": 'any "text"\n${HOME} $(x) {{y}} : # é\u2028' },
    }),
    pod(PATCHED, { labels: { application: "patched", version: "1" } }),
  ];
}

function peculiarPods(): KubeObject[] {
  return [
    pod("pair", {
      labels: { application: "pair", version: "1", appdynamics_app: "shop", appdynamics_tier: "back" },
      containers: { main: CHATTER, sidecar: CHATTER },
    }),
    pod("prepared", { labels: { application: "prepared" }, init: { prepare: "echo first", migrate: "echo second" } }),
    pod(RESTLESS, { labels: { application: "crash", version: "0.1" }, containers: { app: "echo dying; exit 7" } }),
    pod(NOISY, { labels: { application: "noisy", version: "9" }, containers: { app: FLOOD } }),
    pod(LEAVER, { labels: { application: "leaver", version: "1" } }),
    pod("plain"),
    pod("quick", { restartPolicy: "Never", containers: { app: "exit 0" } }),
    pod("silent", { containers: { app: "exec sleep 100000" } }),
  ];
}

/** Begins the names of pods that come one at a time. */
export const CALM = "calm";

/** Pods that come one at a time. */
export function calmPods(): KubeObject[] {
  return [1, 2, 3, 4, 5, 6].map((number) =>
    pod(`${CALM}-${number}`, { labels: { application: CALM, version: String(number) } })
  );
}

/** A pod that the kubelet runs from a file, without being told by the API. */
export function staticPod(): KubeObject {
  const { spec, ...rest } = pod("proxy", {
    namespace: "default",
    labels: { application: "proxy", version: "3" },
    annotations: { "kubernetes-log-watcher/exclude": "perhaps" },
  });
  const containers = spec.containers.map((container: object) => ({ ...container, imagePullPolicy: "Never" }));
  return { ...rest, spec: { ...spec, containers, initContainers: [], hostNetwork: true } };
}
