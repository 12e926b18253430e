/**
 * The value that rendering makes: what an agent wants on disk, checked by the host.
 *
 * @module
 */

import type { HintName } from "../join/log_target.ts";

/** A file with its wanted contents. */
export interface RenderedFile {
  readonly kind: "file";
  /** Absolute path inside `root`. */
  readonly path: string;
  /** Folder that the operator named, in which `path` lies; for a setting of type `file`, that file's folder. */
  readonly root: string;
  readonly contents: string;
  readonly mode: number;
}

/** A symbolic link with its wanted target. */
export interface RenderedLink {
  readonly kind: "link";
  readonly path: string;
  readonly root: string;
  /** Absolute path inside the folders of container logs. */
  readonly target: string;
}

export type Rendered = RenderedFile | RenderedLink;

/** A target that an agent could not render; the others are not affected. */
export interface Refusal {
  /** LogTarget.id. */
  readonly targetId: string;
  /** Sentence without a full stop, naming the pod, the agent and what was wrong. */
  readonly reason: string;
  /** What was wrong, without pod and agent. */
  readonly why?: string;
}

/** A warning of an agent about input of one pod. */
export interface InputWarning {
  readonly targetId: string;
  readonly subject: string;
  readonly expected: string;
}

/** A wish for the log of a target that the agent's shipper cannot be told, wholly or in part. */
export interface UnexpressedHint {
  readonly targetId: string;
  readonly hint: HintName;
  /** Why, and what of it; no whole sentence. */
  readonly reason: string;
}

/** Everything that one agent wants on disk. */
export interface Rendering {
  /** In the order in which it is to be written: links, then files per container, then files per node; each sorted by path. */
  readonly wanted: readonly Rendered[];
  readonly refused: readonly Refusal[];
  readonly warnings: readonly InputWarning[];
  readonly unexpressed: readonly UnexpressedHint[];
}
