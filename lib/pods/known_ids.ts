/**
 * Keeps container ids that the API has stopped to tell.
 *
 * @module
 */
import type { Pod, PodContainer } from "./pod.ts";

/** Ids kept of one container. The kubelet leaves the logs of the last one or two restarts on disk; the rest is margin. */
const KEPT_IDS = 8;

/**
 * Adds the ids known of the same pod before, so that a log keeps its container's id after two more restarts, and an answer
 * without a status takes nothing away. What the newer pod says wins.
 */
export function withKnownIds(pod: Pod, before: Pod): Pod {
  const containers = pod.containers.map((container) => {
    const known = before.containers.find(({ name, kind }) => name === container.name && kind === container.kind);
    return known === undefined ? container : withIds(container, known.ids);
  });
  const isUnchanged = containers.every((container, index) => container === pod.containers[index]);
  return isUnchanged ? pod : Object.freeze({ ...pod, containers: Object.freeze(containers) });
}

function withIds(container: PodContainer, known: ReadonlyMap<number, string>): PodContainer {
  const missing = [...known].filter(([restart]) => !container.ids.has(restart));
  if (missing.length === 0) return container;
  const newestFirst = [...missing, ...container.ids].sort(([a], [b]) => b - a);
  return Object.freeze({ ...container, ids: new Map(newestFirst.slice(0, KEPT_IDS).reverse()) });
}
