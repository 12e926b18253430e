/**
 * Opens agent folders: copies them aside, starts their sandboxes, and lets them describe themselves.
 *
 * @module
 */
import { join } from "node:path";
import type { AgentDescription } from "./agent_description.ts";
import { checkDescription } from "./check_description.ts";
import { Sandbox, SandboxError, type SandboxLimits } from "./sandbox.ts";
import { stageFolder } from "./stage_folder.ts";
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

/** Owns the sandboxes of a process. */
export class AgentHost implements AsyncDisposable {
  readonly #options: AgentHostOptions;
  readonly #agents = new Map<string, OpenAgent>();
  #area: StagingArea | undefined;

  constructor(options: AgentHostOptions = {}) {
    this.#options = options;
  }

  /**
   * Opens an agent; opening it again gives the same.
   *
   * @throws {AgentFolderError} If the folder cannot be used.
   * @throws {AgentContractError} If its description breaks the contract.
   * @throws {SandboxError} If its code fails.
   */
  async open(name: string, folder: string): Promise<OpenAgent> {
    const known = this.#agents.get(name);
    if (known) return known;
    this.#area ??= StagingArea.open(this.#options.stagingParent);
    const copy = join(this.#area.path, name);
    stageFolder(folder, copy);
    const { denoPath = Deno.execPath(), limits = {} } = this.#options;
    const sandbox = new Sandbox({
      agent: name,
      folder: copy,
      denoPath,
      etaUrl: import.meta.resolve("eta/core"),
      limits,
    });
    try {
      const description = checkDescription(await describe(sandbox, name), { name, folder });
      const agent = { description, sandbox };
      this.#agents.set(name, agent);
      return agent;
    } catch (error) {
      await sandbox[Symbol.asyncDispose]();
      Deno.removeSync(copy, { recursive: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose]() {
    await Promise.all([...this.#agents.values()].map(({ sandbox }) => sandbox[Symbol.asyncDispose]()));
    this.#area?.[Symbol.dispose]();
    this.#area = undefined;
    this.#agents.clear();
  }
}

async function describe(sandbox: Sandbox, name: string): Promise<unknown> {
  const answer = await sandbox.turn((ask) => ask({ type: "describe" }));
  if (typeof answer !== "object" || answer === null || !Object.hasOwn(answer, "description")) {
    throw new SandboxError("protocol", `Agent ${name} gave no description of itself`);
  }
  return (answer as { description: unknown }).description;
}
