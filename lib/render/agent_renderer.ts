/**
 * Keeps one agent's rendering true to a list of targets: asks its sandbox for what changed, checks the answers, remembers the rest.
 *
 * @module
 */
import type { LogTarget, NodeContext } from "../join/log_target.ts";
import type { AgentDescription } from "./agent_description.ts";
import { checkNodeFiles } from "./assemble.ts";
import { Assembly } from "./assembly.ts";
import { checkAnswer, type CheckedAnswer } from "./check_answer.ts";
import { OutputFormatError } from "./formats.ts";
import { KnownTargets } from "./known_targets.ts";
import { WantedTargets } from "./wanted_targets.ts";
import { OutputPathError } from "./output_path.ts";
import { PoisonSearch } from "./poison_search.ts";
import type { Rendering } from "./rendered.ts";
import type { Ask, Sandbox } from "./sandbox.ts";
import { SandboxError } from "./sandbox_error.ts";
import { type PreparedOutput, prepareOutputs, targetFiles } from "./target_files.ts";
import { unexpressedHints } from "./unexpressed.ts";

/** Options of {@linkcode AgentRenderer}. */
export interface AgentRendererOptions {
  readonly description: AgentDescription;
  readonly sandbox: Pick<Sandbox, "turn">;
  readonly node: NodeContext;
  /** Values of the agent's settings, secrets among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Folders in which container logs may lie, absolute. */
  readonly logRoots: readonly string[];
}

/** What a turn is to bring about. */
interface Wish {
  readonly wanted: ReadonlyMap<string, LogTarget>;
  readonly changed: readonly LogTarget[];
  readonly removed: readonly string[];
  readonly outputs: readonly PreparedOutput[];
}

/** Renders one agent. Not to be called again before the last call has returned. */
export class AgentRenderer {
  readonly #options: AgentRendererOptions;
  readonly #known: KnownTargets;
  readonly #wanted: WantedTargets;
  readonly #assembly = new Assembly();
  readonly #search: PoisonSearch;
  #settings: Readonly<Record<string, unknown>>;
  #outputs: Promise<PreparedOutput[]> | undefined;
  /** Process that was given the settings and all targets; -1 for none. */
  #configured = -1;
  /** Whether the process is not to be asked again, should there still be one. */
  #isSpoilt = false;
  #last: Rendering | undefined;
  /** Versions that the agent was given in this turn, by id. */
  #given = new Map<string, LogTarget>();
  /** Whether this turn began with a process that knew nothing. */
  #isWhole = true;

