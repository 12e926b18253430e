/**
 * Cuts the API's pod to the fields used.
 *
 * @module
 */
import { containerIdOf } from "./container_id.ts";
import {
  asCount,
  asList,
  asOptionalRecord,
  asOptionalText,
  asRecord,
  asText,
  asTextMap,
  type JsonRecord,
} from "./json_shape.ts";
import type { Pod, PodContainer } from "./pod.ts";

/** kubectl keeps the whole manifest here, values of environment variables included: no metadata, and often secret. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Fields of spec and status that hold the containers of a kind (Kubernetes API v1, PodSpec and PodStatus). */
const KINDS = [
  { kind: "container", spec: "containers", status: "containerStatuses" },
  { kind: "init", spec: "initContainers", status: "initContainerStatuses" },
  { kind: "ephemeral", spec: "ephemeralContainers", status: "ephemeralContainerStatuses" },
] as const;

/**
 * Projects a pod of the API (v1, as a list or a watch carries it) to the fields used; nothing of the input is kept alive.
 *
 * Labels and annotations are sorted by key and have no prototype. The annotation with kubectl's copy of the manifest is left out.
 * @throws {ShapeError} If a field that is used has not the type that the API gives it.
 */
export function projectPod(value: unknown): Pod {
  const pod = asRecord(value, "pod");
  const metadata = asRecord(pod.metadata, "metadata");
  const annotations = withoutManifest(metadata.annotations);
  return Object.freeze({
    uid: asText(metadata.uid, "metadata.uid"),
    name: asText(metadata.name, "metadata.name"),
    namespace: asText(metadata.namespace, "metadata.namespace"),
    labels: asTextMap(metadata.labels, "metadata.labels"),
    annotations,
    containers: projectContainers(asOptionalRecord(pod.spec, "spec"), asOptionalRecord(pod.status, "status")),
    configHash: annotations["kubernetes.io/config.mirror"] || annotations["kubernetes.io/config.hash"] || undefined,
  });
}

function withoutManifest(value: unknown): Readonly<Record<string, string>> {
  const annotations = asOptionalRecord(value, "metadata.annotations");
  if (!Object.hasOwn(annotations, LAST_APPLIED)) return asTextMap(annotations, "metadata.annotations");
  const { [LAST_APPLIED]: _, ...rest } = annotations;
  return asTextMap(rest, "metadata.annotations");
}

function projectContainers(spec: JsonRecord, status: JsonRecord): readonly PodContainer[] {
  const containers: PodContainer[] = [];
  for (const fields of KINDS) {
    const ids = idsByName(status[fields.status], `status.${fields.status}`);
    asList(spec[fields.spec], `spec.${fields.spec}`).forEach((item, index) => {
      const place = `spec.${fields.spec}[${index}]`;
      const container = asRecord(item, place);
      const name = asText(container.name, `${place}.name`);
      const image = asOptionalText(container.image, `${place}.image`);
      containers.push(Object.freeze({ name, kind: fields.kind, image, ids: ids.get(name) ?? new Map() }));
    });
  }
  // Kept for as long as the pod is there: a list that grew has room for 17 items.
  return Object.freeze(containers.slice());
}

function idsByName(value: unknown, place: string): Map<string, ReadonlyMap<number, string>> {
  const byName = new Map<string, ReadonlyMap<number, string>>();
  asList(value, place).forEach((item, index) => {
    const status = asRecord(item, `${place}[${index}]`);
    byName.set(asText(status.name, `${place}[${index}].name`), idsOf(status, `${place}[${index}]`));
  });
  return byName;
}

/**
 * Reads the ids of a status. containerID is the newest container, of number restartCount, whatever its state: while a crashed
 * one waits for its next start, the kubelet shows it both here and as lastState (recorded: v1.20.2, CrashLoopBackOff).
 */
function idsOf(status: JsonRecord, place: string): ReadonlyMap<number, string> {
  const restart = asCount(status.restartCount, `${place}.restartCount`);
  const lastState = asOptionalRecord(status.lastState, `${place}.lastState`);
  const terminated = asOptionalRecord(lastState.terminated, `${place}.lastState.terminated`);
  const newest = idIn(status.containerID, `${place}.containerID`);
  const last = idIn(terminated.containerID, `${place}.lastState.terminated.containerID`);
  const ids = new Map<number, string>();
  if (last !== undefined && last !== newest && restart > 0) ids.set(restart - 1, last);
  if (newest !== undefined) ids.set(restart, newest);
  return ids;
}

/** Reads an id; what is none is as good as not told, so that the log gets an id from its link, or one that is made up. */
function idIn(value: unknown, place: string): string | undefined {
  return containerIdOf(asOptionalText(value, place));
}
