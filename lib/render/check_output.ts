/**
 * Checks one output of an agent's description.
 *
 * @module
 */
import type { Output, OutputFormat, Settings } from "./agent.ts";
import { isCondition } from "./runtime/condition.ts";
import { OutputPathError, parsePathPattern } from "./output_path.ts";
import { isPlain, type Plain, unknownKey } from "./plain.ts";
import { shown } from "./printable.ts";

const FILE_KEYS = ["template", "format", "each", "path", "mode", "list", "onlyIf"];
const LINK_KEYS = ["link", "to", "onlyIf"];
const DEFAULT_MODE = 0o640;
/** Permission bits that an agent may ask for: read and write for owner and group, read for all. */
const ALLOWED_MODE = 0o664;

/** Options of {@linkcode checkOutput}. */
export interface CheckOutputOptions {
  /** The agent's settings, checked. */
  readonly settings: Settings;
  /** What files of the agent's own languages can be read back as. */
  readonly languages?: Readonly<Record<string, OutputFormat>>;
  /** Throws; gets what the output must be. */
  readonly fail: (expected: string) => never;
}

/** Gives the output of a description, if it keeps the contract. */
export function checkOutput(value: unknown, { settings, languages = {}, fail }: CheckOutputOptions): Output {
  if (!isPlain(value)) return fail("must be an object");
  const isLink = Object.hasOwn(value, "link");
  const known = isLink ? LINK_KEYS : FILE_KEYS;
  const stranger = unknownKey(value, known);
  if (stranger !== undefined) fail(`has the unknown key ${JSON.stringify(stranger)}; known are ${known.join(", ")}`);
  if (value.onlyIf !== undefined && !isCondition(value.onlyIf, settings)) {
    fail(`has onlyIf ${shown(value.onlyIf)}, must be the name of a boolean setting, or ! and the name`);
  }
  checkPattern(isLink ? value.link : value.path, { output: value, settings, fail });
  return isLink ? checkLink(value, fail) : checkFile(value, { languages, fail });
}

/** Tells whether something names a language that is built in. */
export function isOutputFormat(value: unknown): value is OutputFormat {
  return value === "json" || value === "yaml" || value === "text";
}

function checkLink(output: Plain, fail: (expected: string) => never): Output {
  const { to } = output;
  if (to !== undefined && (typeof to !== "string" || !/^[A-Za-z][A-Za-z0-9]{0,99}$/.test(to))) {
    fail("must have the name of a context field in to");
  }
  return output as unknown as Output;
}

function checkFile(output: Plain, { languages = {}, fail }: Omit<CheckOutputOptions, "settings">): Output {
  const { template, format, each, mode = DEFAULT_MODE, list } = output;
  if (typeof template !== "string" || !/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.eta$/.test(template)) {
    fail(`has template ${shown(template)}, must be the name of an .eta file in the agent's folder`);
  }
  const like = isOutputFormat(format)
    ? format
    : typeof format === "string" && Object.hasOwn(languages, format)
    ? languages[format]
    : fail(`has format ${shown(format)}, must be json, yaml or text, or one of the agent's languages`);
  if (each !== "container" && each !== "node") fail(`has each ${shown(each)}, must be "container" or "node"`);
  if (
    typeof mode !== "number" || !Number.isInteger(mode) || mode < 0 || mode > 0o777 || (mode & ~ALLOWED_MODE) !== 0
  ) {
    const octal = typeof mode === "number" ? `0o${mode.toString(8)}` : shown(mode);
    fail(`has mode ${octal}, must be within 0o664: files are not executable, nor writable by all`);
  }
  if (list !== undefined && (typeof list !== "string" || list.length > 100 || each !== "node" || like === "text")) {
    fail('has list, which is for each: "node" and formats that parse');
  }
  return { ...output, mode } as unknown as Output;
}

function checkPattern(pattern: unknown, { output, settings, fail }: CheckOutputOptions & { output: Plain }) {
  if (typeof pattern !== "string") return fail("must have a path");
  try {
    const { parts } = parsePathPattern(pattern, settings);
    const hasNames = parts.join("/").includes("{");
    if (output.each === "node" && hasNames) fail("is rendered once per node and cannot have {names} in its path");
    if (output.each !== "node" && !parts.join("/").includes("{id}")) {
      fail("is made once per container and must have {id} in its path");
    }
  } catch (error) {
    if (error instanceof OutputPathError) fail(`has a path that cannot be used: ${error.message}`);
    throw error;
  }
}
