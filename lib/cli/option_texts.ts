/**
 * Options of a command as the help shows them, made from the declarations of settings.
 *
 * @module
 */
import { CORE_SETTINGS, type CoreSetting } from "../config/core_settings.ts";
import { flagOf } from "../config/setting_names.ts";
import type { Setting, SettingType } from "../render/agent.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import { conditionWords } from "../render/runtime/condition.ts";
import type { CommandDefinition } from "./command_definition.ts";

/** An option of the command line that sets a setting. */
export interface SettingOption {
  /** Flag without dashes. */
  readonly flag: string;
  readonly placeholder: string;
  /** Whether the value may be left out and then is true. */
  readonly isBoolean: boolean;
  readonly separator: string | undefined;
  readonly help: string;
  /** Heading of the help under which it stands. */
  readonly group: string;
  /** Taken in order to be refused with a reason; not in the help. */
  readonly isHidden: boolean;
}

const PLACEHOLDERS: Readonly<Record<SettingType, string>> = {
  string: "text",
  directory: "folder",
  file: "file",
  path: "path",
  url: "url",
  integer: "number",
  boolean: "boolean",
  object: "json",
};

/** Lists the options that set the settings of a command and of the agents. */
export function settingOptions(
  command: CommandDefinition,
  agents: readonly AgentDescription[],
): readonly SettingOption[] {
  const core = command.settings.map((key) => coreOption(CORE_SETTINGS[key]));
  if (!command.takesAgentSettings) return core;
  return [
    ...core,
    ...agents.flatMap((agent) => Object.values(agent.settings).flatMap((one) => agentOptions(one, agent))),
  ];
}

function coreOption(setting: CoreSetting): SettingOption {
  return {
    flag: setting.flag,
    placeholder: setting.placeholder,
    isBoolean: setting.placeholder === "boolean",
    separator: setting.separator,
    help: helpText(setting.help, { standard: setting.default, env: setting.env }),
    group: "Settings:",
    isHidden: false,
  };
}

function agentOptions(setting: Setting, agent: AgentDescription): readonly SettingOption[] {
  const flag = flagOf(setting.env);
  const rest = { separator: undefined, group: `Settings of agent ${agent.name}:` };
  const standard = setting.required === true ? "required" : standardText(setting.default);
  const about = aboutOf(setting, agent);
  const placeholder = setting.choices?.join("|") ?? PLACEHOLDERS[setting.type];
  const plain = { ...rest, flag, placeholder, isBoolean: setting.type === "boolean" };
  if (!setting.secret) {
    return [{ ...plain, help: helpText(about, { standard, env: setting.env }), isHidden: false }];
  }
  const help = helpText(`${about} (file that holds it)`, {
    standard,
    env: `${setting.env}_FILE, or the value in ${setting.env}`,
  });
  return [
    { ...plain, help: "", isHidden: true },
    { ...rest, flag: `${flag}-file`, placeholder: "file", isBoolean: false, help, isHidden: false },
  ];
}

/** Gives the help of a setting, with the condition under which it must be set. */
function aboutOf({ help, required }: Setting, { settings }: AgentDescription): string {
  return typeof required === "string" ? `${help} (required ${conditionWords(required, settings)})` : help;
}

/**
 * Stands for a space at which help must not be broken into lines, so that `[env: NAME]` can be searched for; it becomes a
 * space when help is printed.
 */
export const UNBROKEN_SPACE = "\u0001";

interface HelpParts {
  readonly standard: string | undefined;
  readonly env: string;
}

/** Writes the help of one option. Control characters go, as agents' texts are not trusted on a terminal. */
function helpText(help: string, { standard, env }: HelpParts): string {
  const value = standard === "required" ? " (required)" : ` (default:${UNBROKEN_SPACE}${clean(standard ?? "")})`;
  return `${clean(help)}${standard === undefined ? "" : value} [env:${UNBROKEN_SPACE}${env}]`;
}

function clean(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f]+/g, " ");
}

function standardText(value: Setting["default"]): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
