/**
 * A Kubernetes API server for tests: lists and watches pods as v1.20 does, over real sockets, and fails on demand.
 *
 *     await using server = ApiServer.start({ token: "t1" });
 *     server.pods.put(examplePod("web-1"));
 *     // ... let the program under test connect to server.url ...
 *     await server.watching();                       // a watch is open
 *     server.pods.patch({ namespace: "shop", name: "web-1" }, { metadata: { labels: { a: "b" } } });
 *     server.failNext({ status: 429, headers: { "retry-after": "1" } });
 *     assert.equal(server.count("list"), 1);
 *
 * Only list and watch of pods are allowed, as for a service account with just these verbs, and the creation of events where the server
 * is told so; every other request gets 403 or 404 and is recorded as well.
 *
 * @module
 */
import type { ApiEvent, ApiServerOptions, RecordedRequest } from "./api_server_options.ts";
import { AwaitedState } from "./awaited_state.ts";
import { type Failure, FailureQueue, type Verb } from "./failure_queue.ts";
import { bookmarkOf, OpenWatch } from "./open_watch.ts";
import { type PodEvent, PodRegistry } from "./pod_registry.ts";
import { podSelector } from "./pod_selector.ts";
import { forbiddenEvent, gone, refusal } from "./status_answers.ts";

export type { ApiEvent, ApiServerOptions, Failure, OpenWatch, RecordedRequest, Verb };

/** Folder of the checked-in certificates. */
const TLS = new URL("../fixtures/pods/tls/", import.meta.url);

/** What the next watch does instead of its work. */
export type WatchScript = (watch: OpenWatch) => void;

/** The server. It listens from {@linkcode ApiServer.start} until it is disposed of. */
export class ApiServer implements AsyncDisposable {
  /** The pods that the cluster has. */
  readonly pods = new PodRegistry();
  /** Everything that was asked, in order. */
  readonly requests: RecordedRequest[] = [];
  /** Events that clients created, in order. */
  readonly events: ApiEvent[] = [];
  /** Whether events may be created. */
  allowsEvents = false;
  /** Bearer token that requests must have; may be changed at any time. */
  token: string | undefined;
  /** Whether open and new watches say nothing about changes, as one with a version of the future does. */
  isSilent = false;
  readonly #options: ApiServerOptions;
  readonly #watches = new Set<OpenWatch>();
  readonly #state = new AwaitedState();
  readonly #failures = new FailureQueue();
  #scripts: WatchScript[] = [];
  #port = 0;
  #abort = new AbortController();
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;

  private constructor(options: ApiServerOptions) {
    this.#options = options;
    this.token = options.token;
  }

  /** Starts a server at a free port. */
  static start(options: ApiServerOptions = {}): ApiServer {
    const server = new ApiServer(options);
    server.listen();
    return server;
  }

  /** Certificate authority of the test certificates, PEM. */
  static get caCert(): string {
    return Deno.readTextFileSync(new URL("ca.crt", TLS));
  }

