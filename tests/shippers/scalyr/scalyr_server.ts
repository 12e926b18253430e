/**
 * A server that takes events as Scalyr does.
 *
 * @module
 */
import { readAddEvents } from "./add_events.ts";

/** One event with the attributes of its log. */
export interface ScalyrEvent {
  readonly message: string;
  /** Attributes of the event, of its log and of the session. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A running server. Disposing of it stops it. */
export class ScalyrServer implements AsyncDisposable {
  /** What was sent so far. */
  readonly events: ScalyrEvent[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Attributes by session and id of the log: later requests name the id alone. */
  readonly #logs = new Map<string, Readonly<Record<string, unknown>>>();

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      this.#take(await uncompressed(request));
      return Response.json({ status: "success", bytesCharged: 0 });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  #take(body: Uint8Array) {
    const { sessionInfo, events, logs } = readAddEvents(body);
    for (const { id, attrs } of logs) this.#logs.set(id, attrs);
    for (const { log, attrs: { message, ...attributes } } of events) {
      this.events.push({ message, attributes: { ...sessionInfo, ...this.#logs.get(log), ...attributes } });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function uncompressed(request: Request): Promise<Uint8Array> {
  if (request.headers.get("content-encoding") !== "deflate") return await request.bytes();
  return await new Response(request.body!.pipeThrough(new DecompressionStream("deflate"))).bytes();
}
