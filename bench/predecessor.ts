/**
 * Figures of the Python predecessor, kubernetes-log-watcher 0.42: measured on another machine of the same kind (2 cores), API over plain HTTP on the
 * same machine, two agents, the start of the process not counted. They are beside ours for comparison and were not measured by this bench.
 *
 * @module
 */

/** What was measured with a number of containers. */
export interface PredecessorRow {
  /** Milliseconds. */
  readonly firstSyncMs: number;
  /** A pass without changes, every 60 s, milliseconds; the larger figure where a range was measured. */
  readonly passMs: number;
  /** Resident memory; the larger figure where a range was measured. */
  readonly rssMb: number;
}

export const PREDECESSOR: ReadonlyMap<number, PredecessorRow> = new Map([
  [30, { firstSyncMs: 35, passMs: 1, rssMb: 33 }],
  [250, { firstSyncMs: 491, passMs: 10, rssMb: 35 }],
  [1_000, { firstSyncMs: 1_111, passMs: 71, rssMb: 41 }],
  [4_000, { firstSyncMs: 6_010, passMs: 422, rssMb: 68 }],
]);

/** A change is seen half of its interval of 60 s after it was made, on average; milliseconds. */
export const PREDECESSOR_CHANGE_MS = 30_000;