  /** Base URL, prefix included, without a slash at its end. */
  get url(): string {
    const { tls = false, hostname = "127.0.0.1", pathPrefix = "" } = this.#options;
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    return `${tls ? "https" : "http"}://${host}:${this.#port}${pathPrefix}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Number of watches that are open now. */
  get openWatches(): number {
    return this.#watches.size;
  }

  /** Listens (again), at the port that it had before. */
  listen(): void {
    const { tls = false, hostname = "127.0.0.1" } = this.#options;
    this.#abort = new AbortController();
    const certificate = tls
      ? {
        cert: Deno.readTextFileSync(new URL("server.crt", TLS)),
        key: Deno.readTextFileSync(new URL("server.key", TLS)),
      }
      : {};
    this.#server = Deno.serve(
      { hostname, port: this.#port, signal: this.#abort.signal, onListen: () => {}, onError, ...certificate },
      (request) => this.#answer(request),
    );
    this.#port = this.#server.addr.port;
  }

  /** Breaks all connections and refuses new ones until {@linkcode ApiServer.listen}. */
  async stop(): Promise<void> {
    for (const watch of [...this.#watches]) watch.break();
    this.#abort.abort();
    await this.#server?.finished;
    this.#server = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Number of requests of a verb so far. */
  count(verb: Verb): number {
    return this.requests.filter((request) => request.verb === verb).length;
  }

  /** Waits until that many requests of a verb have come. */
  requested(verb: Verb, count = 1): Promise<void> {
    return this.#state.until(() => this.count(verb) >= count);
  }

  /** Waits until that many watches are open at the same time. */
  watching(count = 1): Promise<void> {
    return this.#state.until(() => this.#watches.size >= count);
  }

  /** Waits until all refusals were given, and a watch is open: the trouble is over, and the client has got over it. */
  recovered(): Promise<void> {
    return this.#state.until(() => this.#failures.isEmpty && this.#watches.size > 0);
  }

  /** Waits until no watch is open. */
  notWatching(): Promise<void> {
    return this.#state.until(() => this.#watches.size === 0);
  }

  /** Refuses coming requests. */
  failNext(failure: Failure): void {
    this.#failures.add(failure);
  }

  /** Ends all refusals that are left. */
  stopFailing(): void {
    this.#failures.clear();
  }

  /** Lets the next watch that is accepted do as the script says instead of sending changes; it stays open until the script ends it. */
  scriptNextWatch(script: WatchScript): void {
    this.#scripts.push(script);
  }

  /** Answers the next watch with 200 and an ERROR event of code 410, as a real server does when the version is compacted. */
  goneNextWatch(): void {
    this.scriptNextWatch((watch) => {
      watch.send(gone());
      watch.end();
    });
  }

  /** Sends bytes to all open watches. */
  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    for (const watch of this.#watches) watch.sendBytes(bytes);
  }

  /** Sends an event to all open watches; it is no change of a pod of this server. */
  send(event: object): void {
    for (const watch of this.#watches) watch.send(event);
  }

  /** Sends a bookmark of the newest version to all open watches that want bookmarks. */
  bookmark(): void {
    for (const watch of this.#watches) if (watch.allowsBookmarks) watch.send(bookmarkOf(this.pods.version));
  }

  /** Ends all open watches the way a time limit does. */
  endWatches(): void {
    for (const watch of [...this.#watches]) watch.end();
  }

  /** Breaks the connections of all open watches. */
  breakWatches(): void {
    for (const watch of [...this.#watches]) watch.break();
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const path = url.pathname.slice((this.#options.pathPrefix ?? "").length);
    const query = url.searchParams;
    const isOfPods = path === "/api/v1/pods" && request.method === "GET";
    const namespace = request.method === "POST" && /^\/api\/v1\/namespaces\/([^/]+)\/events$/.exec(path)?.[1];
    const verb: Verb = namespace ? "event" : !isOfPods ? "other" : query.get("watch") === "true" ? "watch" : "list";
    this.requests.push({ verb, path: url.pathname, query, headers: request.headers });
    this.#state.changed();
    if (this.token !== undefined && request.headers.get("authorization") !== `Bearer ${this.token}`) {
      return refusal(401);
    }
    const failure = this.#failures.take(verb);
    if (failure !== undefined) return refusal(failure.status, failure);
    if (verb === "list") return this.#list(query);
    if (verb === "watch") return this.#watch(query);
    if (namespace) {
      return this.allowsEvents ? this.#create(namespace, await request.json()) : forbiddenEvent(namespace);
    }
    return refusal(path.startsWith("/api/v1/") ? 403 : 404);
  }

  /** Takes in an event as a real server does: in its own namespace, and no second one of a name. */
  #create(namespace: string, event: ApiEvent): Response {
    const { metadata, involvedObject } = event;
    if (metadata.namespace !== namespace || involvedObject.namespace !== namespace) return refusal(422);
    if (this.events.some((one) => one.metadata.namespace === namespace && one.metadata.name === metadata.name)) {
      return refusal(409);
    }
    this.events.push(event);
    this.#state.changed();
    return Response.json(event, { status: 201 });
  }

  #list(query: URLSearchParams): Response {
    const pods = this.pods.list().filter(podSelector(query));
    const limit = Math.min(Number(query.get("limit") ?? Infinity) || Infinity, this.#options.pageSize ?? Infinity);
    const start = Number(query.get("continue") ?? 0);
    const items = pods.slice(start, start + limit);
    const next = start + limit < pods.length ? { continue: String(start + limit) } : {};
    const metadata = { resourceVersion: String(this.pods.version), ...next };
    return Response.json({ kind: "PodList", apiVersion: "v1", metadata, items });
  }

  #watch(query: URLSearchParams): Response {
    const watch = new OpenWatch({
      allowsBookmarks: query.get("allowWatchBookmarks") === "true",
      timeoutSeconds: Number(query.get("timeoutSeconds") ?? 0),
      onEnd: (watch) => {
        unsubscribe();
        this.#watches.delete(watch);
        this.#state.changed();
      },
    });
    let unsubscribe = () => {};
    this.#watches.add(watch);
    const script = this.#scripts.shift();
    if (script === undefined) unsubscribe = this.#follow(watch, query);
    else script(watch);
    this.#state.changed();
    return new Response(watch.body, {
      headers: { "content-type": "application/json", "cache-control": "no-cache, private" },
    });
  }

  /** Sends what happened since the version asked for, then what happens. */
  #follow(watch: OpenWatch, query: URLSearchParams): () => void {
    const isSelected = podSelector(query);
    const version = Number(query.get("resourceVersion") ?? 0);
    const send = ({ type, version: changedIn, object }: PodEvent) => {
      if (!this.isSilent && changedIn > version && isSelected(object)) watch.send({ type, object });
    };
    const missed = version === 0
      ? this.pods.list().map((object): PodEvent => ({ type: "ADDED", version: Infinity, object }))
      : this.pods.eventsAfter(version);
    if (missed === undefined) {
      watch.send(gone());
      watch.end();
      return () => {};
    }
    missed.forEach(send);
    return this.pods.onEvent(send);
  }
}

function onError(): Response {
  return refusal(500);
}
