/**
 * Writes a mistake as an Event (Kubernetes API v1, Event; its limits are those of apiserver's pkg/apis/core/validation/events.go).
 *
 * @module
 */
import { createHash } from "node:crypto";
import { printable } from "../observe/printable.ts";
import type { PodProblem } from "./pod_problem.ts";

/** Names this program in events. */
const COMPONENT = "kube-log-watcher";
/** Longest message in bytes: that of events.k8s.io/v1, in which a server may show it. */
const MAX_MESSAGE_BYTES = 1024;
/** Names of objects end there; a dot and the digits come after it. */
const MAX_NAME = 253 - 17;
/** Containers that a message names. */
const MAX_CONTAINERS = 5;

/** Options of {@linkcode eventOf}. */
export interface EventOptions {
  readonly nodeName: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Tells mistakes apart: the same one has the same text here after a restart, too. */
export function printOf({ pod, reason, text, containers }: PodProblem): string {
  const whole = JSON.stringify([pod.uid, reason, text, containers]);
  return createHash("sha256").update(whole).digest("hex").slice(0, 16);
}

/**
 * Makes the event. Its name follows from the mistake, so that the API server itself refuses a second one as long as it keeps the first.
 */
export function eventOf(problem: PodProblem, { nodeName, now }: EventOptions) {
  const { pod: { uid, namespace, name }, reason } = problem;
  const time = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace, name: `${name.slice(0, MAX_NAME).replace(/[^a-z0-9]+$/, "")}.${printOf(problem)}` },
    involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name, uid },
    type: "Warning",
    reason,
    message: cut(messageOf(problem)),
    source: { component: COMPONENT, ...(nodeName === "" ? {} : { host: nodeName }) },
    reportingComponent: COMPONENT,
    reportingInstance: nodeName,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

function messageOf({ text, containers }: PodProblem): string {
  const names = containers.slice(0, MAX_CONTAINERS).join(", ");
  const more = containers.length > MAX_CONTAINERS ? ` and ${containers.length - MAX_CONTAINERS} more` : "";
  // In front, so that they stay where a long text is cut.
  return printable(`${containers.length === 1 ? "Container" : "Containers"} ${names}${more}: ${text}`);
}

function cut(text: string): string {
  const buffer = new Uint8Array(MAX_MESSAGE_BYTES);
  const { read } = new TextEncoder().encodeInto(text, buffer);
  if (read === text.length) return text;
  const fit = new TextEncoder().encodeInto(text, buffer.subarray(0, MAX_MESSAGE_BYTES - 3)).read;
  return `${text.slice(0, fit)}...`;
}
