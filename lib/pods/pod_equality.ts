/**
 * Compares pods by what agents and the join see of them.
 *
 * @module
 */
import type { Pod, PodContainer } from "./pod.ts";

/** Tells whether two pods have the same labels, annotations, containers, ids and config hash. */
export function isSamePod(a: Pod, b: Pod): boolean {
  return a === b ||
    a.uid === b.uid && a.name === b.name && a.namespace === b.namespace && a.configHash === b.configHash &&
      isSameMap(a.labels, b.labels) && isSameMap(a.annotations, b.annotations) &&
      a.containers.length === b.containers.length &&
      a.containers.every((container, index) => isSameContainer(container, b.containers[index]));
}

/** Tells whether two containers have the same name, kind, image and known ids. */
export function isSameContainer(a: PodContainer, b: PodContainer | undefined): boolean {
  if (b === undefined || a.name !== b.name || a.kind !== b.kind || a.image !== b.image) return false;
  if (a.ids.size !== b.ids.size) return false;
  for (const [restart, id] of a.ids) if (b.ids.get(restart) !== id) return false;
  return true;
}

function isSameMap(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
