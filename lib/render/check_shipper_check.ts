/**
 * Checks what an agent's description says of the shipper's own check.
 *
 * @module
 */
import type { OutputFormat, Settings } from "./agent.ts";
import type { AgentDescription } from "./agent_description.ts";
import { isOutputFormat } from "./check_output.ts";
import { isPlain, type Plain, unknownKey } from "./plain.ts";
import { printable, shown } from "./printable.ts";

type Check = NonNullable<AgentDescription["check"]>;

const KEYS = ["program", "arguments", "main", "goodExitCodes", "timeoutSeconds"];
const MAIN_KEYS = ["template", "format"];
/** What may stand in braces besides settings. */
const OWN_NAMES = ["main", "work"];
const MAX_ARGUMENTS = 50;
const MAX_ARGUMENT = 1000;
export const DEFAULT_TIMEOUT_SECONDS = 10;
export const MAX_TIMEOUT_SECONDS = 120;

/** Options of {@linkcode checkShipperCheck}. */
export interface CheckShipperCheckOptions {
  /** The agent's settings, checked. */
  readonly settings: Settings;
  /** What files of the agent's own languages can be read back as. */
  readonly languages: Readonly<Record<string, OutputFormat>>;
  /** Throws; gets what the check must be. */
  readonly fail: (expected: string) => never;
}

/** Gives the check of a description with its defaults, if it keeps the contract. */
export function checkShipperCheck(value: unknown, options: CheckShipperCheckOptions): Check {
  const { fail } = options;
  if (!isPlain(value)) return fail("must be an object");
  const stranger = unknownKey(value, KEYS);
  if (stranger !== undefined) fail(`has the unknown key ${JSON.stringify(stranger)}; known are ${KEYS.join(", ")}`);
  const { program, goodExitCodes = [0] } = value;
  if (typeof program !== "string" || !/^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}$/.test(program)) {
    return fail(`has program ${shown(program)}, must be a bare file name`);
  }
  if (
    !Array.isArray(goodExitCodes) || goodExitCodes.length === 0 || goodExitCodes.length > 256 ||
    !goodExitCodes.every((code) => Number.isInteger(code) && code >= 0 && code <= 255)
  ) {
    return fail("must have numbers from 0 to 255 in goodExitCodes");
  }
  return {
    program,
    arguments: checkArguments(value, options),
    goodExitCodes,
    timeoutSeconds: checkTimeout(value.timeoutSeconds, fail),
    ...(value.main === undefined ? {} : { main: checkMain(value.main, options) }),
  };
}

/** Gives a time limit in seconds, or the default where there is none. */
export function checkTimeout(value: unknown, fail: (expected: string) => never): number {
  if (value === undefined) return DEFAULT_TIMEOUT_SECONDS;
  if (typeof value === "number" && value > 0 && value <= MAX_TIMEOUT_SECONDS) return value;
  return fail(`must have a number above 0 and at most ${MAX_TIMEOUT_SECONDS} as timeoutSeconds`);
}

/** Lists the names that stand in braces. */
export function namesIn(pattern: string): string[] {
  return [...pattern.matchAll(/\{([A-Za-z][A-Za-z0-9]*)\}/g)].map((match) => match[1]!);
}

function checkArguments(value: Plain, { settings, fail }: CheckShipperCheckOptions): string[] {
  const { arguments: list } = value;
  if (!Array.isArray(list) || list.length > MAX_ARGUMENTS) {
    return fail(`must have arguments, a list of at most ${MAX_ARGUMENTS}`);
  }
  for (const one of list) {
    if (typeof one !== "string" || one !== printable(one, MAX_ARGUMENT)) {
      fail(`must have arguments of one line of text, of at most ${MAX_ARGUMENT} characters`);
    }
    for (const name of namesIn(one)) {
      if (OWN_NAMES.includes(name)) continue;
      if (!Object.hasOwn(settings, name)) fail(`names the setting ${name} in its arguments, which there is not`);
      if (settings[name]!.secret) {
        fail(`names the secret ${name} in its arguments, which anyone on the machine can read`);
      }
    }
  }
  const own = OWN_NAMES.find((name) => Object.hasOwn(settings, name));
  if (own) fail(`cannot be together with a setting ${own}: {${own}} has a meaning of its own in its arguments`);
  if (list.some((one) => namesIn(one).includes("main")) !== (value.main !== undefined)) {
    fail("must have {main} in its arguments where it has main, and only there");
  }
  return list;
}

function checkMain(value: unknown, { languages, fail }: CheckShipperCheckOptions): NonNullable<Check["main"]> {
  if (!isPlain(value) || unknownKey(value, MAIN_KEYS) !== undefined) {
    return fail(`must have ${MAIN_KEYS.join(" and ")} in main`);
  }
  const { template, format } = value;
  if (typeof template !== "string" || !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.eta$/.test(template)) {
    return fail(`has template ${shown(template)} in main, must be the name of an .eta file in the agent's folder`);
  }
  if (typeof format !== "string" || !(isOutputFormat(format) || Object.hasOwn(languages, format))) {
    return fail(`has format ${shown(format)} in main, must be json, yaml or text, or one of the agent's languages`);
  }
  return { template, format };
}
