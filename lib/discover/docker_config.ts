/**
 * Parses `config.v2.json`, in which dockerd keeps a container, as far as it tells whose log it is.
 *
 * Source: dockerd 20.10, container/container.go (`Config.Labels`, `Config.Image`, `LogPath`, `Created`); the labels are
 * those of dockershim (pkg/kubelet/dockershim/docker_service.go and pkg/kubelet/types/labels.go), also set by cri-dockerd.
 *
 * @module
 */
import { printable, printableJson } from "../observe/printable.ts";
import type { NotFollowed } from "./container.ts";
import { isContainerName, isPodIdentity, type PodIdentity } from "./identity.ts";

/** Longest value that is shown in a reason, in UTF-16 units: a name may have 253. */
const MAX_SHOWN = 300;

/** A Kubernetes container, as dockerd recorded it. */
export interface DockerConfig extends PodIdentity {
  readonly kind: "container";
  readonly containerName: string;
  readonly restart: number;
  readonly image: string | undefined;
  /** Milliseconds since 1970; 0 where it is not recorded. */
  readonly createdMs: number;
  /** Path of the json log on the node; empty with drivers that write none. */
  readonly logPath: string;
}

/** Why a container of Docker's is not followed. */
export interface DockerSkip extends Pick<NotFollowed, "code" | "reason"> {
  readonly kind: "skip";
}

const POD_NAME = "io.kubernetes.pod.name";
const NAMESPACE = "io.kubernetes.pod.namespace";
const POD_UID = "io.kubernetes.pod.uid";
const CONTAINER_NAME = "io.kubernetes.container.name";
const RESTART_COUNT = "annotation.io.kubernetes.container.restartCount";
const DOCKER_TYPE = "io.kubernetes.docker.type";
/** `pause`, or `pause-<architecture>` as the images were called up to Kubernetes 1.13, from whatever registry. */
const PAUSE = /^pause(-(386|amd64|arm|arm64|loong64|mips64le|ppc64le|riscv64|s390x))?$/;

type Json = Readonly<Record<string, unknown>>;

/** Parses the text of a config.v2.json; undefined where it is no such file, for instance half of one. */
export function parseDockerConfig(text: string): DockerConfig | DockerSkip | undefined {
  const whole = parseObject(text);
  const config = asObject(whole?.Config);
  if (whole === undefined || config === undefined) return undefined;
  const labels = asObject(config.Labels) ?? {};
  const image = typeof config.Image === "string" && config.Image !== "" ? config.Image : undefined;
  return sandbox(labels, image) ?? foreign(labels) ?? container(labels, { whole, image });
}

/** Tells whether an image is the one that holds a pod's namespaces: by its last path part, without tag and digest. */
export function isPauseImage(image: string): boolean {
  const name = image.slice(image.lastIndexOf("/") + 1).replace(/[@:].*$/, "");
  return PAUSE.test(name);
}

function sandbox(labels: Json, image: string | undefined): DockerSkip | undefined {
  const sign = label(labels, DOCKER_TYPE) === "podsandbox"
    ? `label ${DOCKER_TYPE}=podsandbox`
    : label(labels, CONTAINER_NAME) === "POD"
    ? `label ${CONTAINER_NAME}=POD`
    : image !== undefined && isPauseImage(image)
    ? `image ${printable(image, MAX_SHOWN)}`
    : undefined;
  return sign === undefined
    ? undefined
    : { kind: "skip", code: "sandbox", reason: `It holds the namespaces of a pod and logs nothing (${sign})` };
}

function foreign(labels: Json): DockerSkip | undefined {
  const missing = [POD_NAME, NAMESPACE, POD_UID, CONTAINER_NAME].filter((name) => label(labels, name) === undefined);
  if (missing.length === 0) return undefined;
  const reason = `Kubernetes did not start it: Docker has no label ${missing.join(", ")} for it`;
  return { kind: "skip", code: "not-kubernetes", reason };
}

function container(labels: Json, { whole, image }: { whole: Json; image: string | undefined }) {
  const pod = {
    namespace: label(labels, NAMESPACE) ?? "",
    podName: label(labels, POD_NAME) ?? "",
    podUid: label(labels, POD_UID) ?? "",
  };
  const containerName = label(labels, CONTAINER_NAME) ?? "";
  const restart = label(labels, RESTART_COUNT) ?? "0";
  if (!isPodIdentity(pod)) return malformed([POD_NAME, NAMESPACE, POD_UID], labels);
  if (!isContainerName(containerName)) return malformed([CONTAINER_NAME], labels);
  if (!/^\d{1,9}$/.test(restart)) return malformed([RESTART_COUNT], labels);
  const logPath = typeof whole.LogPath === "string" ? whole.LogPath : "";
  const createdMs = typeof whole.Created === "string" ? Date.parse(whole.Created) || 0 : 0;
  return { kind: "container" as const, ...pod, containerName, restart: Number(restart), image, createdMs, logPath };
}

function malformed(names: readonly string[], labels: Json): DockerSkip {
  const found = names.map((name) => `${name}=${printable(printableJson(labels[name]), MAX_SHOWN)}`).join(", ");
  return { kind: "skip", code: "malformed", reason: `No names that Kubernetes gives: ${found}` };
}

/** Reads a label by its exact name. */
function label(labels: Json, name: string): string | undefined {
  const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function parseObject(text: string): Json | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Json : undefined;
}
