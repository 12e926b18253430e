/**
 * The command `config show`: what is in force, and where each value comes from.
 *
 * @module
 */
import { coreSettings } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";
import { hasEnded, type RuleSummary } from "../config/rule_summary.ts";
import { flagOf } from "../config/setting_names.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT } from "./failure.ts";
import { INSPECT_SETTINGS } from "./inspect_config.ts";

/** A setting with its value. */
interface ShownSetting {
  readonly setting: string;
  /** Empty where nothing is set and there is no default; `***` for secrets. */
  readonly value: string;
  /** A flag, a variable, a place in the file, or `default`; empty for none. */
  readonly from: string;
}

/** Declares `config show`. */
export const configShowCommand: CommandDefinition = {
  name: "config show",
  needs: ["read", "write", "run"],
  uses: ["env"],
  summary: "Show every setting and rule with its value and where it comes from",
  description:
    "Shows what is in force: flags win over the environment, the environment over the configuration file, the file over defaults; then the file's rules. " +
    "Secrets are shown as ***.",
  takesAgentNames: false,
  settings: INSPECT_SETTINGS,
  takesAgentSettings: true,
  options: [{ flag: "output", help: "Form of the output", choices: ["text", "json"] }],
  examples: [[
    "deno task start config show --config ./watcher.yaml --agents symlinker",
    "flags, file and defaults together",
  ]],
  usesNetwork: () => false,
  async execute({ options }, { agents, file, given, terminal }) {
    const settings = [...coreShown(given), ...agents.described.flatMap((agent) => agentShown(agent, given))];
    const rules = file?.summaries ?? [];
    await terminal.out(
      options.get("output") === "json"
        ? JSON.stringify({ settings, rules }, null, 2) + "\n"
        : table(settings) + rulesText(rules),
    );
    return EXIT.fine;
  },
};

function coreShown(given: Given): ShownSetting[] {
  return coreSettings().map(([, setting]) => {
    const found = findGiven(given, setting);
    return { setting: setting.env, ...valueOf(found, setting.default) };
  });
}

function agentShown({ settings }: AgentDescription, given: Given): ShownSetting[] {
  return Object.values(settings).flatMap(({ env, secret, default: standard }) => {
    const text = standard === undefined
      ? undefined
      : typeof standard === "object"
      ? JSON.stringify(standard)
      : String(standard);
    const plain = valueOf(findGiven(given, { env, flag: flagOf(env) }), text);
    if (!secret) return [{ setting: env, ...plain }];
    const file = findGiven(given, { env: `${env}_FILE`, flag: `${flagOf(env)}-file` });
    return [
      { setting: env, ...plain, value: plain.value === "" ? "" : "***" },
      { setting: `${env}_FILE`, ...valueOf(file, undefined) },
    ];
  });
}

function valueOf(found: ReturnType<typeof findGiven>, standard: string | undefined): Omit<ShownSetting, "setting"> {
  if (found) return { value: found.text, from: found.origin };
  return { value: standard ?? "", from: standard === undefined ? "" : "default" };
}

/** Writes the rules of the file as it has them. */
function rulesText(rules: readonly RuleSummary[]): string {
  const lines = rules.map(({ kind, name, text, from, ends }) => {
    const end = ends === undefined
      ? ""
      : hasEnded({ ends })
      ? `, ended at ${ends}: it has no effect`
      : `, until ${ends}`;
    return `${kind}${name === "" ? "" : ` ${name}`}  ${text}  (${from}${end})\n`;
  });
  return lines.length === 0 ? "" : `\nRules of the operator, in their order:\n${lines.join("")}`;
}

function table(rows: readonly ShownSetting[]): string {
  const width = Math.max(...rows.map(({ setting }) => setting.length));
  return rows.map(({ setting, value, from }) =>
    `${setting.padEnd(width)}  ${value}${from === "" ? "(not set)" : `  (${from})`}\n`
  ).join("");
}
