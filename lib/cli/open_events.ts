/**
 * Opens what tells pods' owners of mistakes; loaded only where that is asked for.
 *
 * @module
 */
import { EventReporter } from "../events/event_reporter.ts";
import { findProblems } from "../events/find_problems.ts";
import type { Log } from "../observe/log.ts";
import type { Connection } from "../pods/connection.ts";
import type { PodStore } from "../pods/pod_store.ts";
import type { AgentLane } from "../reconcile/agent_lane.ts";
import type { Controller } from "../reconcile/controller.ts";

/** What mistakes are found in, and told by. */
export interface EventParts {
  readonly connection: Connection;
  readonly store: PodStore;
  readonly controller: Pick<Controller, "observation">;
  readonly lanes: readonly Pick<AgentLane, "agent" | "rendered">[];
  readonly nodeName: string;
  readonly log: Log;
}

/** Makes the reporter. */
export function openEvents({ store, controller, lanes, ...rest }: EventParts): EventReporter {
  return new EventReporter({
    ...rest,
    find() {
      const { joined } = controller.observation ?? {};
      // Pods that are known from before a restart only may be gone.
      if (!joined || !store.hasSynced) return [];
      return findProblems({ joined, agents: lanes, pods: store, isRetired: (uid) => store.isRetired(uid) });
    },
  });
}
