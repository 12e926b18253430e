/**
 * What the node's disk says of container logs, read plainly: one listing of /var/log/pods and of /var/log/containers.
 *
 * @module
 */
import { join } from "node:path";

/** A live log file. */
export interface NodeLog {
  /** As the node sees it. */
  readonly path: string;
  readonly namespace: string;
  readonly podName: string;
  readonly podUid: string;
  readonly container: string;
  readonly restart: number;
  /** When the file was made, milliseconds of the epoch. */
  readonly bornMs: number;
}

/** Names of live logs; rotated ones have a time behind them. */
const LIVE = /^(\d+)\.log$/;

/** Lists the live logs by path. @param varLog The node's /var/log as seen from here. */
export function listLogs(varLog: string): Map<string, NodeLog> {
  const logs = new Map<string, NodeLog>();
  for (const pod of names(join(varLog, "pods"))) {
    const [namespace = "", podName = "", podUid = ""] = pod.split("_");
    for (const container of names(join(varLog, "pods", pod))) {
      for (const file of names(join(varLog, "pods", pod, container))) {
        const restart = LIVE.exec(file)?.[1];
        const path = join("/var/log/pods", pod, container, file);
        const bornMs = birth(join(varLog, "pods", pod, container, file));
        if (restart === undefined || bornMs === undefined) continue;
        logs.set(path, { path, namespace, podName, podUid, container, restart: Number(restart), bornMs });
      }
    }
  }
  return logs;
}

/** A link of the kubelet, whose name bears the container's id. */
export interface NodeLink {
  readonly id: string;
  /** The log that it leads to, as the node sees it. */
  readonly logPath: string;
  readonly bornMs: number;
}

/** Lists the kubelet's links. */
export function listLinks(varLog: string): NodeLink[] {
  const folder = join(varLog, "containers");
  return names(folder).flatMap((name) => {
    const id = /-([0-9a-f]{64})\.log$/.exec(name)?.[1];
    const bornMs = birth(join(folder, name));
    const logPath = linkTarget(join(folder, name));
    return id && bornMs !== undefined && logPath !== undefined ? [{ id, logPath, bornMs }] : [];
  });
}

/** Lists a folder; one that vanished is empty. */
export function names(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
}

/** Reads where a link leads to; undefined where it vanished. */
export function linkTarget(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function birth(path: string): number | undefined {
  try {
    return Deno.lstatSync(path).birthtime?.getTime();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
