/**
 * The command `agents list`: which agents there are.
 *
 * @module
 */
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";
import { flagOf } from "../config/setting_names.ts";
import { resolvePaths } from "../config/resolve_paths.ts";
import { BUILT_IN_AGENTS } from "../render/find_agents.ts";
import type { Setting } from "../render/agent.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import { conditionWords } from "../render/runtime/condition.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT } from "./failure.ts";
import { variablesOf } from "../render/check_description.ts";

/** What is told of one agent. */
interface ListedAgent {
  readonly name: string;
  readonly summary: string;
  readonly folder: string;
  readonly isBuiltIn: boolean;
  /** Variables that must be set. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly settings: readonly ListedSetting[];
}

/** A setting of an agent. */
interface ListedSetting {
  readonly variable: string;
  readonly flag: string;
  readonly type: string;
  readonly help: string;
  /** `true`, or the condition in words. */
  readonly required: boolean | string;
  readonly isSecret: boolean;
  readonly default?: unknown;
}

/** Declares `agents list`. */
export const agentsListCommand: CommandDefinition = {
  name: "agents list",
  needs: ["read", "write", "run"],
  uses: ["env"],
  summary: "List the agents that can be selected, with what they need",
  description:
    "Lists the built-in agents and those of --agents-path, each with its summary and the variables that it needs. An agent that " +
    "cannot be described is named with the reason, and makes the exit code 1.",
  takesAgentNames: false,
  settings: ["agentsPath"],
  takesAgentSettings: false,
  options: [{ flag: "output", help: "Form of the output", choices: ["text", "json"] }],
  examples: [
    ["deno task start agents list", "what comes with the program"],
    ["deno task start agents list --agents-path ./my-agents --output json", "with those of a folder of your own"],
  ],
  async execute({ options }, { commands, given, terminal }) {
    const folders = await commands.knownAgents(agentsPathOf(given));
    const listed: ListedAgent[] = [];
    let exitCode: number = EXIT.fine;
    for (const [name, folder] of folders) {
      try {
        const [description] = await commands.describe(new Map([[name, folder]]));
        listed.push(listedAgent(description!));
      } catch (error) {
        exitCode = EXIT.failed;
        await terminal.note(`error: ${(error as Error).message}`);
      }
    }
    const isJson = options.get("output") === "json";
    await terminal.out(isJson ? JSON.stringify({ agents: listed }, null, 2) + "\n" : listText(listed));
    return exitCode;
  },
};

/** Gives the further folders of agents that are set, absolute. */
export function agentsPathOf(given: Given): readonly string[] {
  const setting = CORE_SETTINGS.agentsPath;
  const text = findGiven(given, setting);
  const parsed = text && setting.parse(text.text);
  return resolvePaths(parsed && "value" in parsed ? parsed.value : [], Deno.cwd());
}

function listedAgent({ name, summary, folder, settings }: AgentDescription): ListedAgent {
  const all = Object.values(settings);
  const namesOf = (required: boolean) =>
    all.filter((setting) => (setting.required === true) === required).map((setting) =>
      variablesOf(setting).join(" or ")
    );
  return {
    name,
    summary,
    folder,
    isBuiltIn: folder.startsWith(`${BUILT_IN_AGENTS}/`),
    required: namesOf(true),
    optional: namesOf(false),
    settings: all.map((setting) => listedSetting(setting, settings)),
  };
}

function listedSetting(setting: Setting, settings: AgentDescription["settings"]): ListedSetting {
  const { env, type, help, required = false, secret = false } = setting;
  return {
    variable: env,
    flag: `--${flagOf(env)}${secret ? "-file" : ""}`,
    type,
    help,
    required: typeof required === "string" ? conditionWords(required, settings) : required,
    isSecret: secret,
    ...(setting.default === undefined ? {} : { default: setting.default }),
  };
}

/** Names what must be set under a condition only, with the condition. */
function needsIf({ settings }: ListedAgent): readonly string[] {
  const conditional = settings.filter(({ required }) => typeof required === "string");
  return [...Map.groupBy(conditional, ({ required }) => required)].map(([condition, all]) =>
    `needs ${
      all.map(({ variable, isSecret }) => isSecret ? `${variable} or ${variable}_FILE` : variable).join(", ")
    } ${condition}`
  );
}

function listText(agents: readonly ListedAgent[]): string {
  const width = Math.max(...agents.map(({ name }) => name.length), 0) + 2;
  const space = " ".repeat(width);
  return agents.map((agent) => {
    const { name, summary, folder, isBuiltIn, required, optional } = agent;
    const conditions = needsIf(agent);
    const conditional = new Set(
      agent.settings.filter((one) => typeof one.required === "string").map((one) => one.variable),
    );
    const free = optional.filter((variable) => !conditional.has(variable.split(" ")[0]!));
    const lines = [
      `${name.padEnd(width)}${summary}`,
      ...(isBuiltIn ? [] : [`${space}from ${folder}`]),
      ...(required.length > 0 ? [`${space}needs ${required.join(", ")}`] : []),
      ...conditions.map((words) => `${space}${words}`),
      ...(free.length > 0 ? [`${space}takes ${free.join(", ")}`] : []),
    ];
    return lines.join("\n") + "\n";
  }).join("");
}
