/**
 * The line between a watcher and the API, with the faults that lines have.
 *
 * @module
 */
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";

/** What the line does to the bytes that come from the API. */
export type LinkMode =
  | { readonly kind: "pass" }
  /** Accepts connections and says nothing. */
  | { readonly kind: "silent" }
  /** Lets through a few bytes at a time. */
  | { readonly kind: "slow"; readonly bytes: number; readonly everyMs: number }
  /** Lets through some bytes of each connection and resets it then. */
  | { readonly kind: "reset"; readonly afterBytes: number };

/** Options of {@linkcode FaultyLink.open}. */
export interface FaultyLinkOptions {
  /** Port of the API on this machine. */
  readonly target: number;
  /** Certificate of the fixtures to speak TLS with; default none: plain. */
  readonly certificate?: "server" | "expired";
  /** Port to listen at, default any that is free. */
  readonly port?: number;
}

const TLS = new URL("../fixtures/faults/tls/", import.meta.url);

/** Authority that signed the link's certificates, PEM. */
export const LINK_CA: string = Deno.readTextFileSync(new URL("ca.crt", TLS));

/** A TCP proxy. Disposing of it breaks all its connections. */
export class FaultyLink implements AsyncDisposable {
  mode: LinkMode = { kind: "pass" };
  /** Connections that were accepted so far. */
  accepted = 0;
  readonly #server: net.Server;
  readonly #scheme: string;
  readonly #target: number;
  #port = 0;
  readonly #sockets = new Set<net.Socket>();

  private constructor({ target, certificate }: FaultyLinkOptions) {
    this.#target = target;
    this.#scheme = certificate === undefined ? "http" : "https";
    const onSocket = (socket: net.Socket) => this.#accept(socket);
    this.#server = certificate === undefined ? net.createServer(onSocket) : tls.createServer({
      cert: Deno.readTextFileSync(new URL(`${certificate}.crt`, TLS)),
      key: Deno.readTextFileSync(new URL("server.key", TLS)),
    }, onSocket);
  }

  static async open(options: FaultyLinkOptions): Promise<FaultyLink> {
    const link = new FaultyLink(options);
    link.#server.listen(options.port ?? 0, "127.0.0.1");
    await once(link.#server, "listening");
    link.#port = (link.#server.address() as net.AddressInfo).port;
    return link;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}`;
  }

  /** Breaks all connections by TCP resets. */
  reset(): void {
    for (const socket of [...this.#sockets]) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    for (const socket of [...this.#sockets]) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: net.Socket): void {
    this.accepted++;
    const { mode } = this;
    this.#keep(client);
    if (mode.kind === "silent") return;
    const api = net.connect(this.#target, "127.0.0.1");
    this.#keep(api);
    client.on("data", (bytes) => api.write(bytes));
    client.on("close", () => api.destroy());
    api.on("end", () => client.end());
    api.on("close", () => client.destroy());
    let left = mode.kind === "reset" ? mode.afterBytes : Infinity;
    let slow = Promise.resolve();
    api.on("data", (bytes: Uint8Array) => {
      if (mode.kind === "slow") return void (slow = slow.then(() => drip(client, { bytes, mode })));
      client.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) client.resetAndDestroy();
    });
  }

  #keep(socket: net.Socket): void {
    this.#sockets.add(socket);
    // Breaking is what sockets are for here.
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}

async function drip(
  client: net.Socket,
  { bytes, mode }: { bytes: Uint8Array; mode: Extract<LinkMode, { kind: "slow" }> },
): Promise<void> {
  for (let start = 0; start < bytes.length && !client.destroyed; start += mode.bytes) {
    client.write(bytes.subarray(start, start + mode.bytes));
    await new Promise((resolve) => setTimeout(resolve, mode.everyMs));
  }
}
