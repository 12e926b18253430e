/**
 * Opens what one agent's lane is made of: its outputs, its sandbox, its settings.
 *
 * @module
 */
import type { AgentConfig, Config } from "../config/config.ts";
import { ReloadMark } from "../apply/reload_mark.ts";
import { reloadTarget } from "../apply/reload_target.ts";
import { Reloader } from "../apply/reloader.ts";
import type { Log } from "../observe/log.ts";
import { AgentLane } from "../reconcile/agent_lane.ts";
import type { AgentHost } from "../render/agent_host.ts";
import { ledgerPaths } from "../write/ledger_path.ts";
import { Writer } from "../write/writer.ts";
import { logRootsOf, rootsOf } from "./agent_places.ts";
import { checkedRenderer } from "./checked_renderer.ts";
import { LiveAgent } from "./live_agent.ts";

/** Options of {@linkcode openLane}. */
export interface OpenLaneOptions {
  readonly config: Config;
  readonly log: Log;
  readonly host: AgentHost;
  /** Takes what has to be closed in the end. */
  readonly resources: AsyncDisposableStack;
}

/**
 * Opens one agent's outputs and makes its lane.
 *
 * @throws {RootError | OutputsInUseError | LockError | WriteError} As {@linkcode Writer.open}: its outputs cannot be used.
 */
export async function openLane(
  agent: AgentConfig,
  { config, log, host, resources }: OpenLaneOptions,
): Promise<AgentLane> {
  const { name, folder } = agent.description;
  const { writeIntervalMs = agent.description.minSecondsBetweenWrites * 1000 } = config;
  const roots = rootsOf(agent, config.statePath);
  const paths = ledgerPaths({ agent: name, roots, statePath: config.statePath });
  const opened = await host.open(name, folder);
  // An attempt that fails keeps nothing, least of all the writer's lock.
  await using opening = new AsyncDisposableStack();
  const writer = opening.use(await Writer.open({ agent: name, roots, ...paths, log }));
  const live = new LiveAgent({ agent, opened, host, node: config.node, logRoots: logRootsOf(config), log });
  const renderer = checkedRenderer(agent, { live, config, log, resources: opening });
  const mark = new ReloadMark(paths.ledgerPath.replace(/\.ledger$/, ".reloaded"), name);
  const target = () => reloadTarget(live.description, live.settings);
  const reloader = new Reloader({ agent: name, target, mark, log });
  resources.use(opening.move());
  return new AgentLane({
    agent: name,
    minSecondsBetweenWrites: writeIntervalMs / 1000,
    renderer,
    writer,
    log,
    reloader,
  });
}
