/**
 * Sends one event, and judges the answer.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import type { Connection } from "../pods/api_client.ts";
import { ApiStatusError, refuseUnlessOk } from "../pods/api_status.ts";
import type { Clock } from "../pods/clock.ts";
import { SilenceGuard } from "../pods/silence_guard.ts";
import { eventOf } from "./event_object.ts";
import type { PodProblem } from "./pod_problem.ts";

/** What became of an event. */
export type Outcome =
  | { readonly kind: "created" }
  /** The API server has it already. */
  | { readonly kind: "known" }
  /** It will never be taken: the namespace is gone, or the server finds fault with it. */
  | { readonly kind: "dropped" }
  /** To be tried again, not before that time in milliseconds. */
  | { readonly kind: "failed"; readonly waitMs: number };

/** Options of {@linkcode sendEvent}. */
export interface SendEventOptions {
  readonly connection: Connection;
  readonly nodeName: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;
/** Until a right that is missing is asked for again, milliseconds. */
const FORBIDDEN_MS = 600_000;
/** Under which the log says what is wrong with sending. */
const KEY = "events.create";

/** Sends an event; rejects with the signal's reason only. */
export async function sendEvent(problem: PodProblem, options: SendEventOptions): Promise<Outcome> {
  const { connection, log, signal } = options;
  try {
    const status = await post(problem, options);
    log.forget(KEY);
    return { kind: status === 409 ? "known" : "created" };
  } catch (error) {
    if (signal.aborted) throw error;
    const api = { api: connection.description };
    const message = error instanceof Error ? error.message : String(error);
    const { status = 0, retryAfterMs = 0 } = error instanceof ApiStatusError ? error : {};
    const isGone = status === 404 || (status === 403 && message.includes("being terminated"));
    if (isGone) {
      log.debug(`${message}; the event is dropped`, api);
      return { kind: "dropped" };
    }
    if ([400, 405, 413, 422].includes(status)) {
      log.once(KEY, "warn", `${message}; events that the API server does not take are dropped`, api);
      return { kind: "dropped" };
    }
    if (status === 403) {
      log.once(KEY, "error", `${message}; ${RBAC_HINT}`, api);
      return { kind: "failed", waitMs: Math.max(FORBIDDEN_MS, retryAfterMs) };
    }
    log.once(KEY, "warn", `${message}; it is tried again`, api);
    return { kind: "failed", waitMs: retryAfterMs };
  }
}

async function post(problem: PodProblem, { connection, nodeName, clock, signal }: SendEventOptions): Promise<number> {
  using guard = new SilenceGuard("The request to create an event", { signal, clock, limitMs: TIMEOUT_MS });
  const path = `/api/v1/namespaces/${encodeURIComponent(problem.pod.namespace)}/events`;
  const create = eventOf(problem, { nodeName, now: clock.now() });
  const response = await connection.request(path, { signal: guard.signal, create });
  if (response.ok || response.status === 409) await response.body?.cancel();
  else await refuseUnlessOk(response, { action: "create an event", now: clock.now() });
  return response.status;
}

const RBAC_HINT = 'the RBAC verb "create" on the resource "events" (apiGroup "") is missing; ' +
  "grant it to the service account, as manifest --events does, or turn events off with WATCHER_EVENTS=false";
