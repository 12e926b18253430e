/**
 * The study: clients of many nodes against one real API server, beside the predecessor's pattern.
 *
 * @module
 */
import { thisMachine } from "../machine.ts";
import type { ClientNode, ClientPlan } from "./client_plan.ts";
import { Clients, type ClientTotals } from "./clients.ts";
import { CONTAINERS_PER_POD, createPods, planNodes, PODS_PER_NODE, relabel } from "./cluster_pods.ts";
import type { RequestKind } from "./counted_connection.ts";
import { histogram } from "./histogram.ts";
import type { RealApi } from "./real_api.ts";
import type { RestartRow, ScaleResults, StartRow, SteadyRow } from "./scale_results.ts";

/** What is studied. */
export interface StudyPlan {
  /** Numbers of clients, rising. */
  readonly sizes: readonly number[];
  readonly steadySeconds: number;
  readonly onLine: (text: string) => void;
}

const ROLLOUT_MS = 10_000;
/** Time without the API server, milliseconds; its own start comes on top. */
const DOWN_MS = 3_000;
/** Observed after a restart, milliseconds. */
const AFTER_RESTART_MS = 30_000;
/** Changes of labels of each node in a minute. */
const CHANGES_PER_NODE_MINUTE = 1;

/** Runs the study. */
export async function studyScale(api: RealApi, plan: StudyPlan): Promise<ScaleResults> {
  const machine = thisMachine();
  const nodes = planNodes(plan.sizes.at(-1)!);
  plan.onLine(`${nodes.length * PODS_PER_NODE} pods on ${nodes.length} nodes`);
  await createPods(api.node.api, nodes);
  const study = new Study(api, plan);
  const steady: SteadyRow[] = [await study.withoutClients(nodes)];
  const starts: StartRow[] = [];
  let restart: RestartRow | undefined;
  for (const size of plan.sizes) {
    const some = nodes.slice(0, size);
    steady.push(await study.predecessor(some));
    starts.push(await study.start(some, { withinMs: 0 }));
    const isLast = size === plan.sizes.at(-1);
    const ours = await study.ours(some, { restarts: isLast });
    steady.push(ours.steady);
    starts.push(ours.start);
    restart = ours.restart;
  }
  const containersPerNode = PODS_PER_NODE * CONTAINERS_PER_POD;
  return { machine, podsPerNode: PODS_PER_NODE, containersPerNode, steady, starts, restart };
}

class Study {
  readonly #api: RealApi;
  readonly #plan: StudyPlan;
  #changes = 0;

  constructor(api: RealApi, plan: StudyPlan) {
    this.#api = api;
    this.#plan = plan;
  }

  /** Measures what the API server does without any client. */
  async withoutClients(nodes: readonly ClientNode[]): Promise<SteadyRow> {
    this.#plan.onLine("no clients");
    return await this.#steady({ nodes, pattern: "none", totals: () => NOTHING });
  }

