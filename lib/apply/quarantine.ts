/**
 * Remembers which versions of containers a shipper's check takes, and which it refuses.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";
import { printable } from "../observe/printable.ts";
import type { Refusal } from "../render/rendered.ts";

/** Longest reason, in UTF-16 units. */
const MAX_REASON = 3000;

/** Versions by container. */
export class Quarantine {
  /** Of what went live last. */
  #good = new Map<string, LogTarget>();
  readonly #bad = new Map<string, { readonly version: LogTarget; readonly reason: string }>();

  /** Tells whether exactly this version was found good. */
  isGood(version: LogTarget): boolean {
    return this.#good.get(version.id) === version;
  }

  /** Gives the last good version of a container. */
  goodOf(id: string): LogTarget | undefined {
    return this.#good.get(id);
  }

  /** Replaces versions that are set aside by the last good ones, or leaves them out; forgets what is not wanted any more. */
  withoutBad(targets: readonly LogTarget[]): readonly LogTarget[] {
    if (this.#bad.size === 0) return targets;
    const wanted = new Map(targets.map((target) => [target.id, target]));
    for (const [id, { version }] of this.#bad) if (wanted.get(id) !== version) this.#bad.delete(id);
    return targets.flatMap((target) => this.#bad.has(target.id) ? this.#good.get(target.id) ?? [] : target);
  }

  /** Sets a version aside. */
  setAside(version: LogTarget, reason: string) {
    this.#bad.set(version.id, { version, reason: printable(reason, MAX_REASON) });
  }

  /** Takes note of what goes live; of those that were refused by their agent, what was good before still is. */
  accept(list: readonly LogTarget[], refused: ReadonlySet<string>) {
    const before = this.#good;
    this.#good = new Map(list.flatMap((target) => {
      const version = refused.has(target.id) ? before.get(target.id) : target;
      return version ? [[target.id, version] as const] : [];
    }));
  }

  /** Lists what is set aside of these. */
  refusals(targets: readonly LogTarget[]): Refusal[] {
    if (this.#bad.size === 0) return [];
    return targets.flatMap((target) => {
      const bad = this.#bad.get(target.id);
      return bad?.version === target ? { targetId: target.id, reason: bad.reason } : [];
    });
  }

  /** Forgets everything. */
  clear() {
    this.#good.clear();
    this.#bad.clear();
  }
}
