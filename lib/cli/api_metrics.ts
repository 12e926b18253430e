/**
 * Metrics of what the Kubernetes API was asked, and told.
 *
 * @module
 */
import type { Metric } from "../observe/metrics_endpoint.ts";
import type { InformerStats } from "../pods/informer.ts";
import { type Measured, PREFIX } from "./measured.ts";

/** What is read. */
type Read = Pick<Measured, "api" | "requests" | "hasSynced" | "events">;

/** Lists them. */
export function apiMetrics({ api, requests, hasSynced, events }: Read): Metric[] {
  const ofApi = (name: string, help: string, key: keyof InformerStats): Metric => ({
    name: `${PREFIX}_${name}`,
    help,
    type: "counter",
    read: () => api()?.[key] ?? 0,
  });
  return [
    {
      name: `${PREFIX}_api_requests_total`,
      help: "Requests to the Kubernetes API by what was asked and what came of it",
      type: "counter",
      labels: ["kind", "result"],
      read: () => requests().map(({ kind, result, count }) => [{ kind, result }, count]),
    },
    ofApi("api_lists_total", "Lists asked of the Kubernetes API", "lists"),
    ofApi("api_watches_total", "Watches asked of the Kubernetes API", "watches"),
    ofApi("api_failures_total", "Requests to the Kubernetes API that failed, and watches that broke", "failures"),
    ofApi("api_events_total", "Events of pods that the Kubernetes API sent", "events"),
    {
      name: `${PREFIX}_api_backoff_seconds`,
      help: "Length of the wait before the next request to the Kubernetes API, 0 while there is none",
      type: "gauge",
      read: () => (api()?.backoffMs ?? 0) / 1000,
    },
    {
      name: `${PREFIX}_api_synced`,
      help: "Whether the pods were listed since the start",
      type: "gauge",
      read: () => Number(hasSynced()),
    },
    {
      name: `${PREFIX}_pod_events_total`,
      help: "Kubernetes Events about wrong annotations by what became of them; none unless they are turned on",
      type: "counter",
      labels: ["result"],
      read: () => Object.entries(events()?.sent ?? {}).map(([result, count]) => [{ result }, count]),
    },
    {
      name: `${PREFIX}_pod_events_waiting`,
      help: "Mistakes in annotations that no Kubernetes Event has told of yet",
      type: "gauge",
      read: () => events()?.waiting ?? 0,
    },
  ];
}
