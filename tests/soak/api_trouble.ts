/**
 * What goes wrong between the program and the API during a soak, one thing after the other.
 *
 * @module
 */
import type { ApiServer } from "../api_server/api_server.ts";
import type { Random } from "./random.ts";

/** Waits, in milliseconds. */
type Wait = (ms: number) => Promise<void>;

/** One kind of trouble. */
interface Trouble {
  readonly name: string;
  /** Lists that it makes necessary; each may be tried as often as the trouble says. */
  readonly lists: number;
  /** Watches that it makes necessary, tries included. */
  readonly watches: number;
  cause(server: ApiServer, wait: Wait): void | Promise<void>;
}

const encoder = new TextEncoder();

/**
 * Requests that a cut of 3 s may cost: with delays that begin at 250 ms at the least and double, five tries begin within it, and one after it.
 */
const TRIES = 6;

const TROUBLES: readonly Trouble[] = [
  {
    name: "the API is away for 3 s",
    lists: 0,
    watches: TRIES,
    async cause(server, wait) {
      await server.stop();
      await wait(3000);
      server.listen();
    },
  },
  { name: "the watch breaks", lists: 0, watches: 1, cause: (server) => server.breakWatches() },
  { name: "the watch ends", lists: 0, watches: 1, cause: (server) => server.endWatches() },
  {
    name: "the version is compacted",
    lists: 1,
    watches: 2,
    cause(server) {
      server.pods.compact();
      server.breakWatches();
    },
  },
  {
    name: "410 as a status",
    lists: 1,
    watches: 2,
    cause(server) {
      server.failNext({ status: 410, verb: "watch" });
      server.breakWatches();
    },
  },
  {
    name: "three times 500",
    lists: 0,
    watches: 4,
    async cause(server, wait) {
      server.failNext({ status: 500, times: 3 });
      server.breakWatches();
      await wait(3000);
    },
  },
  {
    name: "lists fail with 503 after a compaction",
    lists: 3,
    watches: 2,
    async cause(server, wait) {
      server.failNext({ status: 503, times: 2, verb: "list" });
      server.pods.compact();
      server.breakWatches();
      await wait(3000);
    },
  },
  {
    name: "429 with Retry-After",
    lists: 0,
    watches: 2,
    cause(server) {
      server.failNext({ status: 429, headers: { "retry-after": "1" } });
      server.breakWatches();
    },
  },
  {
    name: "401 and 403",
    lists: 0,
    watches: 3,
    async cause(server, wait) {
      server.failNext({ status: 401 });
      server.failNext({ status: 403 });
      server.breakWatches();
      await wait(2000);
    },
  },
  {
    name: "an event that is cut in the middle",
    lists: 1,
    watches: 2,
    cause(server) {
      server.sendBytes(encoder.encode('{"type":"MODIFIED","object":{"metadata":{"na'));
      server.breakWatches();
    },
  },
  {
    name: "an event of a type that nobody knows",
    lists: 0,
    watches: 0,
    cause: (server) => server.send({ type: "SURPRISE", object: { metadata: {} } }),
  },
];

/**
 * Time from the watch that follows a trouble to the next trouble, in milliseconds: a watch that lived for 5 s counts as healthy again.
 * It begins with that watch and no sooner: a refusal that was left over would meet a request of the next trouble, which has not allowed it.
 */
const CALM_MS = 6000;

/** Causes trouble until it is told to stop. */
export class ApiTrouble {
  /** What was caused, and how often. */
  readonly caused = new Map<string, number>();
  readonly #server: ApiServer;
  readonly #random: Random;
  readonly #stop = Promise.withResolvers<void>();
  #isStopped = false;
  #allowed = { lists: 0, watches: 0 };

  constructor(server: ApiServer, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  /** Requests that the trouble so far may have cost. */
  get allowed(): { readonly lists: number; readonly watches: number } {
    return { ...this.#allowed };
  }

  /** Causes all kinds in an order by chance, again and again; returns when all is well after {@linkcode stop}. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      for (const trouble of TROUBLES.toSorted(() => this.#random.next() - 0.5)) {
        await this.#wait(CALM_MS);
        if (this.#isStopped) break;
        this.#allowed.lists += trouble.lists;
        this.#allowed.watches += trouble.watches;
        this.caused.set(trouble.name, (this.caused.get(trouble.name) ?? 0) + 1);
        await trouble.cause(this.#server, (ms) => this.#wait(ms));
        await Promise.race([this.#server.recovered(), this.#stop.promise]);
      }
    }
    this.#server.stopFailing();
  }

  /** Ends the trouble. */
  stop(): void {
    this.#isStopped = true;
    this.#stop.resolve();
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([promise, this.#stop.promise]);
    clearTimeout(timer);
  }
}
