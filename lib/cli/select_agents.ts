/**
 * Finds the agents that a command line is about and has them describe themselves, so that their settings become options.
 *
 * @module
 */
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";
import { resolvePaths } from "../config/resolve_paths.ts";
import { checkSettingNames, SettingNamesError } from "../config/setting_names.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import type { SelectedAgents } from "./command_definition.ts";
import type { Commands } from "./commands.ts";
import type { Peek } from "./peek.ts";

/** Options of {@linkcode selectAgents}. */
export interface SelectAgentsOptions {
  readonly peeked: Peek;
  readonly env: Given["env"];
  /** Values of the configuration file. */
  readonly file?: Given["file"];
  /** Absolute. */
  readonly workingFolder: string;
}

/**
 * Describes the selected agents, each for itself: one that fails does not keep the others. Those named after the command, else those of the setting `agents`; where there are none, all known
 * agents, if the command may do without a selection; for help alone none.
 * @throws What the first one failed with, if none could be described and it is not to be shown on a page.
 */
export async function selectAgents(commands: Commands, options: SelectAgentsOptions): Promise<SelectedAgents> {
  const { peeked, env, file, workingFolder } = options;
  const given: Given = { flags: peeked.flags, env, ...(file ? { file } : {}) };
  const folders = await commands.knownAgents(resolvePaths(parseList(given, "agentsPath"), workingFolder));
  const known = [...folders.keys()];
  const wanted = new Set(chooseNames(peeked, { known, setting: parseList(given, "agents") }));
  const selected = new Map([...folders].filter(([name]) => wanted.has(name)));
  const attempts = await Promise.allSettled(
    [...selected].map(([name, folder]) => describeAgent(commands, { name, folder, known })),
  );
  const described = attempts.flatMap((attempt) => attempt.status === "fulfilled" ? attempt.value : []);
  const failed = [...selected].flatMap(([name, folder], index) => {
    const attempt = attempts[index]!;
    return attempt.status === "rejected" ? { name, folder, error: attempt.reason as Error } : [];
  });
  // A page shows what is wrong, and what a save makes of it.
  const isShown = peeked.flags.has("serve");
  if (described.length === 0 && failed[0] && !isShown) throw failed[0].error;
  return { known, described, failed };
}

/** Has one agent describe itself. @throws {SettingNamesError} If it declares a variable that is not its own; what `commands` throws otherwise. */
export async function describeAgent(
  commands: Pick<Commands, "describe">,
  { name, folder, known }: { readonly name: string; readonly folder: string; readonly known: readonly string[] },
): Promise<AgentDescription> {
  const [description] = await commands.describe(new Map([[name, folder]]));
  const problems = checkSettingNames(description!, known);
  if (problems.length > 0) throw new SettingNamesError(problems.join("\n"));
  return description!;
}

function chooseNames(
  { command, isHelp, words }: Peek,
  { known, setting }: { readonly known: readonly string[]; readonly setting: readonly string[] },
): readonly string[] {
  const named = command?.takesAgentNames ? words.filter((word) => known.includes(word)) : [];
  if (named.length > 0) return named;
  // Help that lists the settings of all agents is too long to be read: it names them.
  const isWithoutSelection = setting.length === 0 && command?.takesAgentNames && !isHelp;
  return isWithoutSelection ? known : setting;
}

/** Gives the names of the agents that the setting selects. */
export function agentNamesOf(given: Given): readonly string[] {
  return parseList(given, "agents");
}

/** Parses a list as the strict parser will, which also reports what is wrong with it. */
function parseList(given: Given, key: "agents" | "agentsPath"): readonly string[] {
  const setting = CORE_SETTINGS[key];
  const text = findGiven(given, setting);
  const parsed = text && setting.parse(text.text);
  return parsed && "value" in parsed ? parsed.value : [];
}
