/**
 * Asks the API once for the pods of the node.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { ConnectionError } from "../pods/access.ts";
import { ApiUnreachableError } from "../pods/api_client.ts";
import { ApiStatusError } from "../pods/api_status.ts";
import { systemClock } from "../pods/clock.ts";
import { listPods } from "../pods/list_pods.ts";
import type { PodView } from "../pods/pod.ts";
import { PodStore } from "../pods/pod_store.ts";
import { connect } from "./connect.ts";

/** Longest silence of the API, milliseconds. */
const SILENCE_MS = 30_000;

/** Pods, and where they are from. */
export interface Listed {
  readonly pods: PodView & Pick<PodStore, "pods">;
  readonly description: string;
}

/**
 * As {@linkcode listOnce}, but an API that cannot be reached or refuses shows no pods, as it shows none to a watcher that starts then; the description says why.
 */
export async function listIfPossible(config: Pick<Config, "api" | "node">, signal: AbortSignal): Promise<Listed> {
  try {
    return await listOnce(config, signal);
  } catch (error) {
    if (![ApiUnreachableError, ApiStatusError, ConnectionError].some((one) => error instanceof one)) throw error;
    return {
      pods: new PodStore(),
      description: `${(error as Error).message}; a new log is then followed with what its path tells`,
    };
  }
}

/**
 * Lists the pods of the configured node; none where the API is not to be asked.
 *
 * @throws {ConnectionError | ApiStatusError} If the API cannot be reached or refuses.
 */
export async function listOnce({ api, node }: Pick<Config, "api" | "node">, signal: AbortSignal): Promise<Listed> {
  const pods = new PodStore();
  const connection = await connect(api);
  if (!connection) return { pods, description: `the API was not asked: ${api.kind === "none" ? api.reason : ""}` };
  try {
    const list = await listPods(connection, { nodeName: node.name, clock: systemClock, silenceMs: SILENCE_MS, signal });
    pods.replaceAll(list.pods);
    return { pods, description: connection.description };
  } finally {
    connection.close();
  }
}
