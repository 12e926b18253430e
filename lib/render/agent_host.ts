/**
 * Opens agent folders: copies them aside, starts their sandboxes, lets them describe themselves, and takes changed folders in.
 *
 * @module
 */
import { join } from "node:path";
import type { AgentDescription } from "./agent_description.ts";
import { AgentContractError, checkDescription, variablesOf } from "./check_description.ts";
import { isPlain } from "./plain.ts";
import { Sandbox } from "./sandbox.ts";
import { SandboxError } from "./sandbox_error.ts";
import type { SandboxLimits } from "./sandbox_limits.ts";
import { stageFolder, stampOf } from "./stage_folder.ts";
import { StagingArea } from "./staging_area.ts";

/** An agent whose folder described itself. */
export interface OpenAgent {
  readonly description: AgentDescription;
  readonly sandbox: Sandbox;
}

/** Options of {@linkcode AgentHost}. */
export interface AgentHostOptions {
  /** Path of the Deno executable, default this process's own. */
  readonly denoPath?: string;
  /** Folder for copies of agent folders, default the system's folder for temporary files. */
  readonly stagingParent?: string | undefined;
  readonly limits?: Partial<SandboxLimits>;
}

/** An agent with its private copy. */
interface Staged {
  readonly agent: OpenAgent;
  readonly copy: string;
}

/** Owns the sandboxes of a process. */
export class AgentHost implements AsyncDisposable {
  readonly #options: AgentHostOptions;
  readonly #agents = new Map<string, Staged>();
  /** Folder of each agent that was asked for, and what it looked like then. */
  readonly #looks = new Map<string, { folder: string; stamp: string }>();
  #area: StagingArea | undefined;
  #copies = 0;

  constructor(options: AgentHostOptions = {}) {
    this.#options = options;
  }

  /**
   * Opens an agent; opening it again gives the same.
   *
   * @throws {AgentFolderError} If the folder cannot be used.
   * @throws {AgentContractError} If its description breaks the contract, or takes another open agent's variable.
   * @throws {SandboxError} If its code fails.
   */
  async open(name: string, folder: string): Promise<OpenAgent> {
    const known = this.#agents.get(name);
    if (known) return known.agent;
    this.#looks.set(name, { folder, stamp: stampOf(folder) });
    return await this.#take(name, folder);
  }

  /**
   * Tells whether the folder of an agent looks different from when it was last opened or reloaded, successfully or not. Cheap: reads no contents.
   */
  changed(name: string): boolean {
    const look = this.#looks.get(name);
    return look !== undefined && stampOf(look.folder) !== look.stamp;
  }

  /**
   * Opens the folder of an agent anew, as it is now. If that fails, the agent as it was stays open, and {@linkcode changed} is false until the
   * folder changes again. A renderer of the agent as it was must not be used afterwards.
   *
   * @throws {TypeError} If the agent was never asked for.
   * @throws {AgentFolderError | AgentContractError | SandboxError} As {@linkcode open}.
   */
  async reload(name: string): Promise<OpenAgent> {
    const look = this.#looks.get(name);
    if (!look) throw new TypeError(`Cannot reload agent ${name}: it was never opened`);
    // Before reading: a change in between is seen by the next look.
    look.stamp = stampOf(look.folder);
    const old = this.#agents.get(name);
    const agent = await this.#take(name, look.folder);
    if (old) await discard(old);
    return agent;
  }

  async [Symbol.asyncDispose]() {
    await Promise.all([...this.#agents.values()].map(({ agent }) => agent.sandbox[Symbol.asyncDispose]()));
    this.#area?.[Symbol.dispose]();
    this.#area = undefined;
    this.#agents.clear();
    this.#looks.clear();
  }

  async #take(name: string, folder: string): Promise<OpenAgent> {
    this.#area ??= StagingArea.open(this.#options.stagingParent);
    const copy = join(this.#area.path, `${++this.#copies}-${name}`);
    stageFolder(folder, copy);
    const { denoPath = Deno.execPath(), limits = {} } = this.#options;
    const etaUrl = import.meta.resolve("eta/core");
    const sandbox = new Sandbox({ agent: name, folder: copy, denoPath, etaUrl, limits });
    try {
      const description = checkDescription(await describe(sandbox, name), { name, folder });
      this.#refuseForeignVariables(description);
      const agent = { description, sandbox };
      this.#agents.set(name, { agent, copy });
      return agent;
    } catch (error) {
      await discard({ agent: { sandbox }, copy });
      throw error;
    }
  }

  /** No agent may see the settings of another, secrets among them. */
  #refuseForeignVariables({ name, folder, settings }: AgentDescription) {
    const own = new Set(Object.values(settings).flatMap(variablesOf));
    for (const [other, { agent }] of this.#agents) {
      if (other === name) continue;
      const shared = Object.values(agent.description.settings).flatMap(variablesOf).find((env) => own.has(env));
      if (shared === undefined) continue;
      throw new AgentContractError(
        `Agent ${name} (${folder}/context.ts): settings has env ${shared}, which belongs to agent ${other}; rename one of them`,
      );
    }
  }
}

async function discard({ agent, copy }: { agent: Pick<OpenAgent, "sandbox">; copy: string }) {
  await agent.sandbox[Symbol.asyncDispose]();
  Deno.removeSync(copy, { recursive: true });
}

async function describe(sandbox: Sandbox, name: string): Promise<unknown> {
  const answer = await sandbox.turn((ask) => ask({ type: "describe" }));
  if (!isPlain(answer) || answer.type !== "described" || !Object.hasOwn(answer, "description")) {
    throw new SandboxError("protocol", `Agent ${name} gave no description of itself`);
  }
  return answer.description;
}
