/**
 * Profiles a process that was started with `--inspect-wait`, over the inspector (Chrome DevTools Protocol, domains Profiler and HeapProfiler):
 * Deno 2.9.6 has no flag that writes a profile.
 *
 * @module
 */

/** Waits for an answer at the most, in milliseconds; a profile of a long run is large. */
const PATIENCE_MS = 60_000;

/** One node of a profile: a function where it was called from. */
export interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** A profile as DevTools and others read it from a `.cpuprofile` file. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds. */
  readonly startTime: number;
  readonly endTime: number;
  /** Ids of the nodes that ran. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly chunk?: string };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** A session with a process. */
export class Inspector implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  #chunks: string[] = [];
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
    socket.onclose = () => this.#fail(new Error("The inspected process ended"));
  }

  /** Connects to the inspector at a port of this machine, as soon as it listens. @throws {Error} If it does not within a minute. */
  static async open(port: number): Promise<Inspector> {
    const socket = new WebSocket(await debuggerUrl(port));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`The inspector at port ${port} does not answer`));
    await promise;
    return new Inspector(socket);
  }

  /** Starts to sample, and lets a process that waits for it run. @param everyMicroseconds Time between samples. */
  async startProfile(everyMicroseconds = 500): Promise<void> {
    await this.#call("Profiler.enable");
    await this.#call("Profiler.setSamplingInterval", { interval: everyMicroseconds });
    await this.#call("Profiler.start");
    await this.#call("Runtime.runIfWaitingForDebugger");
  }

  /** Ends sampling. */
  async endProfile(): Promise<CpuProfile> {
    const { profile } = await this.#call("Profiler.stop") as { profile: CpuProfile };
    return profile;
  }

  /** Collects garbage and returns the heap as DevTools read it from a `.heapsnapshot` file. */
  async heapSnapshot(): Promise<string> {
    this.#chunks = [];
    await this.#call("HeapProfiler.enable");
    await this.#call("HeapProfiler.collectGarbage");
    await this.#call("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
    return this.#chunks.join("");
  }

  [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#fail(new Error("The inspector is closed"));
    if (this.#socket.readyState === WebSocket.CLOSED) return Promise.resolve();
    this.#socket.onclose = () => resolve();
    this.#socket.close();
    return promise;
  }

  async #call(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    const timer = setTimeout(() => reject(new Error(`The inspector does not answer ${method}`)), PATIENCE_MS);
    this.#socket.send(JSON.stringify({ id, method, params }));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  #take({ id, method, params, result, error }: Answer): void {
    if (method === "HeapProfiler.addHeapSnapshotChunk") this.#chunks.push(params?.chunk ?? "");
    const waiting = this.#waiting.get(id ?? 0);
    if (error) waiting?.reject(new Error(`The inspector refuses: ${error.message}`));
    else waiting?.resolve(result);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}

async function debuggerUrl(port: number): Promise<string> {
  for (const deadline = performance.now() + PATIENCE_MS;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json`);
      const [target] = await response.json();
      return target.webSocketDebuggerUrl;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
