/**
 * The targets that are wanted, and what of them an agent has to be told.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";
import type { KnownTargets, TargetDifference } from "./known_targets.ts";
import { listDifference } from "./list_difference.ts";

/** What is wanted, by id, and how it differs from what is known. */
export interface Wanted extends TargetDifference {
  readonly wanted: ReadonlyMap<string, LogTarget>;
}

/** Follows the list of targets from one rendering to the next. */
export class WantedTargets {
  readonly #known: Pick<KnownTargets, "difference" | "newAmong">;
  #list: readonly LogTarget[] | undefined;
  #byId = new Map<string, LogTarget>();

  constructor(known: Pick<KnownTargets, "difference" | "newAmong">) {
    this.#known = known;
  }

  /**
   * Takes the targets that are wanted now.
   *
   * @param options.isKnown Whether all of those taken before are known, so that only the difference between the two lists matters.
   */
  take(targets: readonly LogTarget[], { isKnown }: { readonly isKnown: boolean }): Wanted {
    const small = isKnown && this.#list ? this.#change(this.#list, targets) : undefined;
    this.#list = targets;
    if (small) return { ...small, wanted: this.#byId };
    this.#byId = new Map(targets.map((target) => [target.id, target]));
    // With an id that is there twice, the lists do not tell who goes when one of them does.
    if (this.#byId.size !== targets.length) this.#list = undefined;
    return { ...this.#known.difference(this.#byId), wanted: this.#byId };
  }

  #change(before: readonly LogTarget[], after: readonly LogTarget[]): TargetDifference | undefined {
    const difference = listDifference(before, after);
    if (!difference) return undefined;
    const { gone, come } = difference;
    for (const { id } of gone) this.#byId.delete(id);
    for (const target of come) this.#byId.set(target.id, target);
    if (this.#byId.size !== after.length) return undefined;
    return {
      changed: this.#known.newAmong(come),
      removed: gone.map(({ id }) => id).filter((id) => !this.#byId.has(id)),
    };
  }
}
