/**
 * Tells where an agent has written before, by the ledgers that lie there.
 *
 * @module
 */
import { parseLedger } from "../write/ledger_format.ts";
import { ledgerPaths } from "../write/ledger_path.ts";
import type { Root } from "../write/places.ts";

/** Options of {@linkcode WrittenBefore}. */
export interface WrittenBeforeOptions {
  readonly agent: string;
  /** Folder of ledgers, if they do not lie beside the outputs. */
  readonly statePath?: string | undefined;
}

/** What ledgers say of places. */
export class WrittenBefore {
  readonly #ledgers = new Map<string, ReadonlySet<string>>();
  readonly #options: WrittenBeforeOptions;

  /** @param roots All places beside which a ledger may lie. */
  constructor(roots: readonly Root[], options: WrittenBeforeOptions) {
    this.#options = options;
    for (const root of roots) {
      const path = this.#ledgerPathOf(root);
      const owned = ownedIn(path, options.agent);
      if (owned) this.#ledgers.set(path, owned);
    }
  }

  /** Tells whether something that was written lies in a place, or the ledger that has to be gone on with. */
  isIn(root: Root): boolean {
    if (this.#options.statePath === undefined && this.#ledgers.has(this.#ledgerPathOf(root))) return true;
    const isBelow = (path: string) => path === root.path || path.startsWith(`${root.path}/`);
    return [...this.#ledgers.values()].some((owned) => [...owned].some(isBelow));
  }

  #ledgerPathOf(root: Root): string {
    return ledgerPaths({ ...this.#options, roots: [root] }).ledgerPath;
  }
}

/** Lists what a ledger says is owned; undefined if there is none that can be read. */
function ownedIn(path: string, agent: string): ReadonlySet<string> | undefined {
  try {
    return new Set(parseLedger(Deno.readTextFileSync(path), agent).owned.keys());
  } catch {
    // The writer says what is wrong with the one that it opens.
    return undefined;
  }
}
