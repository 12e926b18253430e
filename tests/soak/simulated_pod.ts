/**
 * A pod of the simulation: what it is now, and which logs of it are on disk.
 *
 * @module
 */
import type { SampleContainer, SamplePod } from "../../lib/sample/sample_pods.ts";
import type { Random } from "./random.ts";

/** One run of a container whose log is on disk. */
export interface Run {
  readonly containerName: string;
  readonly id: string;
  readonly restart: number;
  readonly logPath: string;
}

/** A container, and the newest run of it. */
export interface SimulatedContainer {
  readonly name: string;
  readonly image: string;
  readonly isInit: boolean;
  id: string;
  restart: number;
}

/** A pod. */
export interface SimulatedPod {
  readonly layout: SamplePod["layout"];
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** Of a static pod. */
  readonly configHash: string | undefined;
  readonly sandboxId: string | undefined;
  readonly containers: readonly SimulatedContainer[];
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  /** Its logs on disk. */
  readonly runs: Run[];
  /** Whether the API shows it now. */
  isInApi: boolean;
  /** Whether the API has ever shown it. */
  wasInApi: boolean;
  /** Whether it is on its way out. */
  isEnding: boolean;
}

export const PARSER_ANNOTATION = "kubernetes-log-watcher/scalyr-parser";

const NAMESPACES = ["shop", "default", "kube-system", "team-a"] as const;
const STATEFUL_NAMES = 12;

/**
 * Makes a pod that is nowhere yet.
 *
 * @param number Makes name and uid; no two pods may have the same.
 * @param options.isNameFree Tells whether no other pod of the API has a name: names of stateful pods come again.
 */
export function makePod(
  number: number,
  { random, isNameFree }: { random: Random; isNameFree: (namespace: string, name: string) => boolean },
): SimulatedPod {
  const layout = random.chance(0.7) ? "cri" : "docker";
  const stateful = `db-${random.below(STATEFUL_NAMES)}`;
  const isStateful = random.chance(0.1) && isNameFree("shop", stateful);
  const isStatic = layout === "cri" && !isStateful && random.chance(0.03);
  const namespace = isStatic ? "kube-system" : isStateful ? "shop" : random.pick(NAMESPACES);
  return {
    layout,
    name: isStateful ? stateful : `${isStatic ? "static" : "web"}-${number}-${random.hex(5)}`,
    namespace,
    uid: `${random.hex(8)}-0000-4000-8000-${number.toString(16).padStart(12, "0")}`,
    configHash: isStatic ? random.hex(32) : undefined,
    sandboxId: layout === "docker" ? random.hex(64) : undefined,
    containers: makeContainers(random),
    labels: makeLabels(random),
    annotations: makeAnnotations(random),
    runs: [],
    isInApi: false,
    wasInApi: false,
    isEnding: false,
  };
}

function makeContainers(random: Random): SimulatedContainer[] {
  const names = ["app", ...(random.chance(0.25) ? ["proxy"] : []), ...(random.chance(0.05) ? ["setup"] : [])];
  return names.map((name) => ({
    name,
    image: `registry.example/${name}:${random.below(9)}`,
    isInit: name === "setup",
    id: random.hex(64),
    restart: 0,
  }));
}

/** Makes labels; all are ones that some agent shows. */
export function makeLabels(random: Random): Record<string, string> {
  const labels: Record<string, string> = {};
  if (random.chance(0.85)) labels.application = random.pick(["orders", "cart", "web", "billing"]);
  if (random.chance(0.7)) labels.version = `${random.below(4)}.${random.below(20)}`;
  if (random.chance(0.5)) labels.component = random.pick(["api", "worker", "cron"]);
  if (random.chance(0.3)) labels.release = `r${random.below(1000)}`;
  if (random.chance(0.2)) labels.environment = random.pick(["staging", "production", "test"]);
  return labels;
}

/** Makes annotations: some say which parser is wanted, some are of the wrong form. */
export function makeAnnotations(random: Random): Record<string, string> {
  const kind = random.next();
  if (kind < 0.6) return {};
  if (kind < 0.65) return { [PARSER_ANNOTATION]: '["oops"]' };
  return { [PARSER_ANNOTATION]: JSON.stringify([{ container: "app", parser: `parser${random.below(100)}` }]) };
}

/** Gives a pod as the writers of sample files and the API take it, with the newest run of each container. */
export function samplePodOf(pod: SimulatedPod): SamplePod {
  const { layout, name, namespace, uid, configHash, labels, annotations, sandboxId } = pod;
  return {
    layout,
    name,
    namespace,
    uid,
    ...(configHash === undefined ? {} : { configHash }),
    ...(sandboxId === undefined ? {} : { sandboxId }),
    labels,
    annotations,
    containers: pod.containers.map((container): SampleContainer => ({ ...container, line: "hello" })),
  };
}
