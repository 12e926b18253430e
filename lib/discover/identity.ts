/**
 * Parses who a log belongs to from the names that the kubelet gives its folders and files.
 *
 * Source: `<namespace>_<pod>_<uid>/<container>/<restart>.log`, kubelet's BuildPodLogsDirectory and
 * BuildContainerLogsDirectory (pkg/kubelet/kuberuntime/helpers.go); names follow the API's validation (DNS labels).
 *
 * @module
 */

/** The pod that a folder of logs names. */
export interface PodIdentity {
  readonly namespace: string;
  readonly podName: string;
  readonly podUid: string;
}

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
// A UUID, or 32 hex digits of a static pod; the API itself demands no form.
const UID = /^[A-Za-z0-9-]{1,128}$/;
const LIVE_LOG = /^(0|[1-9]\d{0,8})\.log$/;
const ROTATED_LOG = /^(0|[1-9]\d{0,8})\.log\../;

/** Tells whether a name can be a container's. */
export function isContainerName(name: string): boolean {
  return name.length <= 63 && LABEL.test(name);
}

/** Tells whether namespace, pod name and uid can be a pod's. */
export function isPodIdentity({ namespace, podName, podUid }: PodIdentity): boolean {
  return namespace.length <= 63 && LABEL.test(namespace) && podName.length <= 253 && SUBDOMAIN.test(podName) &&
    UID.test(podUid);
}

/** Parses the name of a pod's folder; undefined where it is none. No part can hold `_`, so there are exactly three. */
export function parsePodFolder(name: string): PodIdentity | undefined {
  const parts = name.split("_");
  const [namespace, podName, podUid] = parts;
  if (parts.length !== 3 || namespace === undefined || podName === undefined || podUid === undefined) return undefined;
  const pod = { namespace, podName, podUid };
  return isPodIdentity(pod) ? pod : undefined;
}

/** Makes the name of a pod's folder. */
export function podFolderName({ namespace, podName, podUid }: PodIdentity): string {
  return `${namespace}_${podName}_${podUid}`;
}

/** Parses the restart number from the name of a live log, `<n>.log`; undefined for rotated and foreign files. */
export function restartOfLiveLog(name: string): number | undefined {
  const digits = LIVE_LOG.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Parses the restart number from the name of a rotated log: `<n>.log.<time>`, also `.gz` and `.tmp`. */
export function restartOfRotatedLog(name: string): number | undefined {
  const digits = ROTATED_LOG.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Tells whether a text is a container id: 64 hex digits. */
export function isContainerId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** Makes the key of a container. */
export function containerKey(podUid: string, { containerName, restart }: {
  readonly containerName: string;
  readonly restart: number;
}): string {
  return `${podUid}/${containerName}/${restart}`;
}
