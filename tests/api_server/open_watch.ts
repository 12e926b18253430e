/**
 * One watch that a client of the test server has open.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Options of {@linkcode OpenWatch}. */
export interface OpenWatchOptions {
  /** Whether the client asked for bookmarks. */
  readonly allowsBookmarks: boolean;
  /** Seconds after which the server ends the watch, 0 for never. */
  readonly timeoutSeconds: number;
  /** Is called once, when the watch has ended for whatever reason. */
  readonly onEnd: (watch: OpenWatch) => void;
}

/** Streams lines to a client until one side ends it. */
export class OpenWatch {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly allowsBookmarks: boolean;
  readonly #onEnd: OpenWatchOptions["onEnd"];
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #hasEnded = false;

  constructor({ allowsBookmarks, timeoutSeconds, onEnd }: OpenWatchOptions) {
    this.allowsBookmarks = allowsBookmarks;
    this.#onEnd = onEnd;
    this.body = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.#ended(),
    });
    if (timeoutSeconds > 0) this.#timer = setTimeout(() => this.end(), timeoutSeconds * 1000);
  }

  /** Sends one event as a line. */
  send(event: object): void {
    this.sendBytes(encoder.encode(JSON.stringify(event) + "\n"));
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    if (!this.#hasEnded) this.#controller.enqueue(bytes);
  }

  /** Ends the watch as a server does at its time limit. */
  end(): void {
    if (this.#hasEnded) return;
    this.#ended();
    this.#controller.close();
  }

  /** Breaks the connection: the client's read fails. */
  break(): void {
    if (this.#hasEnded) return;
    this.#ended();
    this.#controller.error(new Error("connection broken on purpose"));
  }

  #ended(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    this.#onEnd(this);
  }
}

/** Returns a bookmark as v1.20 sends it. */
export function bookmarkOf(version: number): object {
  const metadata = { resourceVersion: String(version), creationTimestamp: null };
  const rest = { spec: { containers: null }, status: {} };
  return { type: "BOOKMARK", object: { kind: "Pod", apiVersion: "v1", metadata, ...rest } };
}
