/**
 * Checks one setting of an agent's description.
 *
 * @module
 */
import { normalize } from "node:path";
import type { Setting, SettingType } from "./agent.ts";
import { isPlain, type Plain, unknownKey } from "./plain.ts";
import { printable, shown } from "./printable.ts";

const TYPES: readonly SettingType[] = ["string", "directory", "file", "path", "url", "integer", "boolean", "object"];
const KEYS = ["env", "type", "help", "default", "required", "secret", "choices", "sample"];
const MAX_HELP = 500;
const MAX_VALUE = 10_000;
const MAX_CHOICES = 20;
/** Least length of a word that may stand for the agent's name in the names of its variables. */
const MIN_SHORT_NAME = 4;

/** Options of {@linkcode checkSetting}. */
export interface CheckSettingOptions {
  /** Name of the agent. */
  readonly agent: string;
  /** Throws; gets what the setting must be. */
  readonly fail: (expected: string) => never;
}

/** Gives the setting of a description, if it keeps the contract. */
export function checkSetting(value: unknown, { agent, fail }: CheckSettingOptions): Setting {
  if (!isPlain(value)) return fail("must be an object");
  const stranger = unknownKey(value, KEYS);
  if (stranger !== undefined) fail(`has the unknown key ${JSON.stringify(stranger)}; known are ${KEYS.join(", ")}`);
  const { env, help, required = false, secret = false } = value;
  checkVariable(env, { agent, fail });
  const type = TYPES.find((known) => known === value.type) ??
    fail(`has type ${shown(value.type)}, must be one of ${TYPES.join(", ")}`);
  if (typeof help !== "string" || help === "" || help !== printable(help, MAX_HELP)) {
    fail(`must have help, one line of text of at most ${MAX_HELP} characters`);
  }
  if (typeof secret !== "boolean") return fail("must have true or false for secret");
  if (typeof required !== "boolean" && typeof required !== "string") {
    return fail("must have true, false, or a condition for required");
  }
  checkValues(value, { type, agent, fail });
  checkChoices(value, { type, fail });
  if (secret && type !== "string") fail('is secret and must be of type "string"');
  // What the program itself goes to is named by the operator, never by the agent.
  if (type === "url" && value.default !== undefined) fail("is an address and must not have a default");
  if (secret && value.default !== undefined) fail("is secret and must not have a default");
  return { ...value, required, secret } as unknown as Setting;
}

/** Refuses variables that are not the agent's own: with another's name it would be given another's secret. */
function checkVariable(env: unknown, { agent, fail }: CheckSettingOptions) {
  const own = agent.toUpperCase().replaceAll("-", "_");
  const words = typeof env === "string" && env.length <= 100 && /^WATCHER((?:_[A-Z0-9]+){2,})$/.exec(env)?.[1];
  if (!words) return fail("must have env, an environment variable WATCHER_<AGENT>_<NAME>");
  const first = words.split("_")[1]!;
  const isOwn = words.startsWith(`_${own}_`) || (first.length >= MIN_SHORT_NAME && own.startsWith(first));
  if (!isOwn) {
    fail(`has env ${env}, which is not the agent's own: it must start with WATCHER_${own}_`);
  }
}

function checkValues(value: Plain, { type, agent, fail }: CheckSettingOptions & { type: SettingType }) {
  for (const name of ["default", "sample"]) {
    if (value[name] !== undefined && !fits(value[name], type)) fail(`has a ${name} that is no ${type}`);
  }
  if ((type === "directory" || type === "file") && value.default !== undefined) {
    const folders = String(value.default).split("/").slice(0, type === "file" ? -1 : undefined);
    if (!folders.some((folder) => folder.startsWith(agent))) {
      fail(
        `has the default ${shown(value.default)}, which is not in a folder named after the agent; ` +
          "make it required, so that the operator names the place",
      );
    }
  }
}

function checkChoices(value: Plain, { type, fail }: Pick<CheckSettingOptions, "fail"> & { type: SettingType }) {
  const { choices } = value;
  if (choices === undefined) return;
  const areWords = Array.isArray(choices) && choices.length > 0 && choices.length <= MAX_CHOICES &&
    choices.every((one) => typeof one === "string" && /^[a-z0-9][a-z0-9._-]{0,39}$/.test(one));
  if (!areWords || type !== "string") return fail('has choices, which are lower-case words for type "string"');
  for (const name of ["default", "sample"]) {
    if (value[name] !== undefined && !choices.includes(value[name])) fail(`has a ${name} that is none of its choices`);
  }
}

function fits(value: unknown, type: SettingType): boolean {
  switch (type) {
    case "integer":
      return Number.isSafeInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "object":
      return isPlain(value) && JSON.stringify(value).length <= MAX_VALUE;
    case "url":
      return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
    case "string":
      return typeof value === "string" && value.length <= MAX_VALUE;
    default:
      return typeof value === "string" && value.startsWith("/") && normalize(value) === value &&
        value === printable(value, MAX_VALUE);
  }
}
