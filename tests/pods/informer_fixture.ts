/**
 * An informer at work against the test server, on a clock that the test moves.
 *
 * @module
 */
import type { Connection } from "../../lib/pods/api_client.ts";
import { resolveConnection } from "../../lib/pods/connection.ts";
import { Informer, type InformerOptions } from "../../lib/pods/informer.ts";
import { PodStore } from "../../lib/pods/pod_store.ts";
import { createLog } from "../../lib/observe/log.ts";
import type { ApiServer } from "../api_server/api_server.ts";
import { TestClock } from "./test_clock.ts";

/** A running informer with everything around it; disposing of it stops it. */
export interface RunningInformer extends AsyncDisposable {
  readonly informer: Informer;
  readonly store: PodStore;
  readonly clock: TestClock;
  /** Log lines. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** Starts an informer of node-1. */
export async function runInformer(
  server: Pick<ApiServer, "url">,
  options: Partial<InformerOptions> & { clock?: TestClock } = {},
): Promise<RunningInformer> {
  const connection: Connection = options.connection ?? await resolveConnection({ kubeUrl: server.url, env: {} });
  const clock = options.clock ?? new TestClock();
  const store = options.store ?? new PodStore();
  const lines: string[] = [];
  const log = createLog({ level: "debug", write: (line) => void lines.push(line) });
  const informer = new Informer({ nodeName: "node-1", log, ...options, connection, clock, store });
  const abort = new AbortController();
  const running = informer.run({ signal: abort.signal });
  const stop = async () => {
    abort.abort();
    await running;
    connection.close();
  };
  return { informer, store, clock, lines, stop, [Symbol.asyncDispose]: stop };
}

/** Waits until a condition holds that nothing announces. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Reads a recording. */
export function recorded(path: string): string {
  return Deno.readTextFileSync(new URL(`../fixtures/pods/${path}`, import.meta.url));
}
