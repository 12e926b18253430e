/**
 * Where the watcher keeps what it knows between runs.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { ledgerPaths } from "../write/ledger_path.ts";
import { rootsOf } from "./agent_places.ts";

/** Paths of the state files. */
export interface StateFiles {
  /** What is known of pods. */
  readonly pods: string;
  /** Which containers are followed. */
  readonly containers: string;
}

/** Names the state files: in WATCHER_STATE_PATH, else beside the ledger of the first agent, as hidden files that no shipper's glob matches. */
export function stateFiles(config: Pick<Config, "agents" | "statePath">): StateFiles {
  const { statePath } = config;
  if (statePath !== undefined) {
    return { pods: join(statePath, "pods.state"), containers: join(statePath, "containers.state") };
  }
  const [first] = config.agents;
  if (!first) throw new TypeError("Cannot keep state without an agent");
  const folder = dirname(ledgerPaths({ agent: first.description.name, roots: rootsOf(first) }).ledgerPath);
  return {
    pods: join(folder, ".kube-log-watcher-pods.state"),
    containers: join(folder, ".kube-log-watcher-containers.state"),
  };
}

/** Tells whether an earlier run wrote anything: then there is the ledger of an agent. */
export function hasEarlierOutputs({ agents, statePath }: Pick<Config, "agents" | "statePath">): boolean {
  return agents.some((agent) => {
    const roots = rootsOf(agent, statePath);
    return existsSync(ledgerPaths({ agent: agent.description.name, roots, statePath }).ledgerPath);
  });
}
