/**
 * What the test server can be told, and what it tells.
 *
 * @module
 */
import type { Verb } from "./failure_queue.ts";

/** One request as it came. */
export interface RecordedRequest {
  readonly verb: Verb;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
}

/** An event as it came (Kubernetes API v1). */
export interface ApiEvent {
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly involvedObject: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly source: { readonly component: string; readonly host?: string };
}

/** Options of {@linkcode ApiServer.start}. */
export interface ApiServerOptions {
  /** Whether to serve https with the test certificates (`ApiServer.caCert`), default false. */
  readonly tls?: boolean;
  /** Address to listen at, default 127.0.0.1. */
  readonly hostname?: string;
  /** Bearer token that requests must have; none by default. */
  readonly token?: string;
  /** Path in front of `/api`, as of a proxy. */
  readonly pathPrefix?: string;
  /** Largest number of items of a page, whatever is asked; default no limit. */
  readonly pageSize?: number;
}
