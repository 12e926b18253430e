/**
 * Asks a process that was started with `--inspect` how much it keeps, garbage not counted.
 *
 * Resident memory cannot tell a leak of 1 KB per pod from the ways of the garbage collector within minutes; what is left after a collection
 * can. The process does nothing else than it does without: the inspector is asked at rest, a few times in a run (Chrome DevTools Protocol,
 * domains HeapProfiler and Runtime).
 *
 * @module
 */

/** Collections before the heap is measured: what has a finalizer goes with the second one. */
const COLLECTIONS = 3;
const PATIENCE_MS = 20_000;

/**
 * Collects garbage and measures the heap.
 *
 * @param port Port of the inspector on this machine.
 * @returns Bytes.
 * @throws {Error} If the inspector does not answer.
 */
export async function usedHeap(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/json`);
  const [{ webSocketDebuggerUrl }] = await response.json();
  await using inspector = await Inspector.open(webSocketDebuggerUrl);
  for (let left = COLLECTIONS; left > 0; left--) await inspector.call("HeapProfiler.collectGarbage");
  const { usedSize } = await inspector.call("Runtime.getHeapUsage");
  if (typeof usedSize !== "number") throw new Error(`The inspector tells no size of the heap but ${usedSize}`);
  return usedSize;
}

class Inspector implements AsyncDisposable {
  readonly #socket: WebSocket;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    await inTime<void>(`The inspector at ${url} does not open`, (done, failed) => {
      socket.onopen = () => done();
      socket.onerror = () => failed();
    });
    return new Inspector(socket);
  }

  async call(method: string): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    return await inTime(`The inspector does not answer ${method}`, (done) => {
      this.#socket.onmessage = ({ data }) => {
        const answer = JSON.parse(data);
        if (answer.id === id) done(answer.result ?? {});
      };
      this.#socket.send(JSON.stringify({ id, method }));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await inTime<void>("The inspector does not close", (done) => {
      this.#socket.onclose = () => done();
      this.#socket.close();
    });
  }
}

/** Waits for an event, for some seconds at the most. */
async function inTime<T>(message: string, begin: (done: (value: T) => void, failed: () => void) => void): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const fail = () => reject(new Error(message));
  const timer = setTimeout(fail, PATIENCE_MS);
  try {
    begin(resolve, fail);
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
