/**
 * What lies at a path, as far as a plan needs to know it.
 *
 * @module
 */

/** Kind of thing that the watcher makes. */
export type OwnedKind = "file" | "link" | "directory";

/** State of a path. */
export type OnDisk =
  | { readonly kind: "missing" }
  | FileOnDisk
  | LinkOnDisk
  | { readonly kind: "directory" }
  /** Device, socket, pipe, or something that cannot be looked at; `problem` says so. */
  | { readonly kind: "other"; readonly problem: string };

/** A file. */
export interface FileOnDisk {
  readonly kind: "file";
  /** Undefined when it could not be read, or is too large to be an output. */
  readonly fingerprint: string | undefined;
  readonly mode: number;
  /** True when someone else changed it since this process wrote or read it. */
  readonly isChanged?: boolean;
}

/** A symbolic link. */
export interface LinkOnDisk {
  readonly kind: "link";
  readonly target: string;
  readonly isChanged?: boolean;
}

/** The one value for nothing at all. */
export const MISSING: OnDisk = Object.freeze({ kind: "missing" });

/** Answers what lies at a path; a Map does. Undefined means nothing. */
export interface CurrentState {
  get(path: string): OnDisk | undefined;
}
