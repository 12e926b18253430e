/**
 * What metrics are read from.
 *
 * @module
 */
import type { FolderWatch } from "../discover/watch_folders.ts";
import type { EventStats } from "../events/event_reporter.ts";
import type { InformerStats } from "../pods/informer.ts";
import type { RequestCount } from "../pods/request_counts.ts";
import type { AgentLane, Attempt } from "../reconcile/agent_lane.ts";
import type { Controller } from "../reconcile/controller.ts";

/** Begins the names of all metrics that are this program's alone. */
export const PREFIX = "kube_log_watcher";

/** What is measured. */
export interface Measured {
  readonly controller: Controller;
  readonly lanes: readonly AgentLane[];
  /** Agents that cannot be used yet. */
  readonly late: { readonly names: readonly string[] };
  readonly folders: () => FolderWatch | undefined;
  /** Undefined where the API is not asked. */
  readonly api: () => InformerStats | undefined;
  readonly requests: () => readonly RequestCount[];
  readonly hasSynced: () => boolean;
  /** Undefined where none are sent. */
  readonly events: () => EventStats | undefined;
  /** Whether the configuration file as it is now was refused. */
  readonly isFileRefused: () => boolean;
  /** Has every attempt of every agent told of. */
  readonly onAttempt: (listener: (attempt: Attempt) => void) => void;
}
