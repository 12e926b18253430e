/**
 * Time and chance, so that waiting can be tested without waiting.
 *
 * @module
 */

/** Source of time, timers and chance. */
export interface Clock {
  /** Milliseconds since 1970, to compare with dates that others name; may jump. */
  now(): number;
  /** Milliseconds since any moment, to measure how long something took; never jumps. */
  monotonicNow(): number;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /**
   * Calls back once after a delay.
   * @param delayMs Milliseconds.
   * @returns Ends the timer; harmless after it has fired.
   */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  random: () => Math.random(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Waits.
 * @param delayMs Milliseconds.
 * @throws The signal's reason, if it is aborted before or meanwhile.
 */
export function sleep(delayMs: number, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.schedule(delayMs, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
