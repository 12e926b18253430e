/**
 * What the API server recorded of the watcher's requests.
 *
 * @module
 */
import { USER_AGENT } from "./kube_api.ts";

/** A request. */
export interface RecordedRequest {
  readonly user: string;
  readonly verb: string;
  /** Path and query. */
  readonly uri: string;
}

/** Reads the requests of service accounts, but not those that the scenario itself made with their tokens. */
export function recordedRequests(auditLog: string): RecordedRequest[] {
  const text = Deno.readTextFileSync(auditLog);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))
    .filter((event) => event.userAgent !== USER_AGENT)
    .map(({ user, verb, requestURI }) => ({ user: user.username, verb, uri: requestURI }));
}
