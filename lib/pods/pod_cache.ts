/**
 * Keeps what is known of the pods on disk, so that a restart while the API is away loses nothing.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { Log } from "../observe/log.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { PodStore } from "./pod_store.ts";
import { formatStoredPods, parseStoredPods } from "./stored_pods.ts";

/** Options of {@linkcode PodCache}. */
export interface PodCacheOptions {
  readonly store: PodStore;
  /** The file; its folder must exist. */
  readonly path: string;
  readonly log: Log;
  /** Default the real clock. */
  readonly clock?: Clock;
  /** Longest time from a change to its save in milliseconds, default 5,000. */
  readonly delayMs?: number;
}

/**
 * Saves the pods of a store to a file, and restores them. Annotations may be private: the file is readable by its owner only.
 *
 * A save that fails is logged and tried again with the next change: without the cache the program works as well.
 */
export class PodCache implements AsyncDisposable {
  readonly #options: PodCacheOptions;
  readonly #clock: Clock;
  readonly #unsubscribe: () => void;
  /** One name for all saves, so that a lasting failure has one message. */
  readonly #temporary: string;
  #cancelTimer: (() => void) | undefined;
  #isDirty = false;
  /** Saves one after the other. */
  #saving: Promise<void> = Promise.resolve();

  constructor(options: PodCacheOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#temporary = join(dirname(options.path), temporaryPrefix(options.path) + crypto.randomUUID());
    this.#unsubscribe = options.store.onStored(() => this.#schedule());
  }

  /**
   * Puts the saved pods into the store, once at the start. They count as known; hasSynced stays false.
   *
   * A file that is missing, cut or not of this program is passed over with a log line.
   */
  async restore(): Promise<void> {
    const { path, store, log } = this.#options;
    await this.#removeLeftovers();
    try {
      const text = await readIfThere(path);
      if (text === undefined) return;
      const pods = parseStoredPods(text);
      store.restore(pods);
      log.debug("Restored what was known of the pods", { path, pods: pods.length });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      log.warn(
        `The saved pods are passed over, ${path} cannot be used: ${messageOf(error)}; the next save replaces it`,
      );
    }
  }

  /** Saves at once if anything changed since the last save. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#saving = this.#saving.then(() => this.#save());
    await this.#saving;
  }

  /** Saves what is not saved yet, and ends the saving. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unsubscribe();
    await this.flush();
  }

  #schedule(): void {
    this.#isDirty = true;
    // Not pushed back by later changes: a busy node must not delay its save for ever.
    this.#cancelTimer ??= this.#clock.schedule(this.#options.delayMs ?? 5_000, () => void this.flush());
  }

  async #save(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const { path, store, log } = this.#options;
    const text = formatStoredPods(store.pods());
    try {
      if (await readIfThere(path) === text) return;
      await replaceFile(path, { text, temporary: this.#temporary });
      log.forget("pods.cache");
    } catch (error) {
      this.#isDirty = true;
      log.once("pods.cache", "warn", `Cannot save the pods to ${path}: ${messageOf(error)}; make its folder writable`);
    }
  }

  /** Removes temporary files that a killed process left. */
  async #removeLeftovers(): Promise<void> {
    const folder = dirname(this.#options.path);
    try {
      for await (const { name } of Deno.readDir(folder)) {
        if (name.startsWith(temporaryPrefix(this.#options.path))) await Deno.remove(join(folder, name));
      }
    } catch (error) {
      this.#options.log.debug(`Cannot look for temporary files in ${folder}: ${messageOf(error)}`);
    }
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function temporaryPrefix(path: string): string {
  return `.${basename(path)}.tmp-`;
}

/** Replaces a file so that a reader, and a crash, see the old or the new contents and nothing between. */
async function replaceFile(path: string, { text, temporary }: { text: string; temporary: string }): Promise<void> {
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true, mode: 0o600 });
    await writeAll(file, new TextEncoder().encode(text));
    await file.sync();
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  using folder = await Deno.open(dirname(path));
  await folder.sync();
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}

function messageOf(error: unknown): string {
  // JSON.parse quotes the text, which may be private.
  if (error instanceof SyntaxError) return "it is no JSON";
  return error instanceof Error ? error.message : String(error);
}
