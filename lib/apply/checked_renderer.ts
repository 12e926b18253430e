/**
 * Lets only through what the shipper's own check takes: containers that it refuses are found and set aside, the rest goes live.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";
import type { Log } from "../observe/log.ts";
import type { AgentRenderer } from "../render/agent_renderer.ts";
import type { Refusal, Rendering } from "../render/rendered.ts";
import { Quarantine } from "./quarantine.ts";
import type { CheckedAgent, ShipperChecker } from "./shipper_checker.ts";
import { searchSuspects } from "./suspect_search.ts";

/** What is not checked, or refused as a whole, must not go live. */
export class CheckError extends Error {
  override name = "CheckError";
}

/** A rendering that may go live. */
export interface CheckedRendering extends Rendering {
  /** Containers that are left out, or kept as they were, because of the check. */
  readonly quarantined: number;
  /** Whether more could go live after a further attempt. */
  readonly isUnfinished: boolean;
}

/** Options of {@linkcode CheckedRenderer}. */
export interface CheckedRendererOptions {
  readonly agent: CheckedAgent & Pick<AgentRenderer, "render">;
  readonly checker: Pick<ShipperChecker, "check" | "printOf" | "stats">;
  /** `warn` only reports; `require` lets nothing through that was not found good. */
  readonly mode: "warn" | "require";
  readonly log: Log;
  /** Longest time of a search in milliseconds, default 180,000; the next attempt goes on with it. */
  readonly searchMs?: number;
}

interface RenderOptions {
  readonly signal?: AbortSignal;
}

const SEARCH_MS = 180_000;
/** Searches for one and the same output that may come to nothing; each one begins with other containers. */
const MAX_SEARCHES = 3;

/** Renders an agent and has the outcome checked. Not to be called again before the last call has returned. */
export class CheckedRenderer {
  readonly #options: CheckedRendererOptions;
  readonly #quarantine = new Quarantine();
  #epoch: number | undefined;
  /** The last rendering that went live. */
  #passed: Rendering | undefined;
  /** An output with which searches found no container to blame, and how many did. */
  #hopeless: { readonly print: string; readonly searches: number } | undefined;

  constructor(options: CheckedRendererOptions) {
    this.#options = options;
  }

  /** Checks that were made, by what they said. */
  checks(): ReturnType<ShipperChecker["stats"]> {
    return this.#options.checker.stats();
  }

