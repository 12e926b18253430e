/**
 * Saves what the join remembers, soon after it changed; and restores it at the start.
 *
 * @module
 */
import { dirname } from "node:path";
import type { JoinMemory } from "../join/join.ts";
import { memoryFromText, memoryToText } from "../join/join_memory_file.ts";
import type { Log } from "../observe/log.ts";
import { writeFileAtomically } from "../write/atomic_write.ts";
import { realDisk } from "../write/disk.ts";
import { fingerprint } from "../write/fingerprint.ts";
import { sweepTemporaryFiles } from "../write/sweep.ts";

/** Options of {@linkcode MemoryFile}. */
export interface MemoryFileOptions {
  readonly path: string;
  readonly log: Log;
  /** Longest time from a change to its save in milliseconds, default 1,000. */
  readonly delayMs?: number;
}

/** Owner of temporary files beside the file. */
const OWNER = "watcher";

/** The file; saves at its disposal what is not saved yet. */
export class MemoryFile implements AsyncDisposable {
  readonly #options: MemoryFileOptions;
  /** Fingerprint of what is on disk: the text itself would be a megabyte with 4,000 containers. */
  #saved = "";
  #pending: JoinMemory | undefined;
  #seen: JoinMemory | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Saves one after the other. */
  #saving: Promise<void> = Promise.resolve();

  constructor(options: MemoryFileOptions) {
    this.#options = options;
  }

  /** Reads what an earlier run saved; nothing where there is no usable file. Clears away what a killed run left beside it. */
  restore(nowMs: number): JoinMemory {
    const { path, log } = this.#options;
    sweepTemporaryFiles([dirname(path)], { owner: OWNER, disk: realDisk, log });
    let text = "";
    try {
      text = Deno.readTextFileSync(path);
      this.#saved = fingerprint(text);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) {
        log.warn(
          `Cannot read ${path}, which tells what was followed before the restart: ${(error as Error).message}`,
        );
      }
    }
    return memoryFromText(text, nowMs);
  }

  /** Takes what is to be saved; cheap when the set of containers did not change. */
  save(memory: JoinMemory) {
    if (this.#seen === memory || (this.#seen && isSame(this.#seen, memory))) return;
    this.#seen = memory;
    this.#pending = memory;
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.delayMs ?? 1_000);
  }

  async [Symbol.asyncDispose]() {
    this.#flush();
    await this.#saving;
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#pending) return;
    const memory = this.#pending;
    this.#pending = undefined;
    this.#saving = this.#saving.then(() => this.#write(memoryToText(memory)));
  }

  async #write(text: string) {
    const print = fingerprint(text);
    if (print === this.#saved) return;
    const { path, log } = this.#options;
    try {
      await writeFileAtomically(path, text, { mode: 0o600, owner: OWNER });
      this.#saved = print;
      log.forget("memory file");
    } catch (error) {
      log.once("memory file", "warn", `Cannot save which containers are followed: ${(error as Error).message}`);
    }
  }
}

function isSame(a: JoinMemory, b: JoinMemory): boolean {
  if (a.size !== b.size) return false;
  for (const [key, one] of b) {
    const other = a.get(key);
    if (other !== one && (other?.container !== one.container || other.id !== one.id || !other.target !== !one.target)) {
      return false;
    }
  }
  return true;
}
