/**
 * Writes what the scale study found for people.
 *
 * @module
 */
import { describeMachine } from "../machine.ts";
import { megabytes, number, table } from "../table.ts";
import { extrapolate } from "./extrapolation.ts";
import { drawHistogram } from "./histogram.ts";
import type { ScaleResults } from "./scale_results.ts";

const LARGE_CLUSTER = 5_000;

/** Writes tables and histograms. */
export function scaleReport(results: ScaleResults): string {
  const { machine, podsPerNode, containersPerNode } = results;
  return [
    `${
      describeMachine(machine)
    }; kube-apiserver 1.20.2; ${podsPerNode} pods and ${containersPerNode} containers a node`,
    "",
    steady(results),
    starts(results),
    ...results.starts.filter(({ clients }) => clients === largest(results)).map(({ clients, withinMs, histogram }) =>
      drawHistogram(`Lists when ${clients} clients start within ${withinMs / 1000} s`, histogram)
    ),
    restart(results),
    extrapolation(results),
  ].join("\n");
}

function steady({ steady: rows }: ScaleResults): string {
  return table("In steady state, one label changed per node and minute", {
    rows,
    columns: [
      ["clients", ({ clients }) => String(clients)],
      ["pattern", ({ pattern }) => pattern],
      ["s", ({ seconds }) => number(seconds)],
      ["requests/s", ({ requests: { list, watch, get }, seconds }) => number((list + watch + get) / seconds)],
      ["kB/s", ({ bytes, seconds }) => number(bytes / 1000 / seconds)],
      ["API server, % of a core", ({ serverCpuSeconds, seconds }) => number(100 * serverCpuSeconds / seconds)],
      ["its RSS MB", ({ serverRss }) => megabytes(serverRss)],
      ["changes", ({ changes }) => String(changes)],
    ],
  });
}

function starts({ starts: rows }: ScaleResults): string {
  return table("Start of all clients", {
    rows,
    columns: [
      ["clients", ({ clients }) => String(clients)],
      ["within s", ({ withinMs }) => number(withinMs / 1000)],
      ["lists", ({ requests }) => String(requests.list)],
      ["watches", ({ requests }) => String(requests.watch)],
      ["MB", ({ bytes }) => megabytes(bytes)],
      ["API server, s of a core", ({ serverCpuSeconds }) => number(serverCpuSeconds)],
      ["all synced after s", ({ syncedAfterMs }) => number(syncedAfterMs / 1000)],
      ["most lists in a bar", ({ histogram }) => String(Math.max(...histogram.map(({ count }) => count)))],
    ],
  });
}

function restart({ restart }: ScaleResults): string {
  if (restart === undefined) return "";
  const { clients, awayMs, attempts, requests: { list, watch } } = restart;
  const title = `Requests of ${clients} clients from the end of the API server on, which was away for ${
    number(awayMs / 1000)
  } s: ${watch} watches, ${list} lists`;
  return drawHistogram(title, attempts);
}

function extrapolation(results: ScaleResults): string {
  return table(`Extrapolated to ${LARGE_CLUSTER.toLocaleString("en-US")} nodes`, {
    rows: extrapolate(results, LARGE_CLUSTER),
    columns: [
      ["pattern", ({ pattern }) => pattern],
      ["requests/s", ({ requestsPerSecond }) => number(requestsPerSecond)],
      ["MB/s", ({ bytesPerSecond }) => number(bytesPerSecond / 1e6)],
      ["API server, cores", ({ serverCores }) => number(serverCores)],
    ],
  });
}

function largest({ starts }: ScaleResults): number {
  return Math.max(...starts.map(({ clients }) => clients));
}
