/**
 * The targets that an agent was asked for, and what became of each: changed within a turn, and taken back when the turn fails.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";
import { type KnownTarget, refusalOf } from "./known_target.ts";
import type { InputWarning } from "./rendered.ts";

/** How what is wanted differs from what is known. */
export interface TargetDifference {
  readonly changed: readonly LogTarget[];
  /** Ids. */
  readonly removed: readonly string[];
}

/** Remembers targets by id. */
export class KnownTargets {
  readonly #agent: string;
  readonly #known = new Map<string, KnownTarget>();
  /** What was known before the turn of what the turn changed. */
  readonly #before = new Map<string, KnownTarget | undefined>();

  /** @param agent Name of the agent, for messages. */
  constructor(agent: string) {
    this.#agent = agent;
  }

  /** Gives what is known of a target. */
  get(id: string): KnownTarget | undefined {
    return this.#known.get(id);
  }

  /** Gives what was known of a target before this turn. */
  before(id: string): KnownTarget | undefined {
    return this.#before.has(id) ? this.#before.get(id) : this.#known.get(id);
  }

  /** Ids of the targets that this turn changed. */
  get touched(): readonly string[] {
    return [...this.#before.keys()];
  }

  /** Tells what is new or changed among the targets that are wanted now, and the ids that are no longer wanted. */
  difference(wanted: ReadonlyMap<string, LogTarget>): TargetDifference {
    return {
      changed: this.newAmong([...wanted.values()]),
      removed: [...this.#known.keys()].filter((id) => !wanted.has(id)),
    };
  }

  /** Gives those targets that are not known in just this version. */
  newAmong(targets: readonly LogTarget[]): LogTarget[] {
    return targets.filter((target) => this.#known.get(target.id)?.wanted !== target);
  }

  /** Tells whether exactly this version of a target must not be given to the agent. */
  isPoison(target: LogTarget): boolean {
    const known = this.#known.get(target.id);
    return known !== undefined && known.isPoison && known.wanted === target;
  }

  /** Begins a turn: the changes before it stand. */
  begin() {
    this.#before.clear();
  }

  /** Takes back all changes since {@linkcode begin}. */
  rollBack() {
    for (const [id, known] of this.#before) {
      if (known) this.#known.set(id, known);
      else this.#known.delete(id);
    }
    this.#before.clear();
  }

  /** Remembers a target. */
  set(id: string, known: KnownTarget) {
    if (!this.#before.has(id)) this.#before.set(id, this.#known.get(id));
    this.#known.set(id, known);
  }

  /** Forgets a target. */
  delete(id: string) {
    if (!this.#before.has(id)) this.#before.set(id, this.#known.get(id));
    this.#known.delete(id);
  }

  /** Notes that a target cannot be rendered; its last good version stays, if there is one. */
  refuse(
    target: LogTarget,
    { before, warnings = [], why, isPoison = false }: {
      /** What was known of its last good version. */
      before: KnownTarget | undefined;
      warnings?: readonly InputWarning[];
      why: string;
      isPoison?: boolean;
    },
  ) {
    this.set(target.id, {
      wanted: target,
      used: before?.used,
      files: before?.files ?? [],
      warnings,
      unexpressed: [],
      refusal: refusalOf(target, { agent: this.#agent, why }),
      isPoison,
    });
  }

  /**
   * Sets a version aside that is poison. If that is the last good version of its target itself, the target has none any more.
   *
   * @returns Takes it back, unless something else became of the target since.
   */
  setAside(version: LogTarget, why: string): () => void {
    const { id } = version;
    const known = this.#known.get(id);
    if (known && known.wanted !== version && known.used === version) {
      this.set(id, { ...known, used: undefined, files: [] });
    } else {
      this.refuse(version, { before: known?.used === version ? undefined : known, why, isPoison: true });
    }
    const after = this.#known.get(id);
    return () => {
      if (this.#known.get(id) !== after) return;
      if (known) this.#known.set(id, known);
      else this.#known.delete(id);
    };
  }

  /** Has poison tried again, as everything around it has changed. */
  forgive() {
    for (const [id, known] of this.#known) if (known.isPoison) this.#known.set(id, { ...known, isPoison: false });
  }
}
