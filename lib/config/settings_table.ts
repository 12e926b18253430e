/**
 * README's tables of settings, made from the same declarations that are parsed.
 *
 * @module
 */
import type { Setting } from "../render/agent.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import { conditionWords } from "../render/runtime/condition.ts";
import type { CoreSetting } from "./core_settings.ts";
import { flagOf } from "./setting_names.ts";

/**
 * Makes Markdown tables: the program's settings, then those of each agent under a heading of their own.
 * @param core The program's settings in order.
 * @param agents The agents to list, in order.
 */
export function settingsTableMarkdown(core: readonly CoreSetting[], agents: readonly AgentDescription[]): string {
  const sections = agents.map((agent) =>
    `### Agent ${agent.name}\n\n${agent.summary}\n\n${
      table(Object.values(agent.settings).map((setting) => agentRow(setting, agent)))
    }`
  );
  return [table(core.map(coreRow)), ...sections].join("\n");
}

type Row = readonly [variable: string, flag: string, standard: string, meaning: string];

function coreRow(setting: CoreSetting): Row {
  return [code(setting.env), code(`--${setting.flag}`), code(setting.default ?? ""), setting.help];
}

function agentRow(setting: Setting, { settings }: AgentDescription): Row {
  const flag = flagOf(setting.env);
  const standard = setting.default === undefined ? "" : code(textOf(setting.default));
  const { required } = setting;
  const shown = required === true
    ? "required"
    : typeof required === "string"
    ? `required ${conditionWords(required, settings)}`
    : standard;
  if (!setting.secret) return [code(setting.env), code(`--${flag}`), shown, setting.help];
  return [
    `${code(setting.env)} or ${code(`${setting.env}_FILE`)}`,
    code(`--${flag}-file`),
    shown,
    `${setting.help} (secret)`,
  ];
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return ["| variable | flag | default | meaning |", "|---|---|---|---|", ...lines, ""].join("\n");
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

function textOf(value: Setting["default"]): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
