/**
 * The agents' lanes of a watch: those that are open, and those that could not be opened yet.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { AgentLane, Attempt } from "../reconcile/agent_lane.ts";
import type { WatchOptions } from "./commands.ts";
import { LateLanes } from "./late_lanes.ts";
import { openLane, type OpenLaneOptions } from "./open_lane.ts";

/** Longest time between attempts to open an agent that could not be opened at the start, milliseconds. */
const LATE_RETRY_MS = 10_000;

/** The lanes. */
export class WatchLanes {
  /** Those that are open; one that comes later is added. */
  readonly open: AgentLane[] = [];
  readonly late: LateLanes;
  readonly #listeners: ((attempt: Attempt) => void)[] = [];

  private constructor(late: LateLanes) {
    this.late = late;
  }

  /**
   * Opens the lanes of the agents in the configuration, and tries those that could not be described.
   *
   * @throws {Error} If no agent can be used.
   */
  static async open(
    config: Config,
    { lateAgents, ...given }: Omit<OpenLaneOptions, "config"> & {
      readonly lateAgents: NonNullable<WatchOptions["late"]>;
    },
  ): Promise<WatchLanes> {
    const late = new LateLanes({ log: given.log, retryMs: Math.min(config.intervalMs, LATE_RETRY_MS) });
    const lanes = new WatchLanes(late);
    const parts = { config, ...given };
    for (const agent of config.agents) {
      const lane = config.agents.length === 1
        ? await openLane(agent, parts)
        : await late.open(agent.description.name, () => openLane(agent, parts));
      if (lane) lanes.#add(lane);
    }
    if (lanes.open.length === 0) throw new Error(`No agent can be used: ${late.names.join(", ")}`);
    for (const [name, resolve] of lateAgents) await late.open(name, async () => await openLane(await resolve(), parts));
    return lanes;
  }

  /** Calls the listener after each attempt of a lane, also of one that is opened later. */
  onAttempt(listener: (attempt: Attempt) => void) {
    this.#listeners.push(listener);
  }

  /** Runs the lanes until the signal, and opens the others as soon as that works. @param onLate Is called for each of these. */
  async run(signal: AbortSignal, onLate: (lane: AgentLane) => void): Promise<void> {
    const running = this.open.map((lane) => lane.run(signal));
    await this.late.run(signal, (lane) => {
      this.#add(lane);
      running.push(lane.run(signal));
      onLate(lane);
    });
    await Promise.all(running);
  }

  #add(lane: AgentLane) {
    this.open.push(lane);
    lane.onAttempt((attempt) => {
      for (const listener of this.#listeners) listener(attempt);
    });
  }
}
