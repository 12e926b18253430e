/**
 * Finds the targets for which an agent hangs, dies or floods, by trying parts of them, so that one pod cannot stop a whole agent.
 *
 * Bounded: an attempt tries at most 2 log2(n) + 10 parts. A part that fails takes its time limit when the agent hangs (see `SandboxLimits`), one that is well
 * about 0.1 s. With the default limits one target of 1,000 in an endless loop is found in 9 s where the process can say which target it
 * was at, else in 45 s at the most; no attempt takes longer than 3 minutes.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";
import { SandboxError } from "./sandbox_error.ts";

/** Gives targets to the agent alone, in a process of their own; tells what went wrong, undefined if nothing did. */
export type Probe = (targets: readonly LogTarget[]) => Promise<string | undefined>;

/** Options of {@linkcode PoisonSearch}. */
export interface PoisonSearchOptions {
  readonly probe: Probe;
  /** Sets a version of a target aside for the reason given; gives what takes that back. */
  readonly setAside: (version: LogTarget, why: string) => () => void;
}

/** A turn of the agent that failed, maybe because of a target. */
export interface FailedTurn {
  readonly error: Error;
  /** What the agent was given in this turn. */
  readonly suspects: readonly LogTarget[];
  /** Whether its process had been given nothing before. */
  readonly isWhole: boolean;
  /** Id of the target that the process was at when it was ended, as far as it is to be believed. */
  readonly atTarget: string | undefined;
}

/** Targets that are tried alone at first: if all of them fail, it is the agent. */
const SAMPLES = 3;
/** Fewer suspects than this are not worth samples. */
const MIN_SAMPLED = 8;

class ProbesUsedUp extends Error {}

/** One search, over as many attempts as it takes. */
export class PoisonSearch {
  readonly #options: PoisonSearchOptions;
  /** Those that were well, alone or with others. */
  readonly #cleared = new Set<LogTarget>();
  /** What takes back what this search set aside. */
  #takeBack: (() => void)[] = [];
  #total = 0;
  #probes = 0;
  #attempts = 0;
  #isSampled = false;
  #signal: AbortSignal | undefined;

  constructor(options: PoisonSearchOptions) {
    this.#options = options;
  }

  /**
   * Begins an attempt.
   *
   * @param total Number of targets that the agent should render.
   */
  begin(total: number, signal?: AbortSignal) {
    this.#total = total + this.#takeBack.length;
    this.#probes = 2 * Math.ceil(Math.log2(total + 1)) + 10;
    this.#attempts++;
    this.#isSampled = false;
    this.#signal = signal;
  }

  /** Ends the search: what was set aside stays so, as the agent can render the others. */
  settle() {
    this.#cleared.clear();
    this.#takeBack = [];
  }

  /**
   * Sets aside what made a turn fail, as far as it is found; the turn is to be repeated then.
   *
   * @throws {Error} The turn's own error if no target alone is to blame, or too many of them: it is the agent, and nothing is set aside.
   * @throws {SandboxError} If this attempt may not try more. What was learned stays for the next one.
   */
  async narrow(turn: FailedTurn): Promise<void> {
    if (this.#total < 2) throw turn.error;
    try {
      const poison = await this.#find(turn);
      for (const [version, why] of poison) this.#takeBack.push(this.#options.setAside(version, why));
      if (this.#takeBack.length * 2 > this.#total || (poison.size === 0 && turn.isWhole)) this.#blameAgent(turn.error);
    } catch (error) {
      if (error instanceof ProbesUsedUp) throw this.#unfinished(turn.error);
      throw error;
    }
  }

  /** Tells which versions fail alone, and why; none if none does. */
  async #find({ error, suspects, atTarget }: FailedTurn): Promise<Map<LogTarget, string>> {
    const open = suspects.filter((version) => !this.#cleared.has(version));
    if (!this.#isSampled) {
      // Without any target, too: an agent that fails at its start, or a node that is too slow for anything.
      if (await this.#try([]) !== undefined) this.#blameAgent(error);
      const found = open.length < MIN_SAMPLED ? new Map() : await this.#alone(this.#sample(open));
      this.#isSampled = true;
      if (found.size === SAMPLES) this.#blameAgent(error);
      if (found.size > 0) return found;
    }
    const named = open.find(({ id }) => id === atTarget);
    const found = named ? await this.#alone([named]) : new Map();
    return found.size > 0 ? found : await this.#halve(open.filter((version) => !this.#cleared.has(version)));
  }

  /** Tries each alone. */
  async #alone(versions: readonly LogTarget[]): Promise<Map<LogTarget, string>> {
    const found = new Map<LogTarget, string>();
    for (const version of versions) {
      const why = await this.#try([version]);
      if (why !== undefined) found.set(version, why);
    }
    return found;
  }

  /** Halves a group in which one is poison until it is alone. */
  async #halve(group: readonly LogTarget[]): Promise<Map<LogTarget, string>> {
    let why: string | undefined;
    while (group.length > 1) {
      const half = group.slice(0, group.length >> 1);
      why = await this.#try(half);
      group = why === undefined ? group.slice(half.length) : half;
    }
    const [last] = group;
    if (!last) return new Map();
    why ??= await this.#try([last]);
    return why === undefined ? new Map() : new Map([[last, why]]);
  }

  async #try(group: readonly LogTarget[]): Promise<string | undefined> {
    if (this.#probes-- <= 0 || this.#signal?.aborted) throw new ProbesUsedUp();
    const why = await this.#options.probe(group);
    if (why === undefined) { for (const version of group) this.#cleared.add(version); }
    return why;
  }

  /** Picks some that lie apart, others at each attempt. */
  #sample(versions: readonly LogTarget[]): LogTarget[] {
    const step = Math.floor(versions.length / SAMPLES);
    const first = (this.#attempts * 7) % step;
    return Array.from({ length: SAMPLES }, (_, i) => versions[first + i * step]!);
  }

  /** Ends the search: it is the agent, so nothing stays set aside. */
  #blameAgent(error: Error): never {
    for (const takeBack of this.#takeBack.reverse()) takeBack();
    this.settle();
    throw error;
  }

  #unfinished(error: Error): SandboxError {
    const found = this.#takeBack.length;
    return new SandboxError(
      error instanceof SandboxError ? error.code : "protocol",
      `${error.message}; the search for the container that does it goes on at the next attempt, ${found} found so far`,
      { cause: error },
    );
  }
}
