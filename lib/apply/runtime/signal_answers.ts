/**
 * What `send_signal.ts` answers.
 *
 * @module
 */

/** Exit codes besides 0, which says that the signal was sent. */
export const SIGNAL_ANSWERS = {
  /** It was not started as it must be. */
  usage: 20,
  /** There is no such process. */
  gone: 21,
  /** The process has another name; it is on stdout. */
  other: 22,
  /** The process belongs to somebody else. */
  forbidden: 23,
} as const;
