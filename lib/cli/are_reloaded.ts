/**
 * Waits for the shippers of a watch that makes one pass alone.
 *
 * @module
 */
import { Deadline } from "../apply/delay.ts";
import type { Log } from "../observe/log.ts";
import type { AgentLane } from "../reconcile/agent_lane.ts";

/** The longest wait, milliseconds, and the attempts after which it ends before. */
const WAIT_MS = 60_000;
const MOST_FAILURES = 3;

/** Waits until all shippers were told of what is on disk, for a bounded time; says for which it failed. */
export async function areReloaded(
  lanes: readonly Pick<AgentLane, "agent" | "reloaded">[],
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<boolean> {
  using deadline = new Deadline(WAIT_MS, signal);
  const reloaded = await Promise.all(
    lanes.map((lane) => lane.reloaded(deadline.signal, { mostFailures: MOST_FAILURES })),
  );
  for (const { agent } of lanes.filter((_, index) => !reloaded[index])) {
    log.error(`${agent}: the shipper was not reloaded`, { agent });
  }
  return reloaded.every((isReloaded) => isReloaded);
}
