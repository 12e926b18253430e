/**
 * The configuration file: settings of the program and of agents, and the operator's rules, as YAML.
 *
 *     agents: [scalyr]              # every setting, by its flag in camelCase
 *     strictLabels: [application]
 *     agentSettings:                # those of agents, by the names that they declare
 *       scalyr: {destPath: /var/log/scalyr-agent, apiKeyFile: /run/secrets/key}
 *     include: [{namespaces: [shop]}]
 *     exclude: [{pods: [debug-*], until: 2026-12-31}]
 *     attributes: {team: ops}
 *     rules: [{match: {labels: app=web}, multiline: java}]
 *     scalyr_sampling_rules: [...]  # as in the Python program
 *
 * @module
 */
import type { AgentDescription } from "../render/agent_description.ts";
import { coreSettings } from "./core_settings.ts";
import type { GivenText } from "./given.ts";
import { parseOperatorRules, RULE_KEYS } from "./operator_rules.ts";
import type { OperatorRules } from "./operator_rules.ts";
import { type RuleSummary, summarizeRules } from "./rule_summary.ts";
import { didYouMean } from "./suggest.ts";
import { YamlFile, type YamlNode } from "./yaml_file.ts";

/** A file that could be read, as far as it is right. */
export interface ConfigFile {
  readonly path: string;
  /** Its contents. */
  readonly text: string;
  /** Settings as text, by environment variable. */
  readonly settings: ReadonlyMap<string, GivenText>;
  readonly rules: OperatorRules;
  /** Sentences that begin with `<path>:<line>:<column>: `. */
  readonly problems: readonly string[];
  /** The rules as they are written; none where anything is wrong. */
  readonly summaries: readonly RuleSummary[];
  /** The rules as plain values, by key of the file; none where anything is wrong. */
  readonly ruleValues: Readonly<Record<string, unknown>>;
  /** Whether it is no YAML, so that nothing of it was read. */
  readonly isBroken: boolean;
}

/** Settings that a file cannot hold. */
const NOT_IN_FILE = new Set(["config"]);

/**
 * Parses a file.
 *
 * @param agents Agents whose settings are looked up; undefined: not known yet, and not checked.
 */
export function parseConfigFile(
  text: string,
  { path, agents, knownAgents = [] }: {
    readonly path: string;
    readonly agents?: readonly AgentDescription[] | undefined;
    /** Names of all agents that could be selected. */
    readonly knownAgents?: readonly string[];
  },
): ConfigFile {
  const file = new YamlFile(text, path);
  const settings = new Map<string, GivenText>();
  const core = new Map(
    coreSettings().filter(([key]) => !NOT_IN_FILE.has(key)).map(([, setting]) => [camelCase(setting.flag), setting]),
  );
  const known = [...core.keys(), "agentSettings", ...RULE_KEYS];
  for (const [key, node] of file.entries(file.root, "the file")) {
    const setting = core.get(key);
    if (setting) take(settings, { env: setting.env, node, file, separator: setting.separator ?? "," });
    else if (key === "agentSettings") takeAgents(settings, { node, file, agents, knownAgents });
    else if (!RULE_KEYS.includes(key)) file.problem(node.key, `${key} is not known${didYouMean(key, known)}`);
  }
  const rules = parseOperatorRules(file, agents && knownAgents);
  return {
    path,
    text,
    settings,
    rules,
    summaries: file.problemCount === 0 ? summarizeRules(file) : [],
    ruleValues: file.problemCount === 0 ? valuesOf(file) : {},
    problems: file.problems,
    isBroken: file.isBroken,
  };
}

function valuesOf(file: YamlFile): Readonly<Record<string, unknown>> {
  const rules = file.entries(file.root, "the file").filter(([key, { value }]) =>
    RULE_KEYS.includes(key) && value !== null
  );
  return Object.fromEntries(rules.map(([key, { value }]) => [key, value]));
}

interface TakeOptions {
  readonly env: string;
  readonly node: YamlNode;
  readonly file: YamlFile;
  /** Joins the items of a list; undefined: values are kept as JSON. */
  readonly separator: string | undefined;
}

function take(settings: Map<string, GivenText>, { env, node, file, separator }: TakeOptions): void {
  const { value } = node;
  const isScalar = ["string", "number", "boolean"].includes(typeof value);
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  if (value === null) return;
  if (separator === undefined && typeof value === "object") {
    settings.set(env, { text: JSON.stringify(value), origin: file.place(node), isFlag: false });
  } else if (isScalar) settings.set(env, { text: String(value), origin: file.place(node), isFlag: false });
  else if (isList && separator !== undefined) {
    settings.set(env, { text: value.join(separator), origin: file.place(node), isFlag: false });
  } else {file.problem(
      node,
      `expected a text, a number, true or false${separator === undefined ? "" : ", or a list of texts"}`,
    );}
}

function takeAgents(
  settings: Map<string, GivenText>,
  { node, file, agents, knownAgents }: {
    readonly node: YamlNode;
    readonly file: YamlFile;
    readonly agents: readonly AgentDescription[] | undefined;
    readonly knownAgents: readonly string[];
  },
): void {
  for (const [name, section] of file.entries(node, "agentSettings")) {
    const agent = agents?.find((one) => one.name === name);
    if (!agent) {
      const isUnknown = agents !== undefined && !knownAgents.includes(name);
      if (isUnknown) file.problem(section.key, `Agent ${name} is not known${didYouMean(name, knownAgents)}`);
      continue;
    }
    takeAgent(settings, { agent, section, file });
  }
}

function takeAgent(
  settings: Map<string, GivenText>,
  { agent, section, file }: { readonly agent: AgentDescription; readonly section: YamlNode; readonly file: YamlFile },
): void {
  const names = Object.entries(agent.settings).flatMap(([name, { secret }]) => secret ? [`${name}File`] : [name]);
  for (const [name, node] of file.entries(section, `agentSettings.${agent.name}`)) {
    const isFile = name.endsWith("File") && Object.hasOwn(agent.settings, name.slice(0, -4)) &&
      agent.settings[name.slice(0, -4)]!.secret;
    const setting = isFile
      ? agent.settings[name.slice(0, -4)]
      : Object.hasOwn(agent.settings, name)
      ? agent.settings[name]
      : undefined;
    if (setting?.secret && !isFile) {
      file.problem(
        node.key,
        `${name} is a secret, and a file of settings is no place for it: name a file that holds it, with ${name}File`,
      );
    } else if (setting) {
      const env = isFile ? `${setting.env}_FILE` : setting.env;
      take(settings, { env, node, file, separator: setting.type === "object" ? undefined : "," });
    } else file.problem(node.key, `${name} is no setting of agent ${agent.name}${didYouMean(name, names)}`);
  }
}

/** Writes a flag as the file has it: `pod-logs-path` is podLogsPath. */
export function camelCase(flag: string): string {
  return flag.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
