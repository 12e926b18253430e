/**
 * A server that takes lines as Loki does.
 *
 * @module
 */
import { type LokiEntry, readPushRequest } from "./push_request.ts";

/** A running server. Disposing of it stops it. */
export class LokiServer implements AsyncDisposable {
  /** What was pushed so far. */
  readonly entries: LokiEntry[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      this.entries.push(...readPushRequest(await request.bytes()));
      return new Response(null, { status: 204 });
    });
  }

  /** Address to push to. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/loki/api/v1/push`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
