/**
 * What a process of clients is told, and what it tells.
 *
 * @module
 */
import type { SentRequest } from "./counted_connection.ts";

/** One node, which has one client. */
export interface ClientNode {
  readonly name: string;
  readonly pods: readonly { readonly namespace: string; readonly name: string; readonly containers: number }[];
}

/** First line of the process's input. */
export interface ClientPlan {
  /** `ours` is this program's list and watch, `predecessor` a GET per container per minute. */
  readonly pattern: "ours" | "predecessor";
  readonly host: string;
  readonly port: string;
  /** Folder with `token` and `ca.crt`. */
  readonly serviceAccountPath: string;
  readonly nodes: readonly ClientNode[];
  /** The clients start within this time, by chance, milliseconds. */
  readonly startWithinMs: number;
}

/** One line of the process's output. */
export type ClientReport =
  | ({ readonly type: "request" } & SentRequest)
  | {
    /** Every second. */
    readonly type: "state";
    /** Bytes of bodies so far. */
    readonly bytes: number;
    /** Pods that are known. */
    readonly pods: number;
    /** Clients that know their node's pods. */
    readonly synced: number;
    readonly failures: number;
  };
