/**
 * A process with the API clients of many nodes; reads its plan from the first line of its input, and ends with its input.
 *
 * @module
 */
import { ApiClient } from "../../lib/pods/api_client.ts";
import { inClusterAccess } from "../../lib/pods/in_cluster.ts";
import { Informer } from "../../lib/pods/informer.ts";
import { PodStore } from "../../lib/pods/pod_store.ts";
import { createLog } from "../../lib/observe/log.ts";
import { pause } from "../../lib/reconcile/trigger.ts";
import type { ClientNode, ClientPlan, ClientReport } from "./client_plan.ts";
import { CountedConnection } from "./counted_connection.ts";
import { PredecessorClient } from "./predecessor_client.ts";

/** Longest random delay of the first list, as the program has it in a cluster, milliseconds. */
const START_JITTER_MS = 200;
const STATE_MS = 1_000;

/** One node's client. */
interface Client {
  readonly connection: CountedConnection;
  run(signal: AbortSignal): Promise<void>;
  pods(): number;
  hasSynced(): boolean;
  failures(): number;
}

async function main(): Promise<void> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  const input = lines.getReader();
  let text = "";
  while (!text.includes("\n")) text += (await input.read()).value ?? "\n";
  const plan: ClientPlan = JSON.parse(text);
  const stop = new AbortController();
  const clients = plan.nodes.map((node) => clientOf(node, plan));
  const timer = setInterval(() => tell(stateOf(clients)), STATE_MS);
  const running = clients.map((client) => runLater(client, { plan, signal: stop.signal }));
  while (!(await input.read()).done);
  stop.abort();
  await Promise.all(running);
  clearInterval(timer);
  for (const { connection } of clients) connection.close();
}

async function runLater(
  client: Client,
  { plan, signal }: { plan: ClientPlan; signal: AbortSignal },
): Promise<void> {
  await pause(Math.random() * plan.startWithinMs, signal);
  await client.run(signal);
}

function clientOf(node: ClientNode, plan: ClientPlan): Client {
  const inner = new ApiClient(inClusterAccess(plan));
  const connection = new CountedConnection(inner, (request) => tell({ type: "request", ...request }));
  if (plan.pattern === "predecessor") return new PredecessorClient(node, connection);
  const store = new PodStore();
  const log = createLog({ level: "error" });
  const informer = new Informer({ connection, store, nodeName: node.name, log, startJitterMs: START_JITTER_MS });
  return {
    connection,
    run: (signal) => informer.run({ signal }),
    pods: () => node.pods.length,
    hasSynced: () => store.hasSynced,
    failures: () => informer.stats().failures,
  };
}

function stateOf(clients: readonly Client[]): ClientReport {
  const sum = (of: (client: Client) => number) => clients.reduce((total, client) => total + of(client), 0);
  return {
    type: "state",
    bytes: sum(({ connection }) => connection.bytes),
    pods: sum((client) => client.hasSynced() ? client.pods() : 0),
    synced: sum((client) => Number(client.hasSynced())),
    failures: sum((client) => client.failures()),
  };
}

function tell(report: ClientReport): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(report) + "\n"));
}

if (import.meta.main) await main();
