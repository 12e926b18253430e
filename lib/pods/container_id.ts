/**
 * Container ids as the API tells them.
 *
 * @module
 */

/** What docker, containerd and CRI-O give: 64 hex digits, behind the runtime, e.g. `containerd://<id>`. */
const CONTAINER_ID = /^(?:[a-z0-9.+-]+:\/\/)?([0-9a-f]{64})$/;

/**
 * Reads a container id, with or without its runtime.
 *
 * @returns Undefined for anything but 64 hex digits: ids become parts of paths, and whoever may write a pod's status must not choose paths.
 */
export function containerIdOf(text: string): string | undefined {
  return CONTAINER_ID.exec(text)?.[1];
}
