/**
 * Keeps one agent's rendering true to a list of targets: asks its sandbox for what changed, checks the answers, remembers the rest.
 *
 * @module
 */
import type { LogTarget, NodeContext } from "../join/log_target.ts";
import type { AgentDescription } from "./agent_description.ts";
import { checkAnswer, type CheckedAnswer } from "./check_answer.ts";
import { OutputFormatError } from "./formats.ts";
import { refuseLinksInPath } from "./link_checks.ts";
import { fillPath, OutputPathError, rootOf } from "./output_path.ts";
import { printable } from "./printable.ts";
import type { NodeAnswer } from "./protocol.ts";
import type { InputWarning, Refusal, Rendered, Rendering } from "./rendered.ts";
import type { Ask, Sandbox } from "./sandbox.ts";
import { SandboxError } from "./sandbox_error.ts";
import { TakenPaths } from "./taken_paths.ts";
import { type PreparedOutput, prepareOutputs, targetFiles } from "./target_files.ts";

/** Longest reason of a refusal, in UTF-16 units. */
const MAX_REASON = 3000;

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

/** What is known of one target's rendering. */
interface Known {
  /** The target that was asked for last. */
  readonly wanted: LogTarget;
  /** The last version that could be rendered; undefined if there is none. */
  readonly used: LogTarget | undefined;
  readonly files: readonly Rendered[];
  readonly warnings: readonly InputWarning[];
  readonly refusal: Refusal | undefined;
}

/** Renders one agent. Not to be called again before the last call has returned. */
export class AgentRenderer {
  readonly #options: AgentRendererOptions;
  readonly #known = new Map<string, Known>();
  #settings: Readonly<Record<string, unknown>>;
  #outputs: Promise<PreparedOutput[]> | undefined;
  /** Process that was given the settings and all targets; -1 for none. */
  #configured = -1;
  #last: Rendering | undefined;

