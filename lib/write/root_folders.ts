/**
 * The folders that outputs go to: makes them when they are missing, and notices when they were taken away or replaced.
 *
 * @module
 */
import type { Log } from "../observe/log.ts";
import type { Failure } from "./plan.ts";
import { describeError } from "./system_error.ts";

/** What one look at the folders found. */
export interface FolderCheck {
  /** True when a folder is not the one of the last look: then nothing that is remembered of it holds. */
  readonly isReplaced: boolean;
  /** Folders that are missing and cannot be made. */
  readonly failures: readonly Failure[];
}

/** Keeps an eye on folders. Links to them are followed: the operator named them. */
export class RootFolders {
  readonly #folders: readonly string[];
  readonly #log: Log;
  readonly #identities = new Map<string, string>();

  constructor(folders: readonly string[], log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  /** Looks at every folder and makes those that are missing. */
  check(): FolderCheck {
    const failures: Failure[] = [];
    let isReplaced = false;
    for (const folder of this.#folders) {
      try {
        const identity = identityOf(folder) ?? this.#make(folder);
        isReplaced ||= this.#identities.get(folder) !== identity;
        this.#identities.set(folder, identity);
      } catch (error) {
        failures.push({ path: folder, reason: `Cannot create the folder ${folder}: ${describeError(error)}` });
      }
    }
    return { isReplaced, failures };
  }

  #make(folder: string): string {
    Deno.mkdirSync(folder, { recursive: true });
    this.#log.info(`Created the folder ${folder}, it was missing`);
    return identityOf(folder) ?? "";
  }
}

function identityOf(folder: string): string | undefined {
  try {
    const info = Deno.statSync(folder);
    if (!info.isDirectory) throw new Error("a file lies at that path, move it away");
    return `${info.dev}:${info.ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
