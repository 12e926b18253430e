/**
 * Where an agent's ledger and lock lie.
 *
 * With a state path: `<state path>/<agent>.ledger` and `<agent>.lock`. Without one, beside the output, so that they live exactly as
 * long as the files that they speak of: `.kube-log-watcher-<agent>.ledger` and `.lock` in the agent's first root, or in the folder of
 * its first file. The leading dot keeps them out of the globs of include directives, and no shipper looks for these endings.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Root } from "./places.ts";

/** Options of {@linkcode ledgerPaths}. */
export interface LedgerPlace {
  readonly agent: string;
  /** Must not be empty. */
  readonly roots: readonly Root[];
  /** WATCHER_STATE_PATH, if set. */
  readonly statePath?: string | undefined;
}

/**
 * Names the ledger and the lock of an agent.
 *
 * @throws {TypeError} If there is neither a state path nor a root.
 */
export function ledgerPaths({ agent, roots, statePath }: LedgerPlace): { ledgerPath: string; lockPath: string } {
  const start = statePath === undefined
    ? join(firstFolder(roots, agent), `.kube-log-watcher-${agent}`)
    : join(statePath, agent);
  return { ledgerPath: `${start}.ledger`, lockPath: `${start}.lock` };
}

function firstFolder(roots: readonly Root[], agent: string): string {
  const root = roots.find(({ kind }) => kind === "directory") ?? roots[0];
  if (root === undefined) {
    throw new TypeError(`Agent ${agent} has no setting of type "directory" or "file" to write to`);
  }
  return root.kind === "file" ? dirname(root.path) : root.path;
}
