/**
 * Keeps on disk which containers are followed, so that a restart of the watcher gives a vanished log its grace period all the same.
 *
 * Pods are not in it: the pod cache has them.
 *
 * @module
 */
import { isAbsolute, normalize } from "node:path";
import type { Container } from "../discover/container.ts";
import { isContainerId } from "../discover/identity.ts";
import type { JoinMemory, Remembered } from "./join.ts";

const VERSION = 1;

/** Writes the memory as text; byte-deterministic. */
export function memoryToText(memory: JoinMemory): string {
  const containers = [...memory.values()].filter(({ target }) => target).map(({ container, id }) => ({
    ...container,
    targetId: id,
  }));
  return JSON.stringify({ version: VERSION, containers }) + "\n";
}

/**
 * Reads the memory; whatever is not as this program writes it is left out, since a log that is on disk is found again anyway.
 *
 * @param nowMs Now, on the monotonic clock of `join`: the grace period of what is gone begins anew.
 */
export function memoryFromText(text: string, nowMs: number): JoinMemory {
  const memory = new Map<string, Remembered>();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return memory;
  }
  const { version, containers } = (value ?? {}) as { version?: unknown; containers?: unknown };
  if (version !== VERSION || !Array.isArray(containers)) return memory;
  for (const item of containers) {
    const restored = restore(item, nowMs);
    if (restored) memory.set(restored.container.key, restored);
  }
  return memory;
}

function restore(value: unknown, nowMs: number): Remembered | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { targetId, ...container } = value as Container & { targetId: unknown };
  const { key, layout, id, restart, podName, namespace, podUid, containerName, logPath, logFormat, image } = container;
  const texts = [key, podName, namespace, podUid, containerName, logPath];
  if (!texts.every((text) => typeof text === "string" && text !== "")) return undefined;
  if (!Number.isSafeInteger(restart) || restart < 0 || !isPlainPath(logPath)) return undefined;
  if (![id, image].every((text) => text === undefined || typeof text === "string")) return undefined;
  if ((layout !== "docker" && layout !== "cri") || (logFormat !== "json-file" && logFormat !== "cri")) return undefined;
  if (typeof targetId !== "string" || !isContainerId(targetId)) return undefined;
  const whole = { key, layout, id, containerName, restart, podName, namespace, podUid, logPath, logFormat, image };
  return {
    container: whole,
    firstSeenMs: nowMs,
    goneSinceMs: undefined,
    id: targetId,
    pod: undefined,
    wishes: undefined,
    target: undefined,
    status: {
      key,
      namespace,
      podName,
      containerName,
      targetId,
      state: "waiting",
      reason: "Known from before the restart",
    },
  };
}

/** Tells whether a path is one that discovery gives: absolute, without `..` and the like. */
function isPlainPath(path: string): boolean {
  return isAbsolute(path) && normalize(path) === path && !path.endsWith("/") && !path.includes("\0");
}