  /** Measures the predecessor's pattern. */
  async predecessor(nodes: readonly ClientNode[]): Promise<SteadyRow> {
    this.#plan.onLine(`${nodes.length} clients, the predecessor's pattern`);
    // Spread over a minute they come as evenly as those of nodes that started long ago.
    await using clients = this.#clients({ nodes, pattern: "predecessor", startWithinMs: 60_000 });
    await sleep(Math.min(60_000, this.#plan.steadySeconds * 1000));
    return await this.#steady({ nodes, pattern: "predecessor", totals: () => clients.totals() });
  }

  /** Measures a start alone. */
  async start(nodes: readonly ClientNode[], { withinMs }: { withinMs: number }): Promise<StartRow> {
    await using clients = this.#clients({ nodes, pattern: "ours", startWithinMs: withinMs });
    return await this.#started(clients, { nodes, withinMs });
  }

  /** Measures a rollout, then a steady state, then a restart of the API server. */
  async ours(nodes: readonly ClientNode[], { restarts }: { restarts: boolean }) {
    await using clients = this.#clients({ nodes, pattern: "ours", startWithinMs: ROLLOUT_MS });
    const start = await this.#started(clients, { nodes, withinMs: ROLLOUT_MS });
    this.#plan.onLine(`${nodes.length} clients, list and watch`);
    const steady = await this.#steady({ nodes, pattern: "ours", totals: () => clients.totals() });
    const restart = restarts ? await this.#restart(clients, nodes) : undefined;
    return { start, steady, restart };
  }

  async #started(
    clients: Clients,
    { nodes, withinMs }: { nodes: readonly ClientNode[]; withinMs: number },
  ): Promise<StartRow> {
    this.#plan.onLine(`${nodes.length} clients start within ${withinMs / 1000} s`);
    const before = this.#api.use();
    for (const deadline = performance.now() + 120_000; clients.totals().synced < nodes.length;) {
      if (performance.now() > deadline) throw new Error(`Only ${clients.totals().synced} clients know their pods`);
      await sleep(50);
    }
    const syncedAtMs = Date.now();
    await sleep(1_500);
    const { bytes, requests } = clients.totals();
    const firstMs = Math.min(...clients.requests.map(({ atMs }) => atMs));
    const lists = clients.requests.filter(({ kind }) => kind === "list").map(({ atMs }) => atMs - firstMs);
    return {
      clients: nodes.length,
      withinMs,
      requests,
      bytes,
      serverCpuSeconds: this.#api.use().cpuSeconds - before.cpuSeconds,
      syncedAfterMs: syncedAtMs - firstMs,
      histogram: histogram(lists, { widthMs: withinMs === 0 ? 50 : 500 }),
    };
  }

  async #steady({ nodes, pattern, totals }: {
    nodes: readonly ClientNode[];
    pattern: SteadyRow["pattern"];
    totals: () => ClientTotals;
  }): Promise<SteadyRow> {
    const before = { ...totals(), ...this.#api.use(), changes: this.#changes, ms: performance.now() };
    await this.#change(nodes, this.#plan.steadySeconds);
    // The processes tell their bytes every second.
    await sleep(1_000);
    const after = { ...totals(), ...this.#api.use() };
    return {
      clients: pattern === "none" ? 0 : nodes.length,
      pattern,
      seconds: (performance.now() - before.ms) / 1000,
      requests: difference(before.requests, after.requests),
      bytes: after.bytes - before.bytes,
      serverCpuSeconds: after.cpuSeconds - before.cpuSeconds,
      serverRss: after.rss,
      changes: this.#changes - before.changes,
    };
  }

  /** Changes labels here and there for some time. */
  async #change(nodes: readonly ClientNode[], seconds: number): Promise<void> {
    const count = Math.ceil(nodes.length * CHANGES_PER_NODE_MINUTE * seconds / 60);
    const start = performance.now();
    for (let index = 0; index < count; index++) {
      const node = nodes[index % nodes.length]!;
      await relabel(this.#api.node.api, node.pods[index % node.pods.length]!, ++this.#changes);
      await sleep(Math.max(0, start + (index + 1) * seconds * 1000 / count - performance.now()));
    }
  }

  async #restart(clients: Clients, nodes: readonly ClientNode[]): Promise<RestartRow> {
    this.#plan.onLine(`The API server restarts under ${nodes.length} clients`);
    const before = clients.totals().requests;
    const { stoppedAtMs, readyAtMs } = await this.#api.restart({ downMs: DOWN_MS });
    await sleep(AFTER_RESTART_MS);
    const attempts = clients.requests.map(({ atMs }) => atMs - stoppedAtMs).filter((ms) => ms >= 0);
    return {
      clients: nodes.length,
      awayMs: readyAtMs - stoppedAtMs,
      attempts: histogram(attempts, { widthMs: 500 }),
      requests: difference(before, clients.totals().requests),
    };
  }

  #clients(plan: Pick<ClientPlan, "nodes" | "pattern" | "startWithinMs">): Clients {
    const { host, port, serviceAccountPath } = this.#api;
    return Clients.start({ host, port, serviceAccountPath, ...plan });
  }
}

const NOTHING: ClientTotals = { bytes: 0, synced: 0, failures: 0, requests: { list: 0, watch: 0, get: 0 } };

function difference(
  before: Readonly<Record<RequestKind, number>>,
  after: Readonly<Record<RequestKind, number>>,
): Record<RequestKind, number> {
  return { list: after.list - before.list, watch: after.watch - before.watch, get: after.get - before.get };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
