/**
 * Counts requests to the API server by what was asked and what came of it.
 *
 * @module
 */
import { ApiStatusError } from "./api_status.ts";
import { PodListError } from "./list_pods.ts";

/** What a request asks for. */
export type RequestKind = "list" | "watch";

/** What came of a request. */
export type RequestResult =
  | "ok"
  | "unauthorized"
  | "forbidden"
  | "gone"
  | "throttled"
  | "client_error"
  | "server_error"
  /** The answer was no list of pods. */
  | "unusable"
  /** No answer, or one that broke off or was silent for too long. */
  | "unreachable";

/** A number of requests. */
export interface RequestCount {
  readonly kind: RequestKind;
  readonly result: RequestResult;
  readonly count: number;
}

const BY_STATUS: ReadonlyMap<number, RequestResult> = new Map([
  [401, "unauthorized"],
  [403, "forbidden"],
  [410, "gone"],
  [429, "throttled"],
]);

/** Judges a request by how it failed. */
export function resultOf(error: unknown): RequestResult {
  if (error instanceof PodListError) return "unusable";
  if (!(error instanceof ApiStatusError)) return "unreachable";
  return BY_STATUS.get(error.status) ?? (error.status >= 500 ? "server_error" : "client_error");
}

/** Counts requests. */
export class RequestCounts {
  readonly #counts = new Map<string, RequestCount>();

  constructor() {
    // So that the first failure is a step from 0, which rates can see.
    for (const kind of ["list", "watch"] as const) {
      for (const result of ["ok", "unreachable", ...BY_STATUS.values(), "server_error"] as const) {
        this.#counts.set(`${kind} ${result}`, { kind, result, count: 0 });
      }
    }
  }

  /** Counts one. */
  add(kind: RequestKind, result: RequestResult) {
    const key = `${kind} ${result}`;
    this.#counts.set(key, { kind, result, count: (this.#counts.get(key)?.count ?? 0) + 1 });
  }

  /** Gives the numbers as they are now. */
  list(): readonly RequestCount[] {
    return [...this.#counts.values()];
  }
}
