/**
 * The sandbox of one agent, seen from the host: a child process that is started when it is needed, and let go when idle.
 *
 * @module
 */
import { AgentChild, type AgentChildOptions } from "./agent_child.ts";
import type { Request } from "./protocol.ts";
import { SandboxError } from "./sandbox_error.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "./sandbox_limits.ts";

export { DEFAULT_LIMITS, SandboxError, type SandboxLimits };

/** Options of {@linkcode Sandbox}. */
export interface SandboxOptions extends Omit<AgentChildOptions, "limits"> {
  /** Limits of the child, default {@linkcode DEFAULT_LIMITS}. */
  readonly limits?: Partial<SandboxLimits>;
}

/** Asks the child and gives its answer, parsed and otherwise unchecked. */
export type Ask = (request: Request) => Promise<unknown>;

/** Runs one agent's folder in a child without permissions. Requests are answered one after the other. */
export class Sandbox implements AsyncDisposable {
  readonly #options: AgentChildOptions;
  #child: AgentChild | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #ending: Promise<unknown> = Promise.resolve();
  #starts = 0;

  constructor(options: SandboxOptions) {
    this.#options = { ...options, limits: { ...DEFAULT_LIMITS, ...options.limits } };
  }

  /**
   * Has the child for a series of requests that nothing comes between.
   *
   * @param work Gets a function that asks the child, and the number of processes started so far.
   * @param options.isFresh Whether the child must be a new one, default false.
   * @throws {SandboxError} If there is no usable answer; the child is ended then, and the next turn starts a new one.
   */
  async turn<T>(
    work: (ask: Ask, starts: number) => Promise<T>,
    { isFresh = false }: { isFresh?: boolean } = {},
  ): Promise<T> {
    const turn = this.#queue.then(async () => {
      clearTimeout(this.#idleTimer);
      if (isFresh) await this.release();
      const child = this.#child ??= this.#start();
      try {
        return await work((request) => this.#ask(child, request), this.#starts);
      } finally {
        const { idleMs } = this.#options.limits;
        if (this.#child && idleMs < Infinity) this.#idleTimer = setTimeout(() => void this.release(), idleMs);
      }
    });
    this.#queue = turn.catch(() => {});
    return await turn;
  }

  /** Ends the child, if there is one. */
  async release() {
    clearTimeout(this.#idleTimer);
    const child = this.#child;
    this.#child = undefined;
    // Also waits for a child that is being let go just now.
    this.#ending = Promise.all([this.#ending, child?.end()]);
    await this.#ending;
  }

  async [Symbol.asyncDispose]() {
    await this.#queue;
    await this.release();
  }

  #start(): AgentChild {
    const child = new AgentChild(this.#options);
    this.#starts++;
    return child;
  }

  async #ask(child: AgentChild, request: Request): Promise<unknown> {
    try {
      return await child.exchange(request);
    } catch (error) {
      if (!(error instanceof SandboxError && error.code === "failed") && this.#child === child) this.#child = undefined;
      throw error;
    }
  }
}
