/**
 * What must hold after a soak.
 *
 * @module
 */
import { DEFAULT_LIMITS } from "../../lib/render/sandbox_limits.ts";
import type { Checks } from "../e2e/realnode/checks.ts";
import { heapGrowth, megabytes, rssGrowth } from "./memory_verdict.ts";
import type { SoakResult } from "./soak.ts";

/** How far the number of open files at the end may be from that after the warm-up: connections of readers of metrics among them. */
const OPEN_FILES_SLACK = 4;
/** Seconds beyond its idle time within which an agent's process must be gone: others want the processors, too. */
const IDLE_SLACK = 10;
/** One process for each of the three agents. */
const MAX_CHILDREN = 3;
/** Pods each second below which there was too little of a churn to say anything. */
const LEAST_PODS_PER_SECOND = 5;

/** Checks a result. */
export function checkSoak(result: SoakResult, { checks }: { checks: Checks }): void {
  const { first, second, sampler, churnSeconds } = result;
  const churned = second.pods - first.pods;
  const isEnough = churned >= churnSeconds * LEAST_PODS_PER_SECOND;
  checks.none("enough pods came and went", isEnough ? [] : [`${churned} pods in ${Math.round(churnSeconds)} s`]);
  checks.none("the state is exact after the warm-up", first.differences);
  checks.none("the state is exact after the churn", second.differences);
  checks.none(
    "pods that the API deletes stay configured, labels and all, while their logs are there",
    result.afterDeletion,
  );
  checks.none(
    "a shipper never reads a file that is not whole, and never misses a container that it had",
    result.reader.problems,
  );
  checks.none(
    "the heap does not grow with the pods that came and went",
    heapGrowth({ before: first.heap, after: second.heap, pods: churned }),
  );
  checks.none("resident memory of the watcher does not grow", rssGrowth(sampler.of("churn").map(({ rss }) => rss)));
  checks.none(
    "resident memory of the whole tree does not grow",
    rssGrowth(sampler.of("churn").map(({ treeRss }) => treeRss)),
  );
  checkFiles(result, checks);
  checkProcesses(result, checks);
  checkRequests(result, checks);
  checks.none(
    "no error was logged but those of the API, and of agents that got too little of a busy processor",
    sampler.errors.filter((message) => !/Kubernetes API|API server|pods|gave no answer within/.test(message)),
  );
  checks.same("exit code at SIGTERM", result.exitCode, 0);
}

function checkFiles({ first, second, leftFiles }: SoakResult, checks: Checks): void {
  const [before, after] = [first.openFiles.length, second.openFiles.length];
  const isConstant = Math.abs(after - before) <= OPEN_FILES_SLACK;
  checks.none(
    "open files are constant",
    isConstant ? [] : [`${before}, then ${after}`, ...second.openFiles.toSorted()],
  );
  checks.none("no temporary file is left", leftFiles);
}

function checkProcesses({ first, second, sampler, leftProcesses }: SoakResult, checks: Checks): void {
  const limit = DEFAULT_LIMITS.idleMs / 1000 + IDLE_SLACK;
  const late = [first, second].map(({ childrenGoneAfter }) => childrenGoneAfter).filter((seconds) => seconds > limit);
  checks.none(
    "no agent's process is idle for longer than its idle time",
    late.map((seconds) => `${seconds} s, at most ${limit} s`),
  );
  const many = sampler.samples.map(({ children }) => children).filter((children) => children > MAX_CHILDREN);
  // A sample may meet one that is on its way out while its successor is there.
  checks.none("each agent has one process at most", many.length <= 1 ? [] : [`${many.join(", ")} processes of agents`]);
  checks.none("no process is left", leftProcesses.map((pid) => `process ${pid}`));
}

function checkRequests({ requests, trouble, sampler }: SoakResult, checks: Checks): void {
  // A watch lives for 5 minutes at least.
  const seconds = sampler.samples.at(-1)?.seconds ?? 0;
  const most = { lists: 1 + trouble.allowed.lists, watches: 1 + trouble.allowed.watches + Math.floor(seconds / 300) };
  const wrong = [
    ...(requests.lists > most.lists ? [`${requests.lists} lists, at most ${most.lists}`] : []),
    ...(requests.watches > most.watches ? [`${requests.watches} watches, at most ${most.watches}`] : []),
    ...(requests.others > 0 ? [`${requests.others} other requests`] : []),
  ];
  checks.none("the API is asked for one list and one watch, and again only for what its troubles cost", wrong);
}

/** Gives the figures of a result. */
export function figuresOf({ first, second, node, requests, trouble, reader, sampler }: SoakResult) {
  // The last ones may have been taken while the program ended, when it answered no more.
  const last = sampler.samples.findLast(({ passes }) => passes > 0);
  return {
    counts: node.counts,
    requests,
    allowedByTrouble: trouble.allowed,
    trouble: Object.fromEntries(trouble.caused),
    looks: reader.looks,
    passes: last?.passes,
    writeSets: last?.writeSets,
    cpuSeconds: last?.cpuSeconds,
    settledAfterSeconds: [first.settledAfter, second.settledAfter],
    childrenGoneAfterSeconds: [first.childrenGoneAfter, second.childrenGoneAfter],
    openFiles: [first.openFiles.length, second.openFiles.length],
    heap: [megabytes(first.heap), megabytes(second.heap)],
    heapBytesPerPod: Math.round((second.heap - first.heap) / (second.pods - first.pods)),
    rssAtRest: [megabytes(first.rss), megabytes(second.rss)],
  };
}
