/**
 * The command `watch`: the main job.
 *
 * @module
 */
import { CORE_SETTINGS, type CoreKey } from "../config/core_settings.ts";
import type { Config } from "../config/config.ts";
import { ConfigError, resolveConfig, type ResolveInput } from "../config/resolve.ts";
import { createLog } from "../observe/log.ts";
import { agentsPathOf } from "./agents_list_command.ts";
import type { CommandContext, CommandDefinition } from "./command_definition.ts";
import { agentNamesOf, describeAgent } from "./select_agents.ts";

/** Declares `watch`. */
export const watchCommand: CommandDefinition = {
  name: "watch",
  needs: ["read", "write", "run"],
  uses: ["net", "env"],
  summary: "Keep the agents' files true to the containers of this node, until SIGTERM or SIGINT",
  description:
    "Finds the containers whose logs lie on this node's disk, joins them with their pods from the Kubernetes API, and keeps the " +
    "files of the selected agents true to them, until SIGTERM or SIGINT. Log lines go to stderr. " +
    "A flag wins over its environment variable. Exit code: 0 fine, 1 failed, 2 used wrongly.",
  takesAgentNames: false,
  settings: Object.keys(CORE_SETTINGS) as CoreKey[],
  takesAgentSettings: true,
  options: [{ flag: "once", help: "End after one complete pass: exit code 0, or 1 if anything failed" }],
  examples: [
    [
      "WATCHER_AGENTS=symlinker WATCHER_SYMLINK_DIR=/var/log/by-name deno task start watch",
      "as in a DaemonSet, by environment variables",
    ],
    [
      "deno task start watch --once --agents symlinker --symlink-dir /tmp/logs --kube-url http://127.0.0.1:8001 --node-name node-1",
      "one pass by flags, the API through kubectl proxy",
    ],
  ],
  async execute({ options }, context) {
    const { commands, signal, given, agents, file, hasNetwork, hasServiceAccount, terminal } = context;
    const input = {
      given,
      ...(file ? { rules: file.rules } : {}),
      knownAgentNames: agents.known,
      readTextFile: Deno.readTextFile,
      workingFolder: Deno.cwd(),
      hasNetwork,
      hasServiceAccount,
    };
    const leftOut = new Set(agents.failed.map(({ name }) => name));
    const { config, warnings } = await resolveConfig({ ...input, described: agents.described, leftOut });
    const late = agents.failed.map(({ name, folder }) => {
      const resolve = async () => {
        const description = await describeAgent(commands, { name, folder, known: agents.known });
        const { config } = await resolveConfig({ ...input, described: [description], agentNames: [name] });
        return config.agents[0]!;
      };
      return [name, resolve] as const;
    });
    const log = createLog({
      ...(config.logLevel ? { level: config.logLevel } : {}),
      format: config.logFormat,
      color: terminal.isErrColored,
    });
    for (const warning of warnings) log.warn(warning);
    const again = file && {
      text: file.text,
      reconfigure: () => resolveAgain(file.path, { context, input }),
    };
    return await commands.watch(config, { once: options.has("once"), signal, late: new Map(late), file: again });
  },
};

/** Resolves the configuration with the file as it is now; it may select other agents. */
async function resolveAgain(
  path: string,
  { context, input }: { readonly context: CommandContext; readonly input: Omit<ResolveInput, "described"> },
): Promise<Config> {
  const { commands, given } = context;
  const { readConfigFile } = await import("./load_config_file.ts");
  const early = await readConfigFile(path);
  const names = agentNamesOf({ ...given, file: early.settings });
  const folders = await commands.knownAgents(agentsPathOf({ ...given, file: early.settings }));
  const known = [...folders.keys()];
  const described = await Promise.all(
    names.flatMap((name) =>
      folders.has(name) ? describeAgent(commands, { name, folder: folders.get(name)!, known }) : []
    ),
  );
  const file = await readConfigFile(path, { agents: described, knownAgents: known });
  if (file.problems.length > 0) throw new ConfigError(file.problems);
  const { config } = await resolveConfig({
    ...input,
    given: { ...given, file: file.settings },
    rules: file.rules,
    knownAgentNames: known,
    described,
    leftOut: new Set(),
  });
  return config;
}
