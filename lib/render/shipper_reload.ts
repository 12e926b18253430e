/**
 * Part of the agent contract: how a shipper is told that what it reads has changed.
 *
 * @module
 */

/**
 * How the shipper is told to read its configuration again, after a change is wholly on disk: one at a time, repeated until it worked. The operator names the
 * address or the pid file by a setting without default; where it is not set, there is nothing to do.
 */
export type ShipperReload = HttpReload | SignalReload;

/** A reload by HTTP, e.g. `{ url: "{reloadUrl}/api/v2/reload", body: "{}", json: { status: 0 }, confirm: { url: "{reloadUrl}/api/v2/reload", field: "hot_reload_count" } }`. */
export interface HttpReload {
  /** `{setting}` of type `url`, and what follows it in the address. Redirects are not followed. */
  readonly url: string;
  /** Default `POST`. */
  readonly method?: "GET" | "POST" | "PUT";
  /** Body of the request, default none. */
  readonly body?: string;
  /** Its Content-Type, default `application/json`. */
  readonly contentType?: string;
  /** Statuses that mean that it worked, default all from 200 to 299. */
  readonly statuses?: readonly number[];
  /** Text that the answer must contain. */
  readonly contains?: string;
  /** Fields that the answer, a JSON object, must have with these values, for shippers that answer 200 and an error. */
  readonly json?: Readonly<Record<string, string | number | boolean>>;
  /** Seconds for one attempt, confirmation included, default 10, at most 120. */
  readonly timeoutSeconds?: number;
  /** How the shipper tells that it took the configuration; without it the request or signal is believed. */
  readonly confirm?: ReloadConfirmation;
}

/** A reload by signal, e.g. `{ signal: "HUP", pidFile: "{pidFile}", processes: ["rsyslogd"] }`. The shipper's processes must be visible (`shareProcessNamespace`). */
export interface SignalReload {
  /** Signal that has the shipper read its configuration again. */
  readonly signal: "HUP" | "USR1" | "USR2";
  /** `{setting}` of type `path`: the file that the shipper keeps its process id in. */
  readonly pidFile: string;
  /**
   * Names that the process may have (`/proc/<pid>/comm`; those are cut to 15 bytes, and so are these). May have `{setting}`s. A file that was left
   * behind may name a process that is another one now, which the signal would end.
   */
  readonly processes: readonly string[];
  /** Seconds for one attempt, confirmation included, default 10, at most 120. */
  readonly timeoutSeconds?: number;
  /** How the shipper tells that it took the configuration; without it the request or signal is believed. */
  readonly confirm?: ReloadConfirmation;
}

/** How it is seen that a reload has happened: a number that changes with each, asked for before and after. */
export interface ReloadConfirmation {
  /** `{setting}` of type `url`, and what follows it in the address of a GET request. */
  readonly url: string;
  /** Field of the answer, a JSON object, that holds the number; parts of a path into it are separated by `.`. */
  readonly field: string;
}
