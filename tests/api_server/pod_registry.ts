/**
 * The pods of the test server with their versions: what etcd and the watch cache are to a real one.
 *
 * @module
 */
import type { ApiPod } from "./example_pod.ts";

/** A change of one pod. */
export interface PodEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly object: ApiPod;
}

/** Names a pod. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Holds pods; every change has the next resource version. */
export class PodRegistry {
  readonly #pods = new Map<string, ApiPod>();
  readonly #listeners = new Set<(event: PodEvent) => void>();
  #events: PodEvent[] = [];
  #version: number;
  #oldest: number;

  constructor({ version = 100 }: { version?: number } = {}) {
    this.#version = version;
    this.#oldest = version;
  }

  /** Version of the last change. */
  get version(): number {
    return this.#version;
  }

  /** Adds a pod or puts it in the place of the one with its name. */
  put(pod: ApiPod): void {
    this.#record(this.#pods.has(keyOf(pod.metadata)) ? "MODIFIED" : "ADDED", pod);
  }

  /** Changes a pod by a JSON merge patch (RFC 7396): null removes a field. */
  patch(name: PodName, patch: object): void {
    this.#record("MODIFIED", merged(this.#get(name), patch) as ApiPod);
  }

  /** Deletes a pod. */
  delete(name: PodName): void {
    this.#record("DELETED", this.#get(name));
  }

  /** Returns all pods, sorted by namespace and name. */
  list(): readonly ApiPod[] {
    return [...this.#pods].sort(([a], [b]) => a < b ? -1 : 1).map(([, pod]) => pod);
  }

  /** Returns the changes after a version; undefined if they are forgotten. */
  eventsAfter(version: number): readonly PodEvent[] | undefined {
    return version < this.#oldest ? undefined : this.#events.filter((event) => event.version > version);
  }

  /** Raises the version without a change of a pod, as changes of other objects do, and forgets all changes. */
  compact(): void {
    this.#version++;
    this.#oldest = this.#version;
    this.#events = [];
  }

  /** Calls back for every change from now on. Returns what ends it. */
  onEvent(listener: (event: PodEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #get(name: PodName): ApiPod {
    const pod = this.#pods.get(keyOf(name));
    if (pod === undefined) throw new Error(`There is no pod ${keyOf(name)}`);
    return pod;
  }

  #record(type: PodEvent["type"], pod: ApiPod): void {
    const version = ++this.#version;
    const object = { ...pod, metadata: { ...pod.metadata, resourceVersion: String(version) } };
    if (type === "DELETED") this.#pods.delete(keyOf(pod.metadata));
    else this.#pods.set(keyOf(pod.metadata), object);
    const event = { type, version, object };
    this.#events.push(event);
    for (const listener of [...this.#listeners]) listener(event);
  }
}

function keyOf({ namespace, name }: PodName): string {
  return `${namespace}/${name}`;
}

function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === "object" && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
