/**
 * Keeps a pod store true to the API: one list, one watch.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import { ApiStatusError, refuseUnlessOk } from "./api_status.ts";
import type { Connection } from "./api_client.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import { type Clock, sleep, systemClock } from "./clock.ts";
import { FailureLog } from "./failure_log.ts";
import { listPods, podSelector } from "./list_pods.ts";
import type { PodStore } from "./pod_store.ts";
import { type RequestCount, RequestCounts, resultOf } from "./request_counts.ts";
import { SilenceGuard } from "./silence_guard.ts";
import { readWatchEvents, type WatchEvent, WatchStreamError } from "./watch_stream.ts";

/** Says that the server ended a watch by an event of type ERROR. */
export class WatchEndedError extends Error {
  override readonly name = "WatchEndedError";
  /** As an HTTP status; 410 where the version is too old. */
  readonly code: number;
  readonly retryAfterMs: number;

  constructor(event: Extract<WatchEvent, { type: "ERROR" }>) {
    super(`The API server ended the watch of pods with code ${event.code}: ${event.message}`);
    this.code = event.code;
    this.retryAfterMs = Math.min(event.retryAfterSeconds * 1000, 300_000);
  }
}

/** Options of {@linkcode Informer}. */
export interface InformerOptions {
  readonly connection: Connection;
  /** Takes in what the API says; nothing else may write to it but a restore. */
  readonly store: PodStore;
  /** Name of the node whose pods are watched. */
  readonly nodeName: string;
  readonly log: Log;
  /** Default the real clock. */
  readonly clock?: Clock;
  /** Longest random wait before the first list in milliseconds, default 0: list at once. */
  readonly startJitterMs?: number;
  /** Longest silence of a watch in milliseconds, default 30 s more than its time limit. */
  readonly silenceMs?: number;
  /** Longest silence of a list, and before a watch's headers, in milliseconds, default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Life of a watch in milliseconds from which on it counts as healthy and failures are forgotten, default 5,000. */
  readonly healthyMs?: number;
  /** Delays between attempts. */
  readonly backoff?: BackoffOptions;
}

/** What an informer has done since its start. */
export interface InformerStats {
  readonly lists: number;
  readonly watches: number;
  readonly failures: number;
  /** Events of pods, bookmarks not among them. */
  readonly events: number;
  readonly bookmarks: number;
  /** Length of the wait that goes on now, in milliseconds, 0 while there is none. */
  readonly backoffMs: number;
}

/** Watches in a row without a single event or bookmark after which the version is no longer trusted. */
const FRUITLESS_WATCHES = 2;

/**
 * Keeps the store true to the pods of a node. Whatever fails, the store keeps what it has.
 *
 * A watch that ends is resumed where it was; the pods are listed again only when the API no longer knows the version (410), or the
 * version seems to be of another history: two watches in a row without an event or a bookmark.
 */
export class Informer {
  readonly #options: InformerOptions;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #failureLog: FailureLog;
  readonly #stats = { lists: 0, watches: 0, failures: 0, events: 0, bookmarks: 0, backoffMs: 0 };
  readonly #requests = new RequestCounts();
  readonly #synced = Promise.withResolvers<void>();
  readonly #judged = Promise.withResolvers<void>();
  /** Where the next watch goes on; undefined: list first. */
  #version: string | undefined;
  #stage: "list" | "watch" = "list";
  /** When the last watch was answered, undefined if it was not. */
  #openedAt: number | undefined;
  /** Whether the last watch brought an event or a bookmark. */
  #isFruitful = false;
  #fruitlessWatches = 0;

