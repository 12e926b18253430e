/**
 * Turns what an agent says of itself into a description that can be relied on.
 *
 * @module
 */
import type { Output, Setting, Settings, SettingType } from "./agent.ts";
import type { AgentDescription } from "./agent_description.ts";
import { OutputPathError, parsePathPattern } from "./output_path.ts";

/** An agent's description breaks the agent contract. */
export class AgentContractError extends Error {
  override name = "AgentContractError";
}

const TYPES: readonly SettingType[] = ["string", "directory", "file", "path", "integer", "boolean", "object"];
const SETTING_KEYS = ["env", "type", "help", "default", "required", "secret", "sample"];
const FILE_KEYS = ["template", "format", "each", "path", "mode", "list"];
const LINK_KEYS = ["link", "to"];
const DEFAULT_MIN_SECONDS = 0.25;

type Plain = Readonly<Record<string, unknown>>;

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
  const description = plain(value) ?? fail("the default export", "must be plain data and functions");
  const { summary, minSecondsBetweenWrites = DEFAULT_MIN_SECONDS } = description;
  if (typeof summary !== "string" || summary.trim() === "") fail("summary", "must be one line of text");
  if (
    typeof minSecondsBetweenWrites !== "number" || !(minSecondsBetweenWrites >= 0 && minSecondsBetweenWrites <= 3600)
  ) {
    fail("minSecondsBetweenWrites", "must be a number from 0 to 3600");
  }
  const settings: Record<string, Setting> = {};
  for (const [name, setting] of entries(description.settings) ?? fail("settings", "must be an object")) {
    settings[name] = checkSetting(setting, (expected) => fail(`settings.${name}`, expected));
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) fail(`settings.${name}`, "must have a camelCase name");
  }
  const outputs: Record<string, Output> = {};
  for (const [name, output] of entries(description.outputs) ?? fail("outputs", "must be an object")) {
    outputs[name] = checkOutput(output, { settings, fail: (expected) => fail(`outputs.${name}`, expected) });
  }
  if (Object.keys(outputs).length === 0) fail("outputs", "must have at least one output");
  return {
    ...agent,
    summary: String(summary).split("\n")[0]!,
    settings,
    outputs,
    minSecondsBetweenWrites: minSecondsBetweenWrites as number,
  };
}

function plain(value: unknown): Plain | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Plain : undefined;
}

function entries(value: unknown): [string, unknown][] | undefined {
  const object = plain(value);
  return object && Object.entries(object).filter(([name]) => name !== "__proto__");
}

function unknownKey(value: Plain, known: readonly string[]): string | undefined {
  return Object.keys(value).find((key) => !known.includes(key));
}

function checkSetting(value: unknown, fail: (expected: string) => never): Setting {
  const setting = plain(value) ?? fail("must be an object");
  const stranger = unknownKey(setting, SETTING_KEYS);
  if (stranger !== undefined) {
    fail(`has the unknown key ${JSON.stringify(stranger)}; known are ${SETTING_KEYS.join(", ")}`);
  }
  const { env, type, help, required = false, secret = false } = setting;
  if (typeof env !== "string" || !/^WATCHER_[A-Z0-9]+(_[A-Z0-9]+)*$/.test(env)) {
    fail("must have env, an environment variable WATCHER_<AGENT>_<NAME>");
  }
  if (!TYPES.includes(type as SettingType)) {
    fail(`has type ${JSON.stringify(type)}, must be one of ${TYPES.join(", ")}`);
  }
  if (typeof help !== "string" || help === "") fail("must have help, one line of text");
  if (typeof required !== "boolean" || typeof secret !== "boolean") {
    fail("must have true or false for required and secret");
  }
  if (secret && type !== "string") fail('is secret and must be of type "string"');
  if (secret && setting.default !== undefined) fail("is secret and must not have a default");
  if (setting.default !== undefined && !fits(setting.default, type as SettingType)) {
    fail(`has a default that is no ${type}`);
  }
  if (setting.sample !== undefined && !fits(setting.sample, type as SettingType)) {
    fail(`has a sample that is no ${type}`);
  }
  return { ...setting, required, secret } as unknown as Setting;
}

function fits(value: unknown, type: SettingType): boolean {
  switch (type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "object":
      return plain(value) !== undefined;
    case "string":
      return typeof value === "string";
    default:
      return typeof value === "string" && value.startsWith("/");
  }
}

function checkOutput(
  value: unknown,
  { settings, fail }: { settings: Settings; fail: (expected: string) => never },
): Output {
  const output = plain(value) ?? fail("must be an object");
  const isLink = "link" in output;
  const known = isLink ? LINK_KEYS : FILE_KEYS;
  const stranger = unknownKey(output, known);
  if (stranger !== undefined) fail(`has the unknown key ${JSON.stringify(stranger)}; known are ${known.join(", ")}`);
  checkPattern(isLink ? output.link : output.path, { output, settings, fail });
  if (isLink) {
    if (output.to !== undefined && typeof output.to !== "string") fail("must have the name of a context field in to");
    return output as unknown as Output;
  }
  const { template, format, each, mode = 0o640, list } = output;
  if (typeof template !== "string" || !/^[A-Za-z0-9_][A-Za-z0-9_.-]*\.eta$/.test(template)) {
    fail("must have template, the name of an .eta file of the folder");
  }
  if (format !== "json" && format !== "yaml" && format !== "text") {
    fail(`has format ${JSON.stringify(format)}, must be json, yaml or text`);
  }
  if (each !== "container" && each !== "node") fail(`has each ${JSON.stringify(each)}, must be "container" or "node"`);
  if (typeof mode !== "number" || !Number.isInteger(mode) || (mode & ~0o664) !== 0) {
    fail("has a mode that is not within 0o664: files must not be executable, nor writable by all");
  }
  if (list !== undefined && (typeof list !== "string" || each !== "node" || format === "text")) {
    fail('has list, which is for each: "node" and formats that parse');
  }
  return { ...output, mode } as unknown as Output;
}

function checkPattern(
  pattern: unknown,
  { output, settings, fail }: { output: Plain; settings: Settings; fail: (expected: string) => never },
) {
  if (typeof pattern !== "string") return fail("must have a path");
  try {
    const { parts } = parsePathPattern(pattern, settings);
    const names = parts.join("/").includes("{");
    if (output.each === "node" && names) fail("is rendered once per node and cannot have {names} in its path");
    if (output.each !== "node" && !pattern.includes("{id}")) {
      fail("is made once per container and must have {id} in its path");
    }
  } catch (error) {
    if (error instanceof OutputPathError) fail(`has a path that cannot be used: ${error.message}`);
    throw error;
  }
}
