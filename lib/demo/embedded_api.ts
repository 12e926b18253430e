/**
 * A Kubernetes API in this process that knows pods only: list and watch, as far as the demo's watcher asks.
 *
 * @module
 */

/** A pod as the API shows it. */
export interface ApiPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** Serves pods on a free port of the loopback address. */
export class EmbeddedApi implements AsyncDisposable {
  readonly #pods = new Map<string, ApiPod>();
  readonly #watchers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #version = 1;
  #isAway = false;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** Address for WATCHER_KUBE_URL. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Adds or changes a pod. */
  put(pod: ApiPod) {
    const type = this.#pods.has(pod.metadata.uid) ? "MODIFIED" : "ADDED";
    this.#send(type, this.#stamp(pod));
  }

  /** Deletes a pod. */
  delete(uid: string) {
    const pod = this.#pods.get(uid);
    if (!pod) return;
    this.#pods.delete(uid);
    this.#send("DELETED", { ...pod, metadata: { ...pod.metadata, resourceVersion: String(++this.#version) } });
  }

  /** Refuses everything and cuts what is open, as an API server does that goes down; or comes back. */
  setAway(isAway: boolean) {
    this.#isAway = isAway;
    if (!isAway) return;
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers.clear();
  }

  async [Symbol.asyncDispose]() {
    this.setAway(true);
    await this.#server.shutdown();
  }

  #stamp(pod: ApiPod): ApiPod {
    const stamped = { ...pod, metadata: { ...pod.metadata, resourceVersion: String(++this.#version) } };
    this.#pods.set(pod.metadata.uid, stamped);
    return stamped;
  }

  #send(type: string, object: unknown) {
    const line = new TextEncoder().encode(JSON.stringify({ type, object }) + "\n");
    for (const watcher of this.#watchers) watcher.enqueue(line);
  }

  #answer(request: Request): Response {
    const { pathname, searchParams } = new URL(request.url);
    if (this.#isAway) return Response.json({ kind: "Status", code: 503, message: "the API is away" }, { status: 503 });
    if (pathname !== "/api/v1/pods") {
      return Response.json({ kind: "Status", code: 404, message: "not found" }, { status: 404 });
    }
    if (searchParams.get("watch") === "true" || searchParams.get("watch") === "1") {
      return this.#watch(searchParams.get("resourceVersion"));
    }
    return Response.json({
      kind: "PodList",
      apiVersion: "v1",
      metadata: { resourceVersion: String(this.#version) },
      items: [...this.#pods.values()],
    });
  }

  #watch(since: string | null): Response {
    // This API keeps no history: whoever asks for more than now has to list again, as 410 tells.
    if (Number(since) < this.#version) {
      return Response.json({ kind: "Status", code: 410, reason: "Expired", message: "too old resource version" }, {
        status: 410,
      });
    }
    let own: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void this.#watchers.add(own = controller),
      cancel: () => void this.#watchers.delete(own),
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  }
}