  constructor(options: AgentRendererOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** Takes changed settings, e.g. a rotated secret: everything is rendered anew. */
  changeSettings(settings: Readonly<Record<string, unknown>>) {
    this.#settings = settings;
    this.#configured = -1;
    this.#last = undefined;
  }

  /**
   * Renders what the targets want on disk.
   *
   * A target that cannot be rendered keeps its last good version, or is left out; the others are not affected.
   *
   * @throws {SandboxError} If the agent as a whole failed: then nothing is known, and what is on disk should stay.
   * @throws {OutputFormatError} If a file per node does not parse or has not one element per container.
   */
  async render(targets: readonly LogTarget[]): Promise<Rendering> {
    const wanted = new Map(targets.map((target) => [target.id, target]));
    const changed = targets.filter((target) => this.#known.get(target.id)?.wanted !== target);
    const removed = [...this.#known.keys()].filter((id) => !wanted.has(id));
    if (this.#last && changed.length === 0 && removed.length === 0) return this.#last;
    const outputs = await (this.#outputs ??= prepareOutputs(this.#options.description));
    const needsAll = outputs.some((output) => output.kind === "file" && output.output.each === "node");
    try {
      return this.#last = await this.#options.sandbox.turn(async (ask, starts) => {
        const isFresh = this.#configured !== starts;
        if (isFresh) await ask({ type: "configure", node: this.#options.node, settings: this.#settings });
        const all = isFresh && (needsAll || this.#last === undefined);
        const asked = all ? targets : changed;
        const answer = await this.#ask(ask, { upsert: asked, remove: removed });
        for (const id of removed) this.#known.delete(id);
        this.#configured = starts;
        const previous = this.#take(answer, { asked, outputs });
        return this.#assemble(await this.#restoreFailed(ask, { answer, asked, previous }), { wanted, outputs });
      });
    } catch (error) {
      this.#configured = -1;
      this.#last = undefined;
      throw error;
    }
  }

  async #ask(ask: Ask, change: { upsert: readonly LogTarget[]; remove: readonly string[] }): Promise<CheckedAnswer> {
    return checkAnswer(await ask({ type: "render", ...change }), this.#options.description.name);
  }

  /** Takes the answers for the targets asked for into what is known; gives what was known of them before. */
  #take(
    answer: CheckedAnswer,
    { asked, outputs }: { asked: readonly LogTarget[]; outputs: readonly PreparedOutput[] },
  ): Map<string, Known> {
    const options = { outputs, settings: this.#settings, logRoots: this.#options.logRoots };
    const previous = new Map<string, Known>();
    for (const target of asked) {
      const before = this.#known.get(target.id);
      if (before) previous.set(target.id, before);
      const one = answer.targets.get(target.id);
      const warnings = (one?.warnings ?? []).map((warning) => ({ targetId: target.id, ...warning }));
      try {
        if (!one) throw new OutputPathError("It gave no answer for this container");
        if (one.error !== undefined) throw new OutputPathError(one.error);
        const files = targetFiles(target, one, options);
        this.#known.set(target.id, { wanted: target, used: target, files, warnings, refusal: undefined });
      } catch (error) {
        if (!(error instanceof OutputPathError || error instanceof OutputFormatError)) throw error;
        this.#fallBack(target, { before, warnings, why: error.message });
      }
    }
    return previous;
  }

  /** Notes that a target could not be rendered; its last good version stays, if there is one. */
  #fallBack(
    target: LogTarget,
    { before, warnings, why }: { before: Known | undefined; warnings: readonly InputWarning[]; why: string },
  ) {
    const refusal = this.#refusal(target, why);
    this.#known.set(target.id, { wanted: target, used: before?.used, files: before?.files ?? [], warnings, refusal });
  }

  /** Gives the child the last good version of those targets that failed, so that files per node keep them. */
  async #restoreFailed(
    ask: Ask,
    { answer, asked, previous }: {
      answer: CheckedAnswer;
      asked: readonly LogTarget[];
      previous: ReadonlyMap<string, Known>;
    },
  ): Promise<CheckedAnswer> {
    const askedIds = new Set(asked.map(({ id }) => id));
    const suspects = new Set(askedIds);
    for (const { id, error } of [...answer.nodes.values()].flatMap(({ leftOut }) => leftOut)) {
      const known = this.#known.get(id);
      if (!known) continue;
      // The good version of a target that was not asked for is the one that is known.
      const before = askedIds.has(id) ? previous.get(id) : known;
      this.#fallBack(known.wanted, { before, warnings: known.warnings, why: error });
      suspects.add(id);
    }
    const failed = [...suspects].flatMap((id) => this.#known.get(id) ?? []).filter((known) =>
      known.refusal !== undefined
    );
    if (failed.length === 0) return answer;
    const upsert = failed.flatMap((known) => known.used ?? []);
    const remove = failed.filter((known) => !known.used).map((known) => known.wanted.id);
    const { nodes } = await this.#ask(ask, { upsert, remove });
    return { targets: answer.targets, nodes };
  }

  #refusal(target: LogTarget, why: string): Refusal {
    const { pod, container } = target;
    // Names are no longer than this, but for an API that checks none.
    const whose = printable(`${pod.namespace}/${pod.name}/${container.name}`, 400);
    return {
      targetId: target.id,
      reason: printable(`Agent ${this.#options.description.name} cannot render ${whose}: ${why}`, MAX_REASON),
    };
  }

  #assemble(
    answer: CheckedAnswer,
    { wanted, outputs }: { wanted: ReadonlyMap<string, LogTarget>; outputs: readonly PreparedOutput[] },
  ): Rendering {
    const refused = new Map<string, Refusal>();
    const taken = new TakenPaths();
    const nodeFiles = outputs.flatMap((output) => this.#nodeFile(answer, { output, wanted }));
    for (const file of nodeFiles) {
      const clash = taken.claim([file], "another file for the node");
      if (clash) throw new OutputPathError(`Agent ${this.#options.description.name} cannot be rendered: ${clash}`);
    }
    const links: Rendered[] = [];
    const files: Rendered[] = [];
    const warnings: InputWarning[] = [];
    for (const id of [...wanted.keys()].sort()) {
      const known = this.#known.get(id);
      if (!known) continue;
      warnings.push(...known.warnings);
      if (known.refusal) refused.set(id, known.refusal);
      if (!known.used) continue;
      const clash = taken.claim(known.files, `container ${id}`);
      if (clash) {
        refused.set(id, this.#refusal(known.wanted, clash));
        continue;
      }
      for (const file of known.files) (file.kind === "link" ? links : files).push(file);
    }
    return {
      wanted: [...links.sort(byPath), ...files.sort(byPath), ...nodeFiles.sort(byPath)],
      refused: [...refused.values()],
      warnings,
    };
  }

  /** Makes the file of an `each: "node"` output. */
  #nodeFile(
    answer: CheckedAnswer,
    { output, wanted }: { output: PreparedOutput; wanted: ReadonlyMap<string, LogTarget> },
  ): Rendered[] {
    if (output.kind !== "file" || output.output.each !== "node") return [];
    const { name } = this.#options.description;
    const node = answer.nodes.get(output.name);
    if (!node) throw new SandboxError("protocol", `Agent ${name} gave no contents for its output ${output.name}`);
    if (node.contents === undefined) {
      throw new SandboxError("failed", `Agent ${name} failed in ${output.output.template}: ${node.error}`);
    }
    output.check(node.contents, this.#countIn(node, wanted));
    const place = {
      path: fillPath(output.pattern, { settings: this.#settings, fields: {} }),
      root: rootOf(output.pattern, this.#settings),
    };
    refuseLinksInPath(place);
    return [{ kind: "file", ...place, contents: node.contents, mode: output.output.mode ?? 0o640 }];
  }

  /** Counts the containers that must be in a file for the node: those with a good version, less those that the agent says it left out. */
  #countIn(node: NodeAnswer, wanted: ReadonlyMap<string, LogTarget>): number {
    const leftOut = new Set(node.leftOut.map(({ id }) => id));
    let count = 0;
    for (const id of wanted.keys()) if (this.#known.get(id)?.used && !leftOut.has(id)) count++;
    return count;
  }
}

function byPath(a: Rendered, b: Rendered): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
