/**
 * Makes the log target of a container and its pod.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import type { Container } from "../discover/container.ts";
import { type ContainerHints, NO_CONTAINER_HINTS } from "../hints/container_hints.ts";
import type { Pod } from "../pods/pod.ts";
import type { LogTarget } from "./log_target.ts";
import { splitImage } from "./image_name.ts";

/** Options of {@linkcode makeTarget}. */
export interface MakeTargetOptions {
  /** Container id; the one that the target keeps for good. */
  readonly id: string;
  /** The pod, undefined where it is not known: then the target has the identity that its path gives. */
  readonly pod: Pod | undefined;
  /** What is wished for its log; default nothing. */
  readonly wishes?: ContainerHints;
  /** Environment of pods without a label `environment`. */
  readonly clusterEnvironment: string;
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});

/** Makes a target; pure. */
export function makeTarget(
  container: Container,
  { id, pod, wishes = NO_CONTAINER_HINTS, clusterEnvironment }: MakeTargetOptions,
): LogTarget {
  const labels = pod?.labels ?? NONE;
  const spec = pod?.containers.find((one) => one.name === container.containerName);
  return {
    id,
    log: {
      path: container.logPath,
      directory: dirname(container.logPath),
      name: basename(container.logPath),
      format: container.logFormat,
    },
    container: {
      name: container.containerName,
      restart: container.restart,
      kind: spec?.kind ?? "unknown",
      ...splitImage(spec?.image ?? container.image),
    },
    pod: {
      uid: pod?.uid ?? container.podUid,
      name: container.podName,
      namespace: container.namespace,
      labels,
      annotations: pod?.annotations ?? NONE,
    },
    application: labels.application || container.podName,
    component: labels.component ?? "",
    environment: labels.environment || clusterEnvironment,
    version: labels.version ?? "",
    release: labels.release ?? "",
    attributes: wishes.attributes,
    hints: wishes.hints,
  };
}

/** Makes the id of a container for which no id could be learned: 64 hex digits that depend on pod uid, container name and restart alone. */
export function madeUpId(container: Container): string {
  return createHash("sha256").update(container.key).digest("hex");
}
