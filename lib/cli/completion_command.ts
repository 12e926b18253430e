/**
 * The command `completion`: teaches a shell the commands, options and agents.
 *
 * @module
 */
import type { CommandDefinition } from "./command_definition.ts";
import { bashCompletion } from "./completion_bash.ts";
import { fishCompletion } from "./completion_fish.ts";
import { completionModel } from "./completion_model.ts";
import { zshCompletion } from "./completion_zsh.ts";
import { EXIT, UsageError } from "./failure.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Declares `completion`. */
export const completionCommand: CommandDefinition = {
  name: "completion",
  needs: ["read", "write", "run"],
  uses: [],
  summary: "Print what a shell needs to complete commands, options and names of agents",
  description:
    "Prints a script that completes the command line of kube-log-watcher: its commands and options, words that an option takes, and the " +
    "names and settings of the built-in agents. Shells: bash, zsh, fish.",
  takesAgentNames: false,
  argument: { syntax: "<shell>", help: "bash, zsh or fish" },
  settings: [],
  takesAgentSettings: false,
  options: [],
  examples: [
    ["source <(kube-log-watcher completion bash)", "bash, for this session; put it into ~/.bashrc to keep it"],
    ['kube-log-watcher completion zsh > "${fpath[1]}/_kube-log-watcher"', "zsh"],
    ["kube-log-watcher completion fish > ~/.config/fish/completions/kube-log-watcher.fish", "fish"],
  ],
  async execute({ args }, { commands, definitions, groups, terminal }) {
    const shell = args[0] ?? "";
    if (!Object.hasOwn(SHELLS, shell)) {
      throw new UsageError(`Shell ${shell} is not known (shells: ${Object.keys(SHELLS).join(", ")})`);
    }
    const agents = await commands.describe(await commands.knownAgents([]));
    const model = completionModel({ definitions, groups, agents });
    await terminal.out(SHELLS[shell as keyof typeof SHELLS](model));
    return EXIT.fine;
  },
};
