/**
 * The mark beside the ledger that says which output a shipper was last seen to have taken over, so that a restart of the watcher reloads no shipper without need.
 *
 * @module
 */
import { hash } from "node:crypto";
import { dirname, join } from "node:path";
import type { Rendered } from "../render/rendered.ts";
import { fingerprintOf } from "../write/fingerprint.ts";
import { temporaryName } from "../write/temporary_name.ts";

/** Makes the fingerprint of all that an agent wants on disk. */
export function outputPrint(wanted: readonly Rendered[]): string {
  const lines = wanted.map((item) =>
    item.kind === "link"
      ? ["link", item.path, item.target]
      : ["file", item.path, String(item.mode), fingerprintOf(item)]
  );
  return hash("sha256", JSON.stringify(lines), "base64");
}

/** A file with one fingerprint. */
export class ReloadMark {
  readonly #path: string;
  readonly #agent: string;

  /** @param path Where it lies, beside the ledger. */
  constructor(path: string, agent: string) {
    this.#path = path;
    this.#agent = agent;
  }

  /** Gives the fingerprint; undefined if there is none, or none that can be read. */
  read(): string | undefined {
    try {
      return Deno.readTextFileSync(this.#path).trim();
    } catch {
      return undefined;
    }
  }

  /** Replaces the fingerprint; not fsynced, since a lost one only costs a reload. @throws {Error} If that is not possible. */
  save(print: string) {
    const temporary = join(dirname(this.#path), temporaryName(this.#agent));
    Deno.writeTextFileSync(temporary, print + "\n", { mode: 0o600, createNew: true });
    try {
      Deno.renameSync(temporary, this.#path);
    } catch (error) {
      Deno.removeSync(temporary);
      throw error;
    }
  }
}