  /**
   * Renders what may go live.
   *
   * @throws {CheckError} With `require`: if it could not be checked, or is refused and no container alone is to blame.
   * @throws {Error} As the agent's rendering.
   */
  async render(targets: readonly LogTarget[], options: RenderOptions = {}): Promise<CheckedRendering> {
    const { list, rendering } = await this.#renderAsItIs(targets, options);
    if (rendering === this.#passed) return this.#result(rendering, targets);
    const verdict = await this.#options.checker.check(rendering, options.signal);
    if (verdict.kind === "good") return this.#pass(rendering, { list, targets });
    const { name, check } = this.#options.agent.description;
    const why = verdict.kind === "bad"
      ? `Agent ${name}: what is wanted is refused by its check: ${verdict.why}`
      : `Agent ${name}: what is wanted cannot be checked by ${check?.program}: ${verdict.why}`;
    if (this.#options.mode === "warn") {
      this.#options.log.once(`check ${name}`, "warn", `${why}; it goes live nevertheless`, { agent: name });
      this.#passed = rendering;
      return this.#result(rendering, targets);
    }
    if (verdict.kind === "unavailable") throw new CheckError(why);
    return await this.#search({ targets, list, rendering, why: verdict.why, failure: why }, options);
  }

  /** Renders with the versions that are not set aside; what was learned of an agent that is another one now is forgotten. */
  async #renderAsItIs(targets: readonly LogTarget[], options: RenderOptions) {
    const { agent } = this.#options;
    for (;;) {
      const list = this.#quarantine.withoutBad(targets);
      const rendering = await agent.render(list, options);
      if (agent.epoch === this.#epoch) return { list, rendering };
      const isStart = this.#epoch === undefined;
      this.#epoch = agent.epoch;
      this.#passed = this.#hopeless = undefined;
      this.#quarantine.clear();
      if (isStart) return { list, rendering };
    }
  }

  /** Finds out which containers are to blame, and gives the rendering without them. */
  async #search(
    { targets, list, rendering, why, failure }: {
      targets: readonly LogTarget[];
      list: readonly LogTarget[];
      rendering: Rendering;
      why: string;
      failure: string;
    },
    options: RenderOptions,
  ): Promise<CheckedRendering> {
    const print = this.#options.checker.printOf(rendering);
    const refused = new Set(rendering.refused.map(({ targetId }) => targetId));
    const suspects = list.filter((target) => !refused.has(target.id) && !this.#quarantine.isGood(target));
    const failedSearches = this.#hopeless?.print === print ? this.#hopeless.searches : 0;
    if (suspects.length === 0 || failedSearches >= MAX_SEARCHES) throw new CheckError(failure);
    const isSuspect = new Set(suspects);
    const listWith = (accepted: readonly LogTarget[]) => {
      const isAccepted = new Set(accepted);
      return list.flatMap((target) =>
        !isSuspect.has(target) || isAccepted.has(target) ? target : this.#quarantine.goodOf(target.id) ?? []
      );
    };
    const probe = async (accepted: readonly LogTarget[]) => await this.#probe(listWith(accepted), options);
    const baseWhy = await probe([]);
    const isBaseGood = baseWhy === undefined;
    const endMs = performance.now() + (this.#options.searchMs ?? SEARCH_MS);
    const found = isBaseGood || listWith([]).length === 0
      ? await searchSuspects(suspects, {
        probe,
        why,
        isBaseGood,
        failedSearches,
        isOver: () => performance.now() > endMs,
      })
      : undefined;
    if (!found || (found.accepted.length === 0 && found.bad.size === 0)) {
      this.#hopeless = { print, searches: failedSearches + 1 };
      throw new CheckError(failure);
    }
    for (const [version, words] of found.bad) this.#quarantine.setAside(version, this.#reasonOf(version, words));
    const live = listWith(found.accepted);
    const last = await this.#options.agent.render(live, options);
    const verdict = await this.#options.checker.check(last, options.signal);
    if (verdict.kind !== "good") throw new CheckError(failure);
    return this.#pass(last, { list: live, targets, open: found.open });
  }

  async #probe(list: readonly LogTarget[], options: RenderOptions): Promise<string | undefined> {
    const { agent, checker } = this.#options;
    const rendering = await agent.render(list, options);
    const { name } = agent.description;
    if (agent.epoch !== this.#epoch) throw new CheckError(`Agent ${name} or its settings changed while it was checked`);
    const verdict = await checker.check(rendering, options.signal);
    if (verdict.kind === "unavailable") throw new CheckError(`Agent ${name} cannot be checked: ${verdict.why}`);
    return verdict.kind === "bad" ? verdict.why : undefined;
  }

  #pass(
    rendering: Rendering,
    { list, targets, open = [] }: {
      list: readonly LogTarget[];
      targets: readonly LogTarget[];
      open?: readonly LogTarget[];
    },
  ): CheckedRendering {
    this.#passed = rendering;
    this.#hopeless = undefined;
    this.#options.log.forget(`check ${this.#options.agent.description.name}`);
    this.#quarantine.accept(list, new Set(rendering.refused.map(({ targetId }) => targetId)));
    return this.#result(rendering, targets, open);
  }

  #result(rendering: Rendering, targets: readonly LogTarget[], open: readonly LogTarget[] = []): CheckedRendering {
    const setAside = this.#quarantine.refusals(targets);
    const waiting = open.map((target): Refusal => ({
      targetId: target.id,
      reason: this.#sentence(
        target,
        "is not checked yet, the search for what is refused was given up; it goes on at the next attempt",
      ),
    }));
    return {
      ...rendering,
      refused: [...rendering.refused, ...setAside, ...waiting],
      quarantined: setAside.length,
      isUnfinished: open.length > 0,
    };
  }

  #reasonOf(version: LogTarget, words: string): string {
    return this.#sentence(
      version,
      `is refused by the shipper's check: ${words}; it stays as it was until the pod, the agent or a setting changes`,
    );
  }

  #sentence({ pod, container }: LogTarget, what: string): string {
    return `Agent ${this.#options.agent.description.name}: ${pod.namespace}/${pod.name}, container ${container.name}, ${what}`;
  }
}
