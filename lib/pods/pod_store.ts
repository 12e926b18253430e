/**
 * The pods known now, found the way log folders name them.
 *
 * @module
 */
import { withKnownIds } from "./known_ids.ts";
import type { Pod, PodView } from "./pod.ts";
import { isSamePod } from "./pod_equality.ts";

/** Is called without payload: the state is read again. */
export type ChangeListener = () => void;

/**
 * Holds the pods of the node. A pod that the API has deleted is retired, not forgotten: its logs are on disk still, and it is
 * found until {@linkcode PodStore.retain} says that they are gone.
 */
export class PodStore implements PodView {
  readonly #pods = new Map<string, Pod>();
  readonly #retired = new Set<string>();
  /** uids of the pods with a config hash: a handful per node, so that they are searched one by one. */
  readonly #static = new Set<string>();
  readonly #onChange = new Set<ChangeListener>();
  readonly #onStored = new Set<ChangeListener>();
  #hasSynced = false;

  /** Whether a list of the API has been taken in; restored pods do not count. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Number of pods, retired ones included. */
  get size(): number {
    return this.#pods.size;
  }

  /** Yields the pods, retired ones included, in the order in which they came to be known. */
  pods(): IterableIterator<Pod> {
    return this.#pods.values();
  }

  /** Tells whether the pod is known but was deleted from the API. */
  isRetired(uid: string): boolean {
    return this.#retired.has(uid);
  }

  /**
   * Finds the pod that a log folder belongs to: by uid, then by config hash, then, for static pods only, by namespace and name.
   *
   * The hash counts only together with namespace and name, which a static pod's folder shares with its mirror in the API: an
   * annotation that anybody may set must not claim the logs of another pod.
   * @param uid The uid in the folder's name.
   */
  find(uid: string, namespace: string, name: string): Pod | undefined {
    const pod = this.#pods.get(uid);
    if (pod !== undefined) return pod;
    const namesakes = this.#staticPods(namespace, name);
    return namesakes.find(({ configHash }) => configHash === uid) ?? namesakes[0];
  }

  /**
   * Takes in the whole list of the API: pods that are absent from it are retired.
   *
   * Listeners are called once if anything relevant changed, and at the first list in any case, since hasSynced changed.
   */
  replaceAll(pods: readonly Pod[]): void {
    const listed = new Set(pods.map(({ uid }) => uid));
    for (const uid of this.#pods.keys()) if (!listed.has(uid)) this.#retired.add(uid);
    let isChanged = !this.#hasSynced;
    for (const pod of pods) isChanged = this.#put(pod) || isChanged;
    this.#hasSynced = true;
    if (isChanged) this.#changed();
  }

  /** Takes in one pod as the API shows it now. */
  upsert(pod: Pod): void {
    if (this.#put(pod)) this.#changed();
  }

  /**
   * Takes in that the API deleted a pod.
   * @param pod Its last state.
   */
  retire(pod: Pod): void {
    const isChanged = this.#put(pod, { isRetired: true });
    if (isChanged) this.#changed();
  }

  /** Takes in pods known from an earlier run, without a word to listeners; those known already stay as they are. */
  restore(pods: readonly Pod[]): void {
    for (const pod of pods) if (!this.#pods.has(pod.uid)) this.#put(pod);
  }

  /** Whether there are pods that the API has deleted: only then {@linkcode PodStore.retain} has something to do. */
  get hasRetired(): boolean {
    return this.#retired.size > 0;
  }

  /**
   * Forgets the retired pods whose logs are gone. Call it after a complete look at the disk only.
   * @param uids Pod uids, as log folders name them, whose containers are on disk or configured still.
   */
  retain(uids: ReadonlySet<string>): void {
    let isDropped = false;
    for (const uid of this.#retired) {
      const pod = this.#pods.get(uid);
      if (uids.has(uid) || pod?.configHash !== undefined && uids.has(pod.configHash)) continue;
      this.#retired.delete(uid);
      this.#static.delete(uid);
      this.#pods.delete(uid);
      isDropped = true;
    }
    if (isDropped) { for (const listener of [...this.#onStored]) listener(); }
  }

  /**
   * Calls the listener whenever labels, annotations, images, ids or the config hash of a pod changed, or a pod is new.
   * @returns Ends it.
   */
  onChange(listener: ChangeListener): () => void {
    this.#onChange.add(listener);
    return () => void this.#onChange.delete(listener);
  }

  /**
   * Calls the listener whenever what is stored changed: as {@linkcode PodStore.onChange}, and when pods were forgotten.
   * @returns Ends it.
   */
  onStored(listener: ChangeListener): () => void {
    this.#onStored.add(listener);
    return () => void this.#onStored.delete(listener);
  }

  /** Static pods of that name, those that are not retired first, the newest first. */
  #staticPods(namespace: string, name: string): readonly Pod[] {
    const found: Pod[] = [];
    for (const uid of this.#static) {
      const pod = this.#pods.get(uid);
      if (pod?.namespace === namespace && pod.name === name) found.unshift(pod);
    }
    return found.sort((a, b) => Number(this.#retired.has(a.uid)) - Number(this.#retired.has(b.uid)));
  }

  #put(pod: Pod, { isRetired = false } = {}): boolean {
    if (isRetired) this.#retired.add(pod.uid);
    else this.#retired.delete(pod.uid);
    const before = this.#pods.get(pod.uid);
    const merged = before === undefined ? pod : withKnownIds(pod, before);
    if (before !== undefined && isSamePod(before, merged)) return false;
    this.#pods.set(pod.uid, merged);
    if (merged.configHash === undefined) this.#static.delete(pod.uid);
    else this.#static.add(pod.uid);
    return true;
  }

  #changed(): void {
    for (const listener of [...this.#onChange]) listener();
    for (const listener of [...this.#onStored]) listener();
  }
}
