/**
 * Sends requests to the API server.
 *
 * @module
 */
import type { Access, AccessSource, TlsMaterial } from "./access.ts";

/** Options of {@linkcode Connection.request}. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  /** Object to create, which JSON can carry; default none. */
  readonly create?: object;
}

/** A way to ask the API server. */
export interface Connection extends Disposable {
  /** Where the API is and how it was found, for people; no secrets. */
  readonly description: string;
  /**
   * Sends a GET, or, where there is something to create, a POST.
   * @param path Path and query, from `/api` on.
   * @returns The answer, whatever its status; its body must be read or cancelled.
   * @throws {ConnectionError} If credentials cannot be read.
   * @throws {ApiUnreachableError} If no answer comes.
   * @throws The signal's reason, if it is aborted.
   */
  request(path: string, options: RequestOptions): Promise<Response>;
  /** Closes idle connections; requests fail from now on. */
  close(): void;
}

/** Says that the API server gave no answer. */
export class ApiUnreachableError extends Error {
  override readonly name = "ApiUnreachableError";
}

/**
 * Sends requests with the access of a source. When the server refuses credentials (401) they are read again, and the request is
 * repeated once if they have changed.
 */
export class ApiClient implements Connection {
  readonly #source: AccessSource;
  #client: Deno.HttpClient | undefined;
  #clientKey = "";
  #isClosed = false;

  constructor(source: AccessSource) {
    this.#source = source;
  }

  get description(): string {
    return this.#source.description;
  }

  async request(path: string, options: RequestOptions): Promise<Response> {
    const access = await this.#source.read({ isRefused: false });
    const response = await this.#send(path, { access, ...options });
    if (response.status !== 401) return response;
    const renewed = await this.#source.read({ isRefused: true });
    if (isSameAccess(renewed, access)) return response;
    await response.body?.cancel();
    return await this.#send(path, { access: renewed, ...options });
  }

  close(): void {
    this.#isClosed = true;
    this.#client?.close();
    this.#client = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #send(path: string, { access, signal, create }: RequestOptions & { access: Access }): Promise<Response> {
    signal.throwIfAborted();
    const { authorization } = access;
    const headers = {
      accept: "application/json",
      "user-agent": "kube-log-watcher",
      ...(authorization === undefined ? {} : { authorization }),
      ...(create === undefined ? {} : { "content-type": "application/json" }),
    };
    const body = create === undefined ? {} : { method: "POST", body: JSON.stringify(create) };
    const init = { headers, ...body, signal, redirect: "manual", client: this.#clientFor(access.tls) } as const;
    try {
      return await fetch(this.#source.baseUrl + path, init);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw new ApiUnreachableError(`Cannot reach the Kubernetes API at ${this.description}: ${causeOf(cause)}`, {
        cause,
      });
    }
  }

  #clientFor(tls: TlsMaterial): Deno.HttpClient {
    if (this.#isClosed) throw new ApiUnreachableError(`The connection to ${this.description} is closed`);
    const key = JSON.stringify(tls);
    if (this.#client !== undefined && this.#clientKey === key) return this.#client;
    const client = createClient(tls);
    this.#client?.close();
    this.#client = client;
    this.#clientKey = key;
    return client;
  }
}

/**
 * Creates the client. HTTP/1.1 gives each watch a connection of its own, so that giving up a silent watch gives up its dead
 * connection too; idle connections are let go soon for the same reason.
 */
function createClient({ caCerts, client, proxyUrl }: TlsMaterial): Deno.HttpClient {
  return Deno.createHttpClient({
    caCerts: [...caCerts],
    http1: true,
    http2: false,
    poolIdleTimeout: 5_000,
    ...(proxyUrl === undefined ? {} : { proxy: { url: proxyUrl } }),
    ...client,
  });
}

function isSameAccess(a: Access, b: Access): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Says why fetch failed; the innermost cause tells the most, e.g. that the certificate's issuer is not known. */
function causeOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  return innermost instanceof Error ? innermost.message : String(innermost);
}
