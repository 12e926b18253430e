/**
 * The tables of settings in documents, made from the declarations that are parsed.
 *
 * @module
 */
import { camelCase } from "../../lib/config/config_file.ts";
import { type CoreSetting, coreSettings } from "../../lib/config/core_settings.ts";
import { settingsTableMarkdown } from "../../lib/config/settings_table.ts";
import type { AgentDescription } from "../../lib/render/agent_description.ts";

/** Makes README's table of the program's settings. */
export function coreTable(): string {
  return settingsTableMarkdown(coreSettings().map(([, setting]) => setting), []);
}

/** Makes README's tables of agents' settings, each folded. */
export function agentTables(agents: readonly AgentDescription[]): string {
  const folded = agents.map((agent) =>
    `<details><summary>Agent ${agent.name}</summary>\n\n${agent.summary}\n\n${tableOf(agent)}\n</details>\n`
  );
  return folded.join("\n");
}

/** Makes the page with all of it, and with the keys of the configuration file. */
export function settingsPage(agents: readonly AgentDescription[]): string {
  const core = coreSettings().map(([, setting]) => setting);
  const sections = agents.map((agent) =>
    `## Agent ${agent.name}\n\n${agent.summary}\n\n${withKeys(tableOf(agent), agentKeys(agent))}`
  );
  return [`## The program\n\n${withKeys(settingsTableMarkdown(core, []), core.map(keyOf))}`, ...sections].join("\n");
}

/** Takes the table of one agent out of what is made for README. */
function tableOf(agent: AgentDescription): string {
  const text = settingsTableMarkdown([], [agent]);
  return text.slice(text.lastIndexOf("| variable |"));
}

/** The file itself cannot say which file it is. */
function keyOf({ flag }: CoreSetting): string {
  return flag === "config" ? "" : `\`${camelCase(flag)}\``;
}

function agentKeys({ name, settings }: AgentDescription): string[] {
  return Object.entries(settings).map(([key, { secret }]) => `\`agentSettings.${name}.${key}${secret ? "File" : ""}\``);
}

/** Puts a column with the keys of the configuration file after that of flags. */
function withKeys(table: string, keys: readonly string[]): string {
  const added = ["in the file", "---", ...keys];
  return table.trimEnd().split("\n").map((line, row) => {
    const end = line.indexOf("|", line.indexOf("|", 1) + 1) + 1;
    const cell = row === 1 ? added[row]! : ` ${added[row]} `;
    return `${line.slice(0, end)}${cell}|${line.slice(end)}\n`;
  }).join("");
}
