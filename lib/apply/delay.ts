/**
 * Waits that end early.
 *
 * @module
 */

/** Waits, or less long when the signal comes. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
  await untilCalled(signal, (resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  });
}

/**
 * Waits until a function is called, or the signal comes.
 *
 * @param register Gets the function, gives what takes it back.
 */
export async function untilCalled(signal: AbortSignal, register: (resolve: () => void) => () => void): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const takeBack = register(end);
  signal.addEventListener("abort", end);
  await promise;
  signal.removeEventListener("abort", end);
  takeBack();
}

/** A signal that comes when another one does or when the time is up, whichever is first; its timer ends with it. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #takeBack: () => void;

  constructor(ms: number, stop: AbortSignal) {
    const controller = new AbortController();
    const end = () => controller.abort();
    this.signal = controller.signal;
    this.#timer = setTimeout(end, ms);
    stop.addEventListener("abort", end);
    this.#takeBack = () => stop.removeEventListener("abort", end);
    if (stop.aborted) end();
  }

  [Symbol.dispose]() {
    clearTimeout(this.#timer);
    this.#takeBack();
  }
}
