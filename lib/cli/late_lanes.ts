/**
 * Agents that could not be opened at the start, because their folder is broken or their outputs cannot be used: tried again until they can. The others
 * do not wait for them.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import type { AgentLane } from "../reconcile/agent_lane.ts";
import { pause } from "../reconcile/trigger.ts";

/** Opens an agent's lane, or rejects. */
export type OpenLane = () => Promise<AgentLane>;

/** Options of {@linkcode LateLanes}. */
export interface LateLanesOptions {
  readonly log: Log;
  /** Time between two attempts in milliseconds. */
  readonly retryMs: number;
}

/** Opens lanes, now or later. */
export class LateLanes {
  readonly #options: LateLanesOptions;
  readonly #pending = new Map<string, OpenLane>();

  constructor(options: LateLanesOptions) {
    this.#options = options;
  }

  /** Names of the agents that are not open. */
  get names(): readonly string[] {
    return [...this.#pending.keys()];
  }

  /** Opens an agent now; if that fails, says so and keeps it for later. @returns undefined if it failed. */
  async open(name: string, open: OpenLane): Promise<AgentLane | undefined> {
    const { log } = this.#options;
    try {
      const lane = await open();
      if (this.#pending.delete(name)) log.info(`Agent ${name} can be used now`, { agent: name });
      log.forget(`late ${name}`);
      return lane;
    } catch (error) {
      this.#pending.set(name, open);
      log.once(
        `late ${name}`,
        "error",
        `${(error as Error).message}; agent ${name} is tried again later, the others go on`,
        { agent: name },
      );
      return undefined;
    }
  }

  /** Tries again until all are open or the signal comes. */
  async run(signal: AbortSignal, onOpen: (lane: AgentLane) => void): Promise<void> {
    while (this.#pending.size > 0 && !signal.aborted) {
      await pause(this.#options.retryMs, signal);
      for (const [name, open] of signal.aborted ? [] : [...this.#pending]) {
        const lane = await this.open(name, open);
        if (lane) onOpen(lane);
      }
    }
  }
}
