/**
 * Says once what is wrong with the API, and when it is over.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import { ApiStatusError } from "./api_status.ts";

/** Turns failures of an informer into log lines: each lasting one is said once. */
export class FailureLog {
  readonly #log: Log;
  readonly #description: string;
  readonly #failing = new Set<"list" | "watch">();

  /** @param description Where the API is. */
  constructor(log: Log, description: string) {
    this.#log = log;
    this.#description = description;
  }

  /** Says why a list or watch failed. */
  failed(error: unknown, verb: "list" | "watch"): void {
    const status = error instanceof ApiStatusError ? error.status : undefined;
    const isExpired = status === 410 || (error as { code?: unknown } | null)?.code === 410;
    const message = error instanceof Error ? error.message : String(error);
    if (isExpired) return this.#log.info(`${message}; the pods are listed again`);
    this.#failing.add(verb);
    if (status === 403) {
      return this.#log.once(`pods.${verb}`, "error", `${message}; ${rbacHint(verb)}`, { api: this.#description });
    }
    this.#log.once(`pods.${verb}`, "warn", `${message}; what is known of the pods is kept, trying again`, {
      api: this.#description,
    });
  }

  /** Says that a verb works again, if it did not. */
  recovered(verb: "list" | "watch"): void {
    if (!this.#failing.delete(verb)) return;
    this.#log.forget(`pods.${verb}`);
    this.#log.info(`The Kubernetes API answers again: ${verb} pods`, { api: this.#description });
  }

  /** Says that a pod was left out. */
  malformed(reason: string): void {
    this.#log.once("pods.malformed", "warn", `A pod of the API is left out, it has not the shape of a pod: ${reason}`);
  }

  /** Says that an event was left out. */
  unknownEvent(name: string): void {
    this.#log.once(
      "pods.unknown-event",
      "warn",
      `Events of the unknown type ${name} of the watch of pods are left out`,
    );
  }
}

function rbacHint(verb: "list" | "watch"): string {
  return `the RBAC verb "${verb}" on the resource "pods" (apiGroup "") is missing; ` +
    'grant a ClusterRole with verbs ["list", "watch"] on ["pods"] to the service account';
}
