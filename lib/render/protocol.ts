/**
 * The one protocol between the host and an agent's child process: one JSON object per line, requests on the child's stdin, an
 * answer to each on its stdout. The host believes nothing of what comes back; these types say what an honest child sends.
 *
 * @module
 */
import type { HintName, LogTarget, NodeContext } from "../join/log_target.ts";

/** Asks for the plain-data part of the agent's default export. */
export interface DescribeRequest {
  readonly type: "describe";
}

/** Gives node and settings; forgets all targets. */
export interface ConfigureRequest {
  readonly type: "configure";
  readonly node: NodeContext;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Changes the set of targets and asks for what follows from it. */
export interface RenderRequest {
  readonly type: "render";
  /** Targets that are new or changed: their context is made anew, and their files are rendered. */
  readonly upsert: readonly LogTarget[];
  /** Ids of targets that are no more. */
  readonly remove: readonly string[];
}

/** Asks for the main file of the shipper's own check. Changes nothing of what the child knows. */
export interface MainRequest {
  readonly type: "main";
  readonly node: NodeContext;
  /** With staged places in the place of the live ones. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Paths of what is staged. */
  readonly files: readonly string[];
  /** Folder that the check may write to. */
  readonly work: string;
}

export type Request = DescribeRequest | ConfigureRequest | RenderRequest | MainRequest;

/** A file's contents, or why there are none. */
export type RenderedText = { readonly contents: string } | { readonly error: string };

/** Answer for one upserted target. */
export interface TargetAnswer {
  readonly id: string;
  /** Set when the context or one of the target's templates failed: then nothing else of it counts. */
  readonly error?: string;
  readonly warnings: readonly { readonly subject: string; readonly expected: string }[];
  /** Hints that the shipper cannot express. */
  readonly unexpressed?: readonly { readonly hint: HintName; readonly why: string }[];
  /** Text fields of the context that the path patterns of the outputs name. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Contents by output name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Answer for one `each: "node"` output. */
export interface NodeAnswer {
  readonly contents?: string;
  readonly error?: string;
  /** Number of containers in it. */
  readonly count: number;
  /** Targets left out of it because the template failed for them. */
  readonly leftOut: readonly { readonly id: string; readonly error: string }[];
}

export type Answer =
  | { readonly type: "described"; readonly description: unknown }
  | { readonly type: "configured" }
  | { readonly type: "main"; readonly contents: string }
  | {
    readonly type: "rendered";
    readonly targets: readonly TargetAnswer[];
    readonly nodes: Readonly<Record<string, NodeAnswer>>;
  }
  | { readonly type: "failed"; readonly error: string };
