/**
 * The command `config check`: whether a configuration file is right.
 *
 * @module
 */
import { placedProblem, sortByPlace } from "../config/placed_problem.ts";
import { ConfigError, resolveConfig } from "../config/resolve.ts";
import { hasEnded } from "../config/rule_summary.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT, UsageError } from "./failure.ts";
import { INSPECT_SETTINGS } from "./inspect_config.ts";

/** Declares `config check`. */
export const configCheckCommand: CommandDefinition = {
  name: "config check",
  needs: ["read", "write", "run"],
  uses: ["env"],
  summary: "Check a configuration file: everything that is wrong in it, with its place",
  description:
    "Reads the file that --config or WATCHER_CONFIG names, with the settings that are given besides, and lists all mistakes with file, line and column. Exit code 1 if there are any.",
  takesAgentNames: false,
  settings: INSPECT_SETTINGS,
  takesAgentSettings: true,
  takesFaultyFile: true,
  options: [{ flag: "output", help: "Form of the output", choices: ["text", "json"] }],
  examples: [["deno task start config check --config ./watcher.yaml", "before it is deployed"]],
  usesNetwork: () => false,
  async execute({ options }, { agents, file, given, terminal, hasServiceAccount }) {
    if (!file) throw new UsageError("config check needs --config, or WATCHER_CONFIG");
    const resolved = file.isBroken ? [] : await problemsOfSettings();
    const problems = sortByPlace([...file.problems, ...resolved], file.path);
    const ended = file.summaries.filter(hasEnded);
    const notes = ended.map(({ kind, name, from, ends }) =>
      `${from}: ${kind}${name === "" ? "" : ` ${name}`} has no effect any more: it ended at ${ends}`
    );
    const isGood = problems.length === 0;
    const text = isGood
      ? `${file.path} is right: ${file.settings.size} settings, ${countRules(file.rules)} rules`
      : problems.join("\n");
    const placed = (sentences: readonly string[]) => sentences.map((one) => placedProblem(one, file.path));
    await terminal.out(
      options.get("output") === "json"
        ? JSON.stringify({ isGood, problems: placed(problems), notes: placed(notes) }, null, 2) + "\n"
        : [text, ...notes].join("\n") + "\n",
    );
    return isGood ? EXIT.fine : EXIT.failed;

    async function problemsOfSettings(): Promise<readonly string[]> {
      try {
        await resolveConfig({
          given,
          rules: file!.rules,
          described: agents.described,
          knownAgentNames: agents.known,
          leftOut: new Set(agents.failed.map(({ name }) => name)),
          readTextFile: Deno.readTextFile,
          workingFolder: Deno.cwd(),
          hasServiceAccount,
          isNodeNameRequired: false,
          // What is set elsewhere, secrets among it, is none of the file's business.
          samples: true,
        });
        return [];
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        return error.problems;
      }
    }
  },
};

function countRules(
  { constraints, hints, scalyrSampling }: {
    constraints: readonly unknown[];
    hints: readonly unknown[];
    scalyrSampling: readonly unknown[];
  },
): number {
  return constraints.length + hints.length + scalyrSampling.length;
}
