/**
 * Runs a shipper's own check on what an agent wants on disk.
 *
 * @module
 */
import { basename } from "node:path";
import { printable } from "../observe/printable.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import type { MainGiven } from "../render/render_main.ts";
import type { Rendering } from "../render/rendered.ts";
import { fillSettings, missingIn } from "./fill_settings.ts";
import { findProgram } from "./find_program.ts";
import { outputPrint } from "./reload_mark.ts";
import { type ProgramResult, runProgram } from "./run_program.ts";
import type { StagedTree } from "./staged_tree.ts";

/** An agent as it is now. */
export interface CheckedAgent {
  readonly description: AgentDescription;
  /** Values of its settings, secrets among them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Number that changes with the agent's folder and its settings: what was found out before holds no longer then. */
  readonly epoch: number;
  /** Renders the main file of the check. @throws {Error} If that fails. */
  renderMain(given: MainGiven): Promise<string>;
}

/** What a check said: good; bad, in the check's own words; or that there could be none, with the reason. */
export type Verdict =
  | { readonly kind: "good" }
  | { readonly kind: "bad"; readonly why: string }
  | { readonly kind: "unavailable"; readonly why: string };

/** Options of {@linkcode ShipperChecker}. */
export interface ShipperCheckerOptions {
  readonly agent: CheckedAgent;
  /** Folders in which the program is looked for. */
  readonly searchPath: readonly string[];
  readonly tree: StagedTree;
}

/** Characters of a check's words that are kept. */
const MAX_WORDS = 500;
/** Outputs that are remembered as good. */
const MAX_REMEMBERED = 64;
const GOOD: Verdict = { kind: "good" };

/** Checks one agent's output; what was found good is not checked again. */
export class ShipperChecker {
  readonly #options: ShipperCheckerOptions;
  readonly #good = new Set<string>();
  readonly #counts = { good: 0, bad: 0, unavailable: 0 };

  constructor(options: ShipperCheckerOptions) {
    this.#options = options;
  }

  /** Checks that were made, by what they said. */
  stats(): Readonly<Record<Verdict["kind"], number>> {
    return { ...this.#counts };
  }

  /** Gives what names an output, the agent and its settings. */
  printOf({ wanted }: Rendering): string {
    return `${this.#options.agent.epoch} ${outputPrint(wanted)}`;
  }

  /** Checks an output. */
  async check(rendering: Rendering, signal?: AbortSignal): Promise<Verdict> {
    const { check } = this.#options.agent.description;
    const print = this.printOf(rendering);
    if (!check || this.#good.has(print)) return GOOD;
    const verdict = await this.#run(check, rendering, signal);
    this.#counts[verdict.kind]++;
    if (verdict.kind === "good") this.#remember(print);
    return verdict;
  }

  #remember(print: string) {
    this.#good.add(print);
    const [oldest] = this.#good;
    if (this.#good.size > MAX_REMEMBERED) this.#good.delete(oldest!);
  }

  async #run(
    check: NonNullable<AgentDescription["check"]>,
    { wanted }: Rendering,
    signal: AbortSignal | undefined,
  ): Promise<Verdict> {
    const { agent, searchPath, tree } = this.#options;
    const program = findProgram(check.program, searchPath);
    if (!program) return unavailable(`${check.program} is in none of ${searchPath.join(", ")} (WATCHER_CHECK_PATH)`);
    const missing = check.arguments.flatMap((one) => missingIn(one, { main: "", work: "", ...agent.settings }))[0];
    if (missing) return unavailable(`${agent.description.settings[missing]?.env ?? missing} is not set`);
    try {
      await tree.update(wanted);
      const work = tree.emptyFolder();
      const settings = { ...agent.settings, ...tree.places };
      const main = check.main && await this.#writeMain(check.main.template, { settings, files: tree.files, work });
      const result = await runProgram(program, {
        args: check.arguments.map((one) => fillSettings(one, { ...settings, work, main })),
        folder: work,
        searchPath: searchPath.join(":"),
        timeoutMs: check.timeoutSeconds * 1000,
        signal,
      });
      return this.#judge(result, check);
    } catch (error) {
      return unavailable(this.#clean((error as Error).message));
    }
  }

  async #writeMain(template: string, given: MainGiven): Promise<string> {
    const { agent, tree } = this.#options;
    return tree.writeMain(basename(template, ".eta"), await agent.renderMain(given));
  }

  #judge(
    result: ProgramResult,
    { program, goodExitCodes, timeoutSeconds }: NonNullable<AgentDescription["check"]>,
  ): Verdict {
    switch (result.kind) {
      case "aborted":
        return unavailable("the watcher stops");
      case "timeout":
        return unavailable(`${program} did not end within ${timeoutSeconds} s`);
      case "ended": {
        if (result.signal === null && goodExitCodes.includes(result.code)) return GOOD;
        const how = result.signal === null ? `exit code ${result.code}` : `signal ${result.signal}`;
        const words = this.#clean(wordsOf(`${result.stderr}\n${result.stdout}`));
        return { kind: "bad", why: words === "" ? `${program} ended with ${how}` : `${program}: ${words}` };
      }
    }
  }

  /** Takes secrets and private paths out of a program's words, and what steers a terminal. */
  #clean(text: string): string {
    const { agent, tree } = this.#options;
    let clean = tree.asLive(text);
    for (const [name, { secret }] of Object.entries(agent.description.settings)) {
      const value = agent.settings[name];
      if (!secret || typeof value !== "string" || value === "") continue;
      clean = clean.replaceAll(value, "***").replaceAll(JSON.stringify(value).slice(1, -1), "***");
    }
    return printable(clean.trim(), MAX_WORDS);
  }
}

function unavailable(why: string): Verdict {
  return { kind: "unavailable", why };
}

/** Gives the first line that speaks of an error, else the first one. */
function wordsOf(output: string): string {
  // deno-lint-ignore no-control-regex
  const lines = output.replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, "").split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return lines.find((line) => /error|invalid|fail|fatal|unknown|unexpected|cannot|could not|refused/i.test(line)) ??
    lines[0] ?? "";
}