  constructor(options: AgentRendererOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#known = new KnownTargets(options.description.name);
    this.#wanted = new WantedTargets(this.#known);
    this.#search = new PoisonSearch({
      probe: (targets) => this.#probe(targets),
      setAside: (version, why) => this.#known.setAside(version, this.#reasonOf(why)),
    });
  }

  /** Takes changed settings, e.g. a rotated secret: everything is rendered anew. */
  changeSettings(settings: Readonly<Record<string, unknown>>) {
    this.#settings = settings;
    this.#configured = -1;
    this.#last = undefined;
    this.#known.forgive();
    this.#search.settle();
  }

  /**
   * Renders what the targets want on disk.
   *
   * A target that cannot be rendered keeps its last good version, or is left out; the others are not affected. That holds, too, for a target with which the
   * agent hangs, dies, floods or puts another number of elements into a file for the node: it is searched for (see {@linkcode PoisonSearch}) and
   * not given to the agent again until it changes, or the agent.
   *
   * @param options.signal Ends a search for such a target early.
   * @throws {SandboxError} If the agent as a whole failed: then nothing is known, and what is on disk should stay.
   * @throws {OutputFormatError} If a file per node does not parse or has not one element per container, and no target alone is to blame.
   */
  async render(targets: readonly LogTarget[], { signal }: { signal?: AbortSignal } = {}): Promise<Rendering> {
    for (let isSearching = false;;) {
      const { wanted, changed, removed } = this.#wanted.take(targets, { isKnown: this.#last !== undefined });
      if (this.#last && changed.length === 0 && removed.length === 0) return this.#last;
      const outputs = await (this.#outputs ??= prepareOutputs(this.#options.description, this.#settings));
      try {
        this.#last = await this.#turn({ wanted, changed, removed, outputs });
        this.#search.settle();
        // Until the next turn, which may be hours away, nothing is kept of what this one took away.
        this.#known.begin();
        this.#given.clear();
        return this.#last;
      } catch (error) {
        this.#known.rollBack();
        this.#configured = -1;
        this.#last = undefined;
        if (!isMaybeOneTarget(error)) throw error;
        this.#isSpoilt = true;
        if (!isSearching) this.#search.begin(targets.filter((target) => !this.#known.isPoison(target)).length, signal);
        isSearching = true;
        const atTarget = error instanceof SandboxError ? error.atTarget : undefined;
        await this.#search.narrow({ error, suspects: [...this.#given.values()], isWhole: this.#isWhole, atTarget });
      }
    }
  }

  async #turn({ wanted, changed, removed, outputs }: Wish): Promise<Rendering> {
    const needsAll = outputs.some((output) => output.kind === "file" && output.output.each === "node");
    this.#known.begin();
    this.#given.clear();
    const isSpoilt = this.#isSpoilt;
    this.#isSpoilt = false;
    return await this.#options.sandbox.turn(async (ask, starts) => {
      const isFresh = this.#isWhole = this.#configured !== starts;
      if (isFresh) await this.#configure(ask);
      const all = isFresh && (needsAll || this.#last === undefined);
      const asked = all ? [...wanted.values()].filter((target) => !this.#known.isPoison(target)) : changed;
      const spares = all && needsAll ? this.#sparesFor(wanted) : [];
      const answer = await this.#ask(ask, { upsert: [...asked, ...spares], remove: removed });
      for (const id of removed) this.#known.delete(id);
      this.#configured = starts;
      this.#take(answer, { asked, spares, outputs });
      const final = await this.#restoreFailed(ask, { answer, asked });
      const agent = this.#options.description.name;
      if (this.#last === undefined) this.#assembly.forget();
      const touched = { ids: this.#known.touched, before: (id: string) => this.#known.before(id) };
      return this.#assembly.take(final, {
        agent,
        settings: this.#settings,
        outputs,
        wanted,
        known: this.#known,
        touched,
      });
    }, { isFresh: isSpoilt });
  }

  /** Gives the last good versions of targets that are poison now: the files for the node keep them. */
  #sparesFor(wanted: ReadonlyMap<string, LogTarget>): LogTarget[] {
    const poison = [...wanted.values()].filter((target) => this.#known.isPoison(target));
    return poison.flatMap(({ id }) => this.#known.get(id)?.used ?? []);
  }

  async #configure(ask: Ask) {
    await ask({ type: "configure", node: this.#options.node, settings: this.#settings });
  }

  async #ask(ask: Ask, change: { upsert: readonly LogTarget[]; remove: readonly string[] }): Promise<CheckedAnswer> {
    for (const target of change.upsert) this.#given.set(target.id, target);
    return checkAnswer(await ask({ type: "render", ...change }), this.#options.description.name);
  }

  /** Tries targets alone, in a new process, and tells what went wrong. */
  async #probe(targets: readonly LogTarget[]): Promise<string | undefined> {
    const outputs = await this.#outputs!;
    try {
      await this.#options.sandbox.turn(async (ask) => {
        await this.#configure(ask);
        const { name } = this.#options.description;
        const answer = checkAnswer(await ask({ type: "render", upsert: targets, remove: [] }), name);
        // A template that cannot do with no container at all may still be a good one.
        if (targets.length > 0) checkNodeFiles(answer, { outputs, targets });
      }, { isFresh: true });
      return undefined;
    } catch (error) {
      if (isMaybeOneTarget(error)) return error.message;
      throw error;
    }
  }

  #reasonOf(message: string): string {
    const agent = `Agent ${this.#options.description.name} `;
    const what = message.startsWith(agent) ? `it ${message.slice(agent.length)}` : message;
    return `${what}; it is not tried again until the pod or the agent changes`;
  }

  /** Takes the answers for the targets asked for into what is known. */
  #take(
    answer: CheckedAnswer,
    { asked, spares, outputs }: {
      asked: readonly LogTarget[];
      spares: readonly LogTarget[];
      outputs: readonly PreparedOutput[];
    },
  ) {
    const options = { outputs, settings: this.#settings, logRoots: this.#options.logRoots };
    for (const target of asked) {
      const one = answer.targets.get(target.id);
      const warnings = (one?.warnings ?? []).map((warning) => ({ targetId: target.id, ...warning }));
      try {
        if (!one) throw new OutputPathError("It gave no answer for this container");
        if (one.error !== undefined) throw new OutputPathError(one.error);
        const files = targetFiles(target, one, options);
        this.#known.set(target.id, {
          wanted: target,
          used: target,
          files,
          warnings,
          unexpressed: unexpressedHints(target, { expresses: this.#options.description.expresses, answer: one }),
          refusal: undefined,
          isPoison: false,
        });
      } catch (error) {
        if (!(error instanceof OutputPathError || error instanceof OutputFormatError)) throw error;
        this.#known.refuse(target, { before: this.#known.before(target.id), warnings, why: error.message });
      }
    }
    for (const { id } of spares) {
      const one = answer.targets.get(id);
      if (!one || one.error !== undefined) this.#known.set(id, { ...this.#known.get(id)!, used: undefined, files: [] });
    }
  }

  /** Gives the child the last good version of those targets that failed, so that files per node keep them. */
  async #restoreFailed(
    ask: Ask,
    { answer, asked }: { answer: CheckedAnswer; asked: readonly LogTarget[] },
  ): Promise<CheckedAnswer> {
    const askedIds = new Set(asked.map(({ id }) => id));
    const suspects = new Set(askedIds);
    for (const { id, error } of [...answer.nodes.values()].flatMap(({ leftOut }) => leftOut)) {
      const known = this.#known.get(id);
      if (!known || known.isPoison) continue;
      // The good version of a target that was not asked for is the one that is known.
      const before = askedIds.has(id) ? this.#known.before(id) : known;
      this.#known.refuse(known.wanted, { before, warnings: known.warnings, why: error });
      suspects.add(id);
    }
    const failed = [...suspects].flatMap((id) => this.#known.get(id) ?? []).filter((known) => known.refusal);
    if (failed.length === 0) return answer;
    const upsert = failed.flatMap((known) => known.used ?? []);
    const remove = failed.filter((known) => !known.used).map((known) => known.wanted.id);
    const { nodes } = await this.#ask(ask, { upsert, remove });
    return { targets: answer.targets, nodes };
  }
}

/** Tells whether a failure may be the doing of one target; an agent's own error is not: it says which target it is about. */
function isMaybeOneTarget(error: unknown): error is SandboxError | OutputFormatError {
  if (error instanceof OutputFormatError) return true;
  return error instanceof SandboxError && error.code !== "failed" && error.code !== "spawn";
}
