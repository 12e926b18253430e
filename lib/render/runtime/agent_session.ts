/**
 * What an agent's child process knows between requests: the loaded agent, its settings, and the contexts of its targets.
 *
 * @module
 */
import type { Agent, FileOutput, HintName, LogTarget, NodeContext, Output, Scope } from "../agent.ts";
import type { Answer, ConfigureRequest, MainRequest, NodeAnswer, RenderRequest, TargetAnswer } from "../protocol.ts";
import { holds } from "./condition.ts";
import type { RenderTemplate } from "./engine.ts";
import { deepFreeze } from "./deep_freeze.ts";
import { errorText } from "./error_text.ts";
import { limitSize, MAX_WARNING_TEXT, MAX_WARNINGS } from "./target_size.ts";

/** Answers requests for one agent. */
export class AgentSession {
  readonly #agent: Agent;
  readonly #render: RenderTemplate;
  readonly #contexts = new Map<string, object>();
  #node: NodeContext | undefined;
  #settings: Scope["settings"] = {};

  constructor(agent: Agent, render: RenderTemplate) {
    this.#agent = agent;
    this.#render = render;
  }

  /** Gives the plain-data part of the agent. */
  describe(): Answer {
    const { summary, settings, outputs, minSecondsBetweenWrites, expresses, check, reload } = this.#agent;
    const languages = Object.fromEntries(
      Object.entries(this.#agent.languages ?? {}).map(([name, language]) => [
        name,
        typeof language?.write === "function" ? language.like ?? "text" : null,
      ]),
    );
    return {
      type: "described",
      description: { summary, settings, outputs, minSecondsBetweenWrites, languages, expresses, check, reload },
    };
  }

  /** Takes node and settings, forgets all targets. */
  configure(request: ConfigureRequest): Answer {
    this.#node = deepFreeze(request.node);
    this.#settings = deepFreeze(request.settings) as Scope["settings"];
    this.#contexts.clear();
    return { type: "configured" };
  }

  /**
   * Takes changed targets and renders what follows from them.
   *
   * @param progress Is told how many targets were begun so far, and the place of the present one in the request, from 1; 0 for none.
   */
  render(request: RenderRequest, progress: Int32Array = new Int32Array(2)): Answer {
    for (const id of request.remove) this.#contexts.delete(id);
    const targets = request.upsert.map((target, index) => {
      progress[0]!++;
      progress[1] = index + 1;
      return this.#renderTarget(target);
    });
    progress[1] = 0;
    const nodes: Record<string, NodeAnswer> = {};
    for (const [name, output] of this.#outputs()) {
      if (isFile(output) && output.each === "node") nodes[name] = this.#renderNode(output);
    }
    return { type: "rendered", targets, nodes };
  }

  /** Renders the main file of the shipper's own check. */
  renderMain({ node, settings, files, work }: MainRequest): Answer {
    const main = this.#agent.check?.main;
    if (!main) throw new Error("The agent's check has no main file");
    const scope = { node, settings: deepFreeze(settings) as Scope["settings"], warn: () => {}, cannot: () => {} };
    const it = { ...this.#agent.shared?.(scope), node, settings, files, work };
    return { type: "main", contents: this.#render(main.template, main.format, it) };
  }

  #renderTarget(target: LogTarget): TargetAnswer {
    const warnings: { subject: string; expected: string }[] = [];
    const unexpressed: { hint: HintName; why: string }[] = [];
    this.#contexts.delete(target.id);
    try {
      const warn = (subject: string, expected: string) => {
        if (warnings.length >= MAX_WARNINGS) return;
        const [about, wanted] = [subject, expected].map((text) => String(text).slice(0, MAX_WARNING_TEXT));
        warnings.push({ subject: about!, expected: wanted! });
      };
      const cannot = (hint: HintName, why: string) => {
        if (unexpressed.length >= MAX_WARNINGS) return;
        unexpressed.push({ hint, why: String(why).slice(0, MAX_WARNING_TEXT) });
      };
      const context = deepFreeze(
        checkContext(this.#agent.context(deepFreeze(target), { ...this.#scope(), warn, cannot })),
      );
      const files: Record<string, string> = {};
      const nodeFormats: string[] = [];
      for (const [name, output] of this.#outputs()) {
        if (!isFile(output)) continue;
        if (output.each === "node") nodeFormats.push(this.#agent.languages?.[output.format]?.like ?? output.format);
        else files[name] = this.#render(output.template, output.format, context);
      }
      limitSize(context, { files, nodeFormats });
      this.#contexts.set(target.id, context);
      return { id: target.id, warnings, unexpressed, fields: this.#fields(context), files };
    } catch (error) {
      return { id: target.id, error: errorText(error), warnings, unexpressed, fields: {}, files: {} };
    }
  }

  /** Lists the outputs that there are with these settings. */
  #outputs(): [string, Output][] {
    return Object.entries(this.#agent.outputs).filter(([, { onlyIf }]) => holds(onlyIf, this.#settings));
  }

  #scope() {
    if (!this.#node) throw new Error("Render was asked for before configure");
    return { node: this.#node, settings: this.#settings, warn: () => {}, cannot: () => {} };
  }

  /** Picks the fields that path patterns name. */
  #fields(context: object): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const [, output] of this.#outputs()) {
      const pattern = isFile(output) ? (output.each === "container" ? output.path : "") : output.link;
      const names = [...pattern.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]!);
      if (!isFile(output) && output.to !== undefined) names.push(output.to);
      for (const name of names) {
        const value = (context as Record<string, unknown>)[name];
        if (typeof value === "string") fields[name] = value;
      }
    }
    return fields;
  }

  #renderNode(output: FileOutput): NodeAnswer {
    const all = [...this.#contexts].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
    try {
      return { contents: this.#renderContexts(output, all), count: all.length, leftOut: [] };
    } catch (error) {
      return this.#renderWithoutFailing(output, { all, error });
    }
  }

  #renderContexts(output: FileOutput, contexts: readonly (readonly [string, object])[]): string {
    const scope = this.#scope();
    const shared = this.#agent.shared?.(scope) ?? {};
    const containers = contexts.map(([, context]) => context);
    return this.#render(output.template, output.format, {
      ...shared,
      node: scope.node,
      settings: scope.settings,
      containers,
    });
  }

  /** Finds the targets for which the template fails when each is alone in it, and renders without them. */
  #renderWithoutFailing(
    output: FileOutput,
    failure: { all: readonly (readonly [string, object])[]; error: unknown },
  ): NodeAnswer {
    const leftOut: { id: string; error: string }[] = [];
    try {
      this.#renderContexts(output, []);
      const good = failure.all.filter((entry) => {
        try {
          this.#renderContexts(output, [entry]);
          return true;
        } catch (error) {
          leftOut.push({ id: entry[0], error: errorText(error) });
          return false;
        }
      });
      return { contents: this.#renderContexts(output, good), count: good.length, leftOut };
    } catch {
      return { error: errorText(failure.error), count: 0, leftOut: [] };
    }
  }
}

function checkContext(context: unknown): object {
  if (context instanceof Promise) {
    // Its failure, too, is this target's alone.
    context.catch(() => {});
    throw new TypeError("context returned a promise, must return its data at once");
  }
  if (typeof context === "object" && context !== null) return context;
  throw new TypeError(`context returned ${String(context)}, not an object`);
}

function isFile(output: Output): output is FileOutput {
  return "template" in output;
}
