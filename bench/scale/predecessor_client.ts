/**
 * Asks the API as the Python predecessor did: every minute a GET of the pod of each container, one after the other.
 *
 * @module
 */
import { sleep, systemClock } from "../../lib/pods/clock.ts";
import type { ClientNode } from "./client_plan.ts";
import type { CountedConnection } from "./counted_connection.ts";

const INTERVAL_MS = 60_000;

/** One node's client. */
export class PredecessorClient {
  readonly connection: CountedConnection;
  readonly #node: ClientNode;
  #rounds = 0;
  #failures = 0;

  constructor(node: ClientNode, connection: CountedConnection) {
    this.#node = node;
    this.connection = connection;
  }

  pods(): number {
    return this.#node.pods.length;
  }

  hasSynced(): boolean {
    return this.#rounds > 0;
  }

  failures(): number {
    return this.#failures;
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        const start = performance.now();
        await this.#round(signal);
        this.#rounds++;
        await sleep(Math.max(0, INTERVAL_MS - (performance.now() - start)), { clock: systemClock, signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    for (const { namespace, name, containers } of this.#node.pods) {
      for (let left = containers; left > 0; left--) {
        try {
          const response = await this.connection.request(`/api/v1/namespaces/${namespace}/pods/${name}`, { signal });
          await response.text();
        } catch (error) {
          if (signal.aborted) throw error;
          this.#failures++;
        }
      }
    }
  }
}
