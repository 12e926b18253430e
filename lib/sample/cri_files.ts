/**
 * Files of the kubelet's layout for containerd and CRI-O: logs below /var/log/pods, and links to them in /var/log/containers.
 *
 * @module
 */
import { join } from "node:path";
import type { SampleContainer, SamplePod } from "./sample_pods.ts";

/** Options of {@linkcode writeCriContainer}. */
export interface CriContainer {
  readonly pod: SamplePod;
  readonly container: SampleContainer;
  /** Folder of the links, as /var/log/containers. */
  readonly containerLinksPath: string;
}

/**
 * Writes a container's log and the link to it.
 *
 * @param podLogsPath Folder of the logs, as /var/log/pods.
 * @returns Path of the log.
 */
export async function writeCriContainer(podLogsPath: string, cri: CriContainer): Promise<string> {
  const { pod, container, containerLinksPath } = cri;
  const folder = join(podLogsPath, `${pod.namespace}_${pod.name}_${pod.configHash ?? pod.uid}`, container.name);
  const logPath = join(folder, `${container.restart ?? 0}.log`);
  await Deno.mkdir(folder, { recursive: true });
  await Deno.mkdir(containerLinksPath, { recursive: true });
  await Deno.writeTextFile(logPath, criLine(container.line));
  const link = join(containerLinksPath, `${pod.name}_${pod.namespace}_${container.name}-${container.id}.log`);
  try {
    await Deno.symlink(logPath, link);
  } catch (error) {
    // Links need permission to read and write everywhere. Without it they are left out: the pods name the ids, too.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
  return logPath;
}

/** Gives a line as containerd and CRI-O write it. */
export function criLine(line: string, time = "2026-11-23T21:24:08.31852185Z"): string {
  return `${time} stdout F ${line}\n`;
}
