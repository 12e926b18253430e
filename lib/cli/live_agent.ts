/**
 * An agent as it is now: before each rendering a changed secret and a changed folder are taken in.
 *
 * @module
 */
import type { AgentConfig } from "../config/config.ts";
import { readSecrets } from "../config/secrets.ts";
import type { LogTarget, NodeContext } from "../join/log_target.ts";
import type { Log } from "../observe/log.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import type { AgentHost, OpenAgent } from "../render/agent_host.ts";
import { AgentRenderer } from "../render/agent_renderer.ts";
import { type MainGiven, renderMain } from "../render/render_main.ts";
import type { Rendering } from "../render/rendered.ts";
import { hideSecrets } from "./hide_secrets.ts";

/** Options of {@linkcode LiveAgent}. */
export interface LiveAgentOptions {
  readonly agent: AgentConfig;
  readonly opened: OpenAgent;
  readonly host: AgentHost;
  readonly node: NodeContext;
  /** Folders in which container logs may lie, absolute. */
  readonly logRoots: readonly string[];
  readonly log: Log;
}

/** Renders an agent. Not to be called again before the last call has returned. */
export class LiveAgent {
  readonly #options: LiveAgentOptions;
  readonly #name: string;
  #settings: AgentConfig["settings"];
  #opened: OpenAgent;
  #renderer: AgentRenderer;
  #epoch = 0;

  constructor(options: LiveAgentOptions) {
    this.#options = options;
    this.#name = options.agent.description.name;
    this.#settings = options.agent.settings;
    this.#opened = options.opened;
    this.#renderer = this.#rendererOf(options.opened);
  }

  /** What the agent says of itself now. */
  get description(): AgentDescription {
    return this.#opened.description;
  }

  /** Values of its settings that are in force, secrets among them. */
  get settings(): AgentConfig["settings"] {
    return this.#settings;
  }

  /** Number that changes with the agent's folder and its settings. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Renders the main file of the agent's check, see {@linkcode renderMain}. */
  async renderMain(given: MainGiven): Promise<string> {
    return await renderMain({ ...this.#opened, node: this.#options.node }, given);
  }

  /** Renders with what is in force now; see {@linkcode AgentRenderer.render}. */
  async render(targets: readonly LogTarget[], options: { signal?: AbortSignal } = {}): Promise<Rendering> {
    await this.#takeSecrets();
    await this.#takeFolder();
    try {
      return this.#withoutSecrets(await this.#renderer.render(targets, options));
    } catch (error) {
      if (error instanceof Error) error.message = this.#hidden(error.message);
      throw error;
    }
  }

  /** What the agent says is logged, shown and told in events, and it knows its secrets. */
  #withoutSecrets(rendering: Rendering): Rendering {
    const { refused, warnings, unexpressed } = rendering;
    if (this.#options.agent.secrets.length === 0 || refused.length + warnings.length + unexpressed.length === 0) {
      return rendering;
    }
    const hide = (text: string) => this.#hidden(text);
    return {
      ...rendering,
      refused: refused.map((one) => ({ ...one, reason: hide(one.reason) })),
      warnings: warnings.map((one) => ({ ...one, subject: hide(one.subject), expected: hide(one.expected) })),
      unexpressed: unexpressed.map((one) => ({ ...one, reason: hide(one.reason) })),
    };
  }

  #hidden(text: string): string {
    const { secrets } = this.#options.agent;
    return hideSecrets(text, { agent: { secrets, settings: this.#settings, samples: [] }, mask: "***", texts: [] });
  }

  async #takeSecrets() {
    const { agent, log } = this.#options;
    try {
      const fresh = await readSecrets({ ...agent, settings: this.#settings }, Deno.readTextFile);
      if (fresh !== this.#settings) {
        this.#renderer.changeSettings(this.#settings = fresh);
        this.#epoch++;
      }
      log.forget(`secrets of ${this.#name}`);
    } catch (error) {
      const message = `${(error as Error).message}; the value known so far stays in force`;
      log.once(`secrets of ${this.#name}`, "error", message, { agent: this.#name });
    }
  }

  async #takeFolder() {
    const { agent, host, log } = this.#options;
    if (!host.changed(this.#name)) return;
    try {
      const opened = await host.reload(this.#name);
      this.#opened = opened;
      this.#renderer = this.#rendererOf(opened);
      this.#epoch++;
      log.info(`Agent ${this.#name} was changed and is in force now`, {
        agent: this.#name,
        folder: opened.description.folder,
      });
      const isSame = JSON.stringify(opened.description.settings) === JSON.stringify(agent.description.settings);
      if (!isSame) {
        log.warn(`Agent ${this.#name} declares other settings now: restart the watcher to give it their values`, {
          agent: this.#name,
        });
      }
    } catch (error) {
      log.error(`${(error as Error).message}; the agent as it was stays in force`, { agent: this.#name });
    }
  }

  #rendererOf({ description, sandbox }: OpenAgent): AgentRenderer {
    const { node, logRoots } = this.#options;
    return new AgentRenderer({ description, sandbox, node, settings: this.#settings, logRoots });
  }
}
