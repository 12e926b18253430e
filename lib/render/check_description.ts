/**
 * Turns what an agent says of itself into a description that can be relied on.
 *
 * @module
 */
import type { HintName, Output, OutputFormat, Setting, Settings } from "./agent.ts";
import type { AgentDescription } from "./agent_description.ts";
import { checkOutput, isOutputFormat } from "./check_output.ts";
import { checkSetting } from "./check_setting.ts";
import { checkShipperCheck } from "./check_shipper_check.ts";
import { checkShipperReload } from "./check_shipper_reload.ts";
import { isCondition } from "./runtime/condition.ts";
import { isPlain, type Plain } from "./plain.ts";
import { printable, shown } from "./printable.ts";
import { HINT_NAMES } from "./unexpressed.ts";

/** An agent's description breaks the agent contract. */
export class AgentContractError extends Error {
  override name = "AgentContractError";
}

/** Ways to use a shipper's own check. */
export const CHECK_MODES = ["off", "warn", "require"] as const;

const DEFAULT_MIN_SECONDS = 0.25;
const MAX_SUMMARY = 200;
const MAX_SETTINGS = 100;
const MAX_OUTPUTS = 50;
const MAX_LANGUAGES = 20;

/**
 * Checks a description.
 *
 * @param value The `description` of the child's answer.
 * @param agent Name and folder of the agent.
 * @throws {AgentContractError} If it breaks the contract; the message names agent and place.
 */
export function checkDescription(value: unknown, agent: { name: string; folder: string }): AgentDescription {
  const fail = (place: string, expected: string): never => {
    throw new AgentContractError(`Agent ${agent.name} (${agent.folder}/context.ts): ${place} ${expected}`);
  };
  if (!isPlain(value)) return fail("the default export", "must be plain data and functions");
  const { summary, minSecondsBetweenWrites = DEFAULT_MIN_SECONDS } = value;
  if (typeof summary !== "string" || summary.trim() === "" || summary !== printable(summary, MAX_SUMMARY)) {
    return fail("summary", `must be one line of text of at most ${MAX_SUMMARY} characters`);
  }
  if (
    typeof minSecondsBetweenWrites !== "number" || !(minSecondsBetweenWrites >= 0 && minSecondsBetweenWrites <= 3600)
  ) {
    return fail("minSecondsBetweenWrites", "must be a number from 0 to 3600");
  }
  const settings: Record<string, Setting> = {};
  const variables = new Map<string, string>();
  for (const [name, setting] of named(value.settings, { place: "settings", most: MAX_SETTINGS, fail })) {
    const checked = checkSetting(setting, {
      agent: agent.name,
      fail: (expected) => fail(`settings.${name}`, expected),
    });
    for (const env of variablesOf(checked)) {
      if (variables.has(env)) fail(`settings.${name}`, `has env ${env}, as settings.${variables.get(env)} has`);
      variables.set(env, name);
    }
    settings[name] = checked;
  }
  if (value.check !== undefined) {
    if (settings.check) fail("settings.check", "is kept for the setting that turns the agent's check on");
    settings.check = checkModeSetting(agent.name);
    const other = variables.get(settings.check.env);
    if (other) fail(`settings.${other}`, `has env ${settings.check.env}, which is kept for the agent's check`);
  }
  for (const [name, { required }] of Object.entries(settings)) {
    if (typeof required === "boolean" || isCondition(required, settings)) continue;
    fail(
      `settings.${name}`,
      `has required ${shown(required)}, must be true, false, the name of a boolean setting, or ! and the name`,
    );
  }
  const languages = checkLanguages(value.languages, fail);
  const expresses = checkExpresses(value.expresses, fail);
  const outputs: Record<string, Output> = {};
  for (const [name, output] of named(value.outputs, { place: "outputs", most: MAX_OUTPUTS, fail })) {
    outputs[name] = checkOutput(output, { settings, languages, fail: (expected) => fail(`outputs.${name}`, expected) });
  }
  if (Object.keys(outputs).length === 0) fail("outputs", "must have at least one output");
  return {
    ...agent,
    summary,
    settings,
    outputs,
    minSecondsBetweenWrites,
    languages,
    expresses,
    ...commandsOf(value, { settings, languages, fail }),
  };
}

type Fail = (place: string, expected: string) => never;

/** What the host adds to the settings of an agent that declares a check, under the name `check`. */
function checkModeSetting(agent: string): Setting {
  return {
    env: `WATCHER_${agent.toUpperCase().replaceAll("-", "_")}_CHECK`,
    type: "string",
    choices: CHECK_MODES,
    required: false,
    secret: false,
    help: "Whether what is wanted goes through the shipper's own check before it is live: off, warn or require; " +
      "not set: as WATCHER_CHECK says, for an agent of --agents-path off",
  };
}

/** Gives what the description says of the shipper's own check and its reload. */
function commandsOf(
  { check, reload }: Plain,
  { settings, languages, fail }: { settings: Settings; languages: Readonly<Record<string, OutputFormat>>; fail: Fail },
): Pick<AgentDescription, "check" | "reload"> {
  return {
    ...(check === undefined
      ? {}
      : { check: checkShipperCheck(check, { settings, languages, fail: (expected) => fail("check", expected) }) }),
    ...(reload === undefined
      ? {}
      : { reload: checkShipperReload(reload, { settings, fail: (expected) => fail("reload", expected) }) }),
  };
}

function checkLanguages(value: unknown = {}, fail: Fail): Readonly<Record<string, OutputFormat>> {
  if (!isPlain(value) || Object.keys(value).length > MAX_LANGUAGES) {
    return fail("languages", `must be an object with at most ${MAX_LANGUAGES} languages`);
  }
  for (const [name, like] of Object.entries(value)) {
    const place = `languages.${printable(name, 100)}`;
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || isOutputFormat(name)) {
      fail(place, "must have a name of lower-case letters, digits and -, other than json, yaml and text");
    }
    if (!isOutputFormat(like)) fail(place, 'must have write, a function, and may have like: "json", "yaml" or "text"');
  }
  return value as Readonly<Record<string, OutputFormat>>;
}

function checkExpresses(value: unknown = [], fail: Fail): readonly HintName[] {
  if (!Array.isArray(value) || !value.every((name) => (HINT_NAMES as readonly unknown[]).includes(name))) {
    return fail("expresses", `must be a list with some of ${HINT_NAMES.join(", ")}`);
  }
  return value;
}

/** Lists the environment variables from which a setting takes its value. */
export function variablesOf(setting: Setting): string[] {
  return setting.secret ? [setting.env, `${setting.env}_FILE`] : [setting.env];
}

function named(
  value: unknown,
  { place, most, fail }: { place: string; most: number; fail: (place: string, expected: string) => never },
): [string, unknown][] {
  if (!isPlain(value)) return fail(place, "must be an object");
  const entries = Object.entries(value);
  if (entries.length > most) fail(place, `must not be more than ${most}`);
  for (const [name] of entries) {
    if (!/^[a-z][A-Za-z0-9]{0,99}$/.test(name)) {
      fail(`${place}.${printable(name, 100)}`, "must have a camelCase name");
    }
  }
  return entries;
}
