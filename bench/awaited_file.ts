/**
 * Sees when files change, by inotify: no polling that would take part of the machine away from what is measured.
 *
 * @module
 */

/** How long to wait for a file, milliseconds. */
const PATIENCE_MS = 30_000;

interface Waiting {
  readonly isThere: () => boolean;
  readonly done: (atMs: number) => void;
}

/** Watches one folder. */
export class AwaitedFiles implements AsyncDisposable {
  readonly #watcher: Deno.FsWatcher;
  readonly #loop: Promise<void>;
  #waiting: Waiting | undefined;

  /** @param folder Must exist. */
  constructor(folder: string) {
    this.#watcher = Deno.watchFs(folder, { recursive: false });
    this.#loop = this.#listen();
  }

  /**
   * Waits until a condition holds, which is looked at after every change in the folder.
   *
   * @returns When it was seen, as performance.now().
   * @throws {Error} If it does not hold within half a minute.
   */
  async until(what: string, isThere: () => boolean): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const timer = setTimeout(() => reject(new Error(`Not within ${PATIENCE_MS / 1000} s: ${what}`)), PATIENCE_MS);
    this.#waiting = { isThere, done: resolve };
    if (isThere()) resolve(performance.now());
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watcher.close();
    await this.#loop;
  }

  async #listen(): Promise<void> {
    for await (const _ of this.#watcher) {
      if (this.#waiting?.isThere()) this.#waiting.done(performance.now());
    }
  }
}
