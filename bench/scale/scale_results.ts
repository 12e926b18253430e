/**
 * What the scale study found.
 *
 * @module
 */
import type { Machine } from "../machine.ts";
import type { RequestKind } from "./counted_connection.ts";
import type { Bar } from "./histogram.ts";

/** What a number of clients cost while nothing but the usual happens. */
export interface SteadyRow {
  readonly clients: number;
  readonly pattern: "none" | "ours" | "predecessor";
  readonly seconds: number;
  readonly requests: Readonly<Record<RequestKind, number>>;
  /** Bytes of bodies. */
  readonly bytes: number;
  /** Time of the API server on a processor, seconds; changes of pods and what else it does are in it, as with no clients. */
  readonly serverCpuSeconds: number;
  /** Resident memory of the API server at the end, bytes. */
  readonly serverRss: number;
  /** Pods that were changed meanwhile. */
  readonly changes: number;
}

/** What a start of many clients cost. */
export interface StartRow {
  readonly clients: number;
  /** The clients started within this time, milliseconds. */
  readonly withinMs: number;
  readonly requests: Readonly<Record<RequestKind, number>>;
  readonly bytes: number;
  readonly serverCpuSeconds: number;
  /** Milliseconds from the first request until each client knew its pods. */
  readonly syncedAfterMs: number;
  readonly histogram: readonly Bar[];
}

/** What a restart of the API server brought. */
export interface RestartRow {
  readonly clients: number;
  /** From its end until it could be reached again, milliseconds. */
  readonly awayMs: number;
  /** Attempts while it was away, which cost it nothing, by time since its end. */
  readonly attempts: readonly Bar[];
  readonly requests: Readonly<Record<RequestKind, number>>;
}

/** Everything. */
export interface ScaleResults {
  readonly machine: Machine;
  readonly podsPerNode: number;
  readonly containersPerNode: number;
  readonly steady: readonly SteadyRow[];
  readonly starts: readonly StartRow[];
  readonly restart: RestartRow | undefined;
}
