/**
 * Values of the settings that an agent declares: from flags, environment, secret files, defaults and, in previews, samples.
 *
 * @module
 */
import type { Setting, SettingType } from "../render/agent.ts";
import type { AgentDescription } from "../render/agent_description.ts";
import { conditionWords, holds } from "../render/runtime/condition.ts";
import type { AgentConfig, AgentSettingValue, SampleTaken } from "./config.ts";
import { describeProblem, findGiven, type Given } from "./given.ts";
import { findSecret, type ReadTextFile } from "./secrets.ts";
import { flagOf } from "./setting_names.ts";
import {
  parseBoolean,
  parseChoice,
  type Parsed,
  parseFilePath,
  parseInteger,
  parseObject,
  parsePath,
  type Parser,
  parseText,
  parseUrl,
} from "./value_parsers.ts";

/** Options of {@linkcode resolveAgent}. */
export interface ResolveAgentOptions {
  readonly given: Given;
  readonly readTextFile: ReadTextFile;
  /** Whether required settings that are not set take a sample value (previews), default false. */
  readonly samples?: boolean;
}

/** An agent's configuration, or the sentences that say why there is none. */
export type ResolvedAgent = { readonly agent: AgentConfig } | { readonly problems: readonly string[] };

const PARSERS: Readonly<Record<SettingType, Parser<AgentSettingValue>>> = {
  string: parseText,
  directory: parsePath,
  file: parseFilePath,
  path: parsePath,
  url: parseUrl,
  integer: parseInteger,
  boolean: parseBoolean,
  object: parseObject,
};

const SAMPLES: Readonly<Record<SettingType, (name: string, agent: string) => AgentSettingValue>> = {
  string: (name) => `sample-${name}`,
  directory: (_name, agent) => `/var/log/${agent}`,
  file: (_name, agent) => `/etc/${agent}/${agent}.conf`,
  path: (name, agent) => `/etc/${agent}/${name}`,
  url: () => "http://127.0.0.1:8080",
  integer: () => 1,
  boolean: () => false,
  object: () => ({}),
};

/** Stands for a secret that is not set. */
const SECRET_SAMPLE = "***";

/** Resolves all settings of one agent and collects every problem. Flags win over environment, environment over defaults. */
export async function resolveAgent(
  description: AgentDescription,
  options: ResolveAgentOptions,
): Promise<ResolvedAgent> {
  const names = Object.keys(description.settings);
  const taken = await Promise.all(names.map((name) => resolveSetting(description, { ...options, name })));
  const values = Object.fromEntries(
    names.map((name, index) => [name, "value" in taken[index]! ? taken[index].value : undefined]),
  );
  for (const [index, name] of names.entries()) {
    const outcome = taken[index]!;
    const isMissing = "value" in outcome && outcome.value === undefined;
    if (isMissing) taken[index] = resolveMissing(description, { name, values, samples: options.samples ?? false });
  }
  const problems = taken.flatMap((outcome) => "problem" in outcome ? [outcome.problem] : []);
  if (problems.length > 0) return { problems };
  const settings: Record<string, AgentSettingValue> = {};
  const secretFiles: Record<string, string> = {};
  const samples: SampleTaken[] = [];
  for (const [index, name] of names.entries()) {
    const outcome = taken[index]!;
    if ("problem" in outcome) continue;
    settings[name] = outcome.value;
    if (outcome.file !== undefined) secretFiles[name] = outcome.file;
    if (outcome.isSample) samples.push({ setting: name, env: description.settings[name]!.env, value: outcome.value });
  }
  const secrets = names.filter((name) => description.settings[name]!.secret);
  return { agent: { description, settings, secrets, secretFiles, samples } };
}

type Outcome =
  | { readonly problem: string }
  | { readonly value: AgentSettingValue; readonly file?: string; readonly isSample?: boolean };

interface SettingScope extends ResolveAgentOptions {
  readonly name: string;
}

async function resolveSetting(description: AgentDescription, { name, ...options }: SettingScope): Promise<Outcome> {
  const setting = description.settings[name]!;
  const found = setting.secret ? await findSecret(setting, options) : findPlain(setting, options.given);
  if (found) return found;
  return setting.default === undefined ? { value: undefined } : takeDefault(setting, description.name);
}

/** Decides what becomes of a setting that is not set, as the others' values may be what it is required for. */
function resolveMissing(
  { name: agent, settings }: AgentDescription,
  { name, values, samples }: { name: string; values: AgentConfig["settings"]; samples: boolean },
): Outcome {
  const setting = settings[name]!;
  const { required } = setting;
  if (!required || (required !== true && !holds(required, values))) return { value: undefined };
  if (samples) return { value: sampleOf(setting, { name, agent }), isSample: true };
  return { problem: describeMissing(setting, { agent, settings }) };
}

function findPlain(setting: Setting, given: Given): Outcome | undefined {
  const text = findGiven(given, { env: setting.env, flag: flagOf(setting.env) });
  if (!text) return undefined;
  const parse = setting.choices ? parseChoice(...setting.choices) : PARSERS[setting.type];
  const parsed: Parsed<AgentSettingValue> = parse(text.text);
  return "value" in parsed ? parsed : { problem: describeProblem(text, parsed.expected) };
}

/** Checks a default by the rules for given text, so that a path's default is normalised too. */
function takeDefault(setting: Setting, agent: string): Outcome {
  const value = setting.default;
  const parsed: Parsed<AgentSettingValue> = typeof value === "string" ? PARSERS[setting.type](value) : { value };
  if ("value" in parsed) return parsed;
  return {
    problem: `Agent ${agent} declares ${
      JSON.stringify(value)
    } as default of ${setting.env}, expected ${parsed.expected}`,
  };
}

function sampleOf(
  setting: Setting,
  { name, agent }: { readonly name: string; readonly agent: string },
): AgentSettingValue {
  if (setting.secret) return SECRET_SAMPLE;
  return setting.sample ?? setting.choices?.[0] ?? SAMPLES[setting.type](name, agent);
}

function describeMissing(
  setting: Setting,
  { agent, settings }: { readonly agent: string; readonly settings: AgentDescription["settings"] },
): string {
  const flag = flagOf(setting.env);
  const ways = setting.secret
    ? `set it, or name a file that holds it with ${setting.env}_FILE or --${flag}-file`
    : `set it or give --${flag}`;
  const when = typeof setting.required === "string" ? ` ${conditionWords(setting.required, settings)}` : "";
  return `${setting.env} is required by agent ${agent}${when} and not set: ${ways} (${setting.help})`;
}
