/**
 * How an API server is reached and what proves who asks: made by each kind of configuration, used by the client.
 *
 * @module
 */

/** Says that no connection can be made: what was tried, and what to set. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** What a TLS connection needs; everything in PEM. */
export interface TlsMaterial {
  /** Certificate authorities besides the built-in ones. */
  readonly caCerts: readonly string[];
  /** Client certificate with its key. */
  readonly client?: { readonly cert: string; readonly key: string };
  /** Proxy that requests go through. */
  readonly proxyUrl?: string;
}

/** Material for one request. Holds secrets: never log it. */
export interface Access {
  /** Header Authorization. */
  readonly authorization?: string;
  readonly tls: TlsMaterial;
}

/** Source of access to one API server. */
export interface AccessSource {
  /** Where the API is and how it was found, for people; no secrets. */
  readonly description: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /**
   * Reads what a request needs, anew for every request, so that rotated files are picked up. Requests are rare: one per watch.
   * @param options.isRefused Whether the server has just answered 401, so that nothing remembered may be used.
   * @throws {ConnectionError} If something is missing.
   */
  read(options: { isRefused: boolean }): Promise<Access>;
}

/** Reads a text file and keeps its last contents for the moment in which a rotation replaces it. */
export class RotatingFile {
  readonly #path: string;
  readonly #what: string;
  #last: string | undefined;

  /** @param what What the file is, e.g. `the service account's token`. */
  constructor(path: string, what: string) {
    this.#path = path;
    this.#what = what;
  }

  /**
   * Reads the file.
   * @throws {ConnectionError} If it cannot be read, or is empty, and never could be.
   */
  async read(): Promise<string> {
    try {
      const text = await Deno.readTextFile(this.#path);
      if (text.trim() !== "") this.#last = text;
    } catch (cause) {
      if (this.#last === undefined) {
        throw new ConnectionError(`Cannot read ${this.#what} from ${this.#path}: ${reasonOf(cause)}`, { cause });
      }
    }
    if (this.#last === undefined) throw new ConnectionError(`Cannot use ${this.#what}: ${this.#path} is empty`);
    return this.#last;
  }
}

/** Says in words why a file could not be read. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) return "the permission --allow-read does not cover it";
  return error instanceof Error ? error.message : String(error);
}
