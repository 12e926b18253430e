/**
 * The pod as this program needs it: the API's object cut to the fields used, keys sorted, frozen.
 *
 * @module
 */

/** One container of a pod's spec joined with its status. */
export interface PodContainer {
  readonly name: string;
  readonly kind: "container" | "init" | "ephemeral";
  /** Image reference of the spec, e.g. `registry.example/shop/web:1.4`. */
  readonly image: string;
  /** Known container ids without their `<runtime>://` prefix, by restart number: the running one, the last terminated one, and up to six before them that were seen. */
  readonly ids: ReadonlyMap<number, string>;
}

/** A pod of this node. */
export interface Pod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly containers: readonly PodContainer[];
  /** uid that the log folder of a static pod bears: annotation kubernetes.io/config.mirror or config.hash. */
  readonly configHash: string | undefined;
}

/** Read-only view of the pods known now. */
export interface PodView {
  /** True once a list of the API has been taken in since the start of the process. */
  readonly hasSynced: boolean;
  /**
   * Finds the pod that a log folder belongs to: by uid, then by config hash, then, for static pods only, by namespace and name.
   * @param uid The uid in the folder's name.
   */
  find(uid: string, namespace: string, name: string): Pod | undefined;
}
