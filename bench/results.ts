/**
 * Everything that a bench found, as it is kept in bench/results.
 *
 * @module
 */
import type { BurstRow } from "./burst.ts";
import type { ChangesRow } from "./changes.ts";
import type { FirstSyncRow } from "./first_sync.ts";
import type { FullScanRow } from "./full_scan.ts";
import type { IdleRow } from "./idle.ts";
import type { Machine } from "./machine.ts";

/** What was found; a list is empty where it was not measured. */
export interface Results {
  readonly machine: Machine;
  /** Whether it was a short run whose figures are not for comparing. */
  readonly isQuick: boolean;
  readonly firstSync: readonly FirstSyncRow[];
  readonly changes: readonly ChangesRow[];
  readonly burst: readonly BurstRow[];
  readonly fullScan: readonly FullScanRow[];
  readonly idle: readonly IdleRow[];
  /** Measurements that did not come to their end, and why. */
  readonly failures: readonly string[];
}
