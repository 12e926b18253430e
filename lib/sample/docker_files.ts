/**
 * Files of Docker 20.10's layout: per container a folder with `config.v2.json`, `hostconfig.json` and the log of the json-file driver.
 *
 * @module
 */
import { join } from "node:path";
import recorded from "./recorded/config.v2.json" with { type: "json" };
import type { SampleContainer, SamplePod } from "./sample_pods.ts";

/** Container of a pod, or without one: then Kubernetes does not know it. */
export interface DockerContainer {
  readonly container: Pick<SampleContainer, "name" | "id" | "image" | "restart" | "line">;
  readonly pod?: SamplePod;
  /** Whether it is the pod's pause container, default false. */
  readonly isSandbox?: boolean;
}

/**
 * Writes a container's folder.
 *
 * @param containersPath Docker's folder of containers.
 * @returns Path of the log.
 */
export async function writeDockerContainer(containersPath: string, docker: DockerContainer): Promise<string> {
  const { container } = docker;
  const folder = join(containersPath, container.id);
  const logPath = join(folder, `${container.id}-json.log`);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(logPath, dockerLine(container.line));
  await Deno.writeTextFile(
    join(folder, "hostconfig.json"),
    JSON.stringify({ LogConfig: { Type: "json-file", Config: {} } }),
  );
  // Last, as it is what makes the folder a container's.
  await Deno.writeTextFile(join(folder, "config.v2.json"), JSON.stringify(dockerConfig(docker, logPath)));
  return logPath;
}

/** Gives a line as the json-file driver writes it. */
export function dockerLine(line: string, time = "2026-11-23T21:08:14.105037381Z"): string {
  return JSON.stringify({ log: `${line}\n`, stream: "stdout", time }) + "\n";
}

function dockerConfig({ container, pod, isSandbox = false }: DockerContainer, logPath: string) {
  const { id, image, name, restart = 0 } = container;
  return {
    ...recorded,
    ID: id,
    LogPath: logPath,
    Name: pod ? `/k8s_${name}_${pod.name}_${pod.namespace}_${pod.uid}_${restart}` : `/${name}`,
    Config: {
      ...recorded.Config,
      Image: image,
      Labels: pod
        ? {
          "annotation.io.kubernetes.container.restartCount": String(restart),
          "io.kubernetes.container.logpath":
            `/var/log/pods/${pod.namespace}_${pod.name}_${pod.uid}/${name}/${restart}.log`,
          "io.kubernetes.container.name": name,
          "io.kubernetes.docker.type": isSandbox ? "podsandbox" : "container",
          "io.kubernetes.pod.name": pod.name,
          "io.kubernetes.pod.namespace": pod.namespace,
          "io.kubernetes.pod.uid": pod.uid,
        }
        : {},
    },
  };
}
