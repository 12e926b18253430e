/**
 * Puts the shipper's own check between an agent's rendering and the disk, where the settings say so.
 *
 * @module
 */
import { CheckedRenderer } from "../apply/checked_renderer.ts";
import { ShipperChecker } from "../apply/shipper_checker.ts";
import { StagedTree } from "../apply/staged_tree.ts";
import type { AgentConfig, Config } from "../config/config.ts";
import type { Log } from "../observe/log.ts";
import type { Renders } from "../reconcile/reconcile.ts";
import type { LiveAgent } from "./live_agent.ts";

/** Options of {@linkcode checkedRenderer}. */
export interface CheckedRendererParts {
  readonly live: LiveAgent;
  readonly config: Config;
  readonly log: Log;
  /** Takes what has to be closed in the end. */
  readonly resources: AsyncDisposableStack;
}

/** Gives what renders an agent: the agent itself where nothing is to be checked. */
export function checkedRenderer(agent: AgentConfig, { live, config, log, resources }: CheckedRendererParts): Renders {
  if (!agent.check) return live;
  const places = Object.entries(agent.description.settings).flatMap(([name, { type }]) => {
    const path = agent.settings[name];
    return (type === "directory" || type === "file") && typeof path === "string" ? [{ name, path, kind: type }] : [];
  });
  const tree = resources.use(new StagedTree(places));
  const checker = new ShipperChecker({ agent: live, searchPath: config.checkPath ?? [], tree });
  return new CheckedRenderer({ agent: live, checker, mode: agent.check, log });
}