  constructor(options: InformerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = new Backoff(this.#clock, options.backoff);
    this.#failureLog = new FailureLog(options.log, options.connection.description);
  }

  /** Whether a list of the API has been taken in. */
  get hasSynced(): boolean {
    return this.#options.store.hasSynced;
  }

  /** Resolves when a list of the API has been taken in; stays open as long as none comes. */
  synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Resolves when waiting for a first list is over: one has been taken in, or the API refused it with what time does not mend (401, 403). */
  judged(): Promise<void> {
    return Promise.race([this.#synced.promise, this.#judged.promise]);
  }

  /** Returns the counters as they are now. */
  stats(): InformerStats {
    return { ...this.#stats };
  }

  /** Returns the requests so far, by what came of them. */
  requests(): readonly RequestCount[] {
    return this.#requests.list();
  }

  /** Runs until the signal is aborted, and then returns; it never gives up and throws nothing. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    try {
      const { startJitterMs = 0 } = this.#options;
      if (startJitterMs > 0) await sleep(startJitterMs * this.#clock.random(), { clock: this.#clock, signal });
      while (!signal.aborted) await this.#round(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Lists if needed and watches until the watch ends; then waits as long as its end asks for. */
  async #round(signal: AbortSignal): Promise<void> {
    let delayMs = 0;
    try {
      if (this.#version === undefined) await this.#list(signal);
      await this.#watch(signal);
      // A watch that ends at once again and again must not become a storm of requests.
      if (!this.#isHealthy()) delayMs = this.#backoff.next();
    } catch (error) {
      if (signal.aborted) return;
      delayMs = this.#afterFailure(error);
    }
    await this.#wait(delayMs, signal);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { connection, store, nodeName, requestTimeoutMs: silenceMs = 60_000 } = this.#options;
    this.#stats.lists++;
    this.#stage = "list";
    const list = await listPods(connection, { nodeName, clock: this.#clock, silenceMs, signal });
    this.#requests.add("list", "ok");
    this.#failureLog.recovered("list");
    for (const reason of list.malformed) this.#failureLog.malformed(reason);
    this.#version = list.version;
    this.#fruitlessWatches = 0;
    store.replaceAll(list.pods);
    this.#synced.resolve();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { connection, nodeName, requestTimeoutMs = 60_000 } = this.#options;
    // As client-go does it: a random limit from 5 to 10 minutes, so that the watches of many nodes do not end together.
    const timeoutSeconds = 300 + Math.floor(300 * this.#clock.random());
    const path = `${podSelector(nodeName)}&watch=true&allowWatchBookmarks=true&resourceVersion=${
      encodeURIComponent(this.#version ?? "")
    }&timeoutSeconds=${timeoutSeconds}`;
    using guard = new SilenceGuard("The watch of pods", { signal, clock: this.#clock, limitMs: requestTimeoutMs });
    this.#stats.watches++;
    this.#stage = "watch";
    this.#openedAt = undefined;
    this.#isFruitful = false;
    const response = await connection.request(path, { signal: guard.signal });
    await refuseUnlessOk(response, { action: "watch pods", now: this.#clock.now() });
    guard.allow(this.#options.silenceMs ?? (timeoutSeconds + 30) * 1000);
    this.#openedAt = this.#clock.monotonicNow();
    this.#requests.add("watch", "ok");
    this.#failureLog.recovered("watch");
    try {
      for await (const event of readWatchEvents(response.body!, { onBytes: () => guard.touch() })) this.#take(event);
    } finally {
      this.#judgeVersion();
    }
  }

  #take(event: WatchEvent): void {
    const { store } = this.#options;
    if (event.type === "ERROR") throw new WatchEndedError(event);
    if (event.type === "UNKNOWN") return this.#failureLog.unknownEvent(event.name);
    this.#isFruitful = true;
    if (event.type === "BOOKMARK") this.#stats.bookmarks++;
    else this.#stats.events++;
    if (event.type === "MALFORMED") this.#failureLog.malformed(event.reason);
    else if (event.type === "DELETED") store.retire(event.pod);
    else if (event.type !== "BOOKMARK") store.upsert(event.pod);
    if (event.version !== "") this.#version = event.version;
  }

  /** Tells whether the last watch lived long enough, and forgets failures if it did. */
  #isHealthy(): boolean {
    const { healthyMs = 5_000 } = this.#options;
    const isHealthy = this.#stage === "watch" && this.#openedAt !== undefined &&
      this.#clock.monotonicNow() - this.#openedAt >= healthyMs;
    if (isHealthy) this.#backoff.reset();
    return isHealthy;
  }

  /**
   * Drops the version after watches that lived and brought nothing. A version from another history, after etcd was restored from a
   * backup, lies in the future: the server says nothing about it and sends no bookmark, for ever (recorded: v1.20.2).
   */
  #judgeVersion(): void {
    if (this.#isFruitful) this.#fruitlessWatches = 0;
    else if (this.#isHealthy()) this.#fruitlessWatches++;
    if (this.#fruitlessWatches >= FRUITLESS_WATCHES) this.#version = undefined;
  }

  /** Takes note of a failure and returns how long to wait, in milliseconds. */
  #afterFailure(error: unknown): number {
    this.#stats.failures++;
    // A watch that was answered and breaks later was no request that failed.
    if (this.#stage === "list" || this.#openedAt === undefined) this.#requests.add(this.#stage, resultOf(error));
    this.#failureLog.failed(error, this.#stage);
    if (losesVersion(error)) this.#version = undefined;
    if (error instanceof ApiStatusError && [401, 403].includes(error.status)) this.#judged.resolve();
    this.#isHealthy();
    const asked = error instanceof ApiStatusError || error instanceof WatchEndedError ? error.retryAfterMs : 0;
    return Math.max(asked, this.#backoff.next());
  }

  async #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs === 0) return;
    this.#stats.backoffMs = delayMs;
    try {
      await sleep(delayMs, { clock: this.#clock, signal });
    } finally {
      this.#stats.backoffMs = 0;
    }
  }
}

/**
 * Tells whether the pods must be listed again: the version is too old (410) or not understood. A server that is busy, away or wants
 * other credentials knows the version still.
 */
function losesVersion(error: unknown): boolean {
  if (error instanceof WatchEndedError) return error.code !== 429;
  if (error instanceof ApiStatusError) return ![401, 403, 429].includes(error.status) && error.status < 500;
  return error instanceof WatchStreamError;
}
