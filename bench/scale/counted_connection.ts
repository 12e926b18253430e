/**
 * Counts what a client asks the API server and gets from it.
 *
 * @module
 */
import type { Connection } from "../../lib/pods/api_client.ts";

/** What a client asks for. */
export type RequestKind = "list" | "watch" | "get";

/** One request. */
export interface SentRequest {
  readonly kind: RequestKind;
  /** When it was sent, milliseconds since 1970. */
  readonly atMs: number;
}

/** Passes requests on and counts. */
export class CountedConnection implements Connection {
  /** Bytes of bodies, unpacked. */
  bytes = 0;
  readonly #inner: Connection;
  readonly #open = new Set<Response>();
  readonly #onRequest: (request: SentRequest) => void;

  constructor(inner: Connection, onRequest: (request: SentRequest) => void) {
    this.#inner = inner;
    this.#onRequest = onRequest;
  }

  get description(): string {
    return this.#inner.description;
  }

  async request(path: string, options: { signal: AbortSignal }): Promise<Response> {
    this.#onRequest({ kind: kindOf(path), atMs: Date.now() });
    const response = await this.#inner.request(path, options);
    const body = response.body && this.#counted(response);
    return new Response(body, { status: response.status, headers: response.headers });
  }

  close(): void {
    this.#inner.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #counted(response: Response): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reader = response.body!.getReader();
    // An abort does not reach the body of a response that has been collected as garbage (seen with Deno 2.9.6).
    this.#open.add(response);
    return new ReadableStream({
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (done) {
          this.#open.delete(response);
          return controller.close();
        }
        this.bytes += value.length;
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }
}

function kindOf(path: string): RequestKind {
  if (path.includes("watch=true")) return "watch";
  return path.includes("/pods/") ? "get" : "list";
}
