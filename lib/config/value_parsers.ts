/**
 * Parsers of setting values: text as it stands in a variable or flag -> a value, or what was expected instead.
 *
 * @module
 */
import { normalize } from "node:path/posix";
import { type AttributeChoice, readAttributeChoice } from "../hints/attribute_choice.ts";

/** A parsed value, or the words that follow "expected" in the error. */
export type Parsed<T> = { readonly value: T } | { readonly expected: string };

/** Parses the text of one setting; never called with empty text. */
export type Parser<T> = (text: string) => Parsed<T>;

const TRUE_WORDS = new Set(["true", "1", "yes", "on"]);
const FALSE_WORDS = new Set(["false", "0", "no", "off"]);

/** Takes any text. */
export function parseText(text: string): Parsed<string> {
  return { value: text };
}

/** Takes true, false, 1, 0, yes, no, on and off in any case. */
export function parseBoolean(text: string): Parsed<boolean> {
  const word = text.trim().toLowerCase();
  if (TRUE_WORDS.has(word)) return { value: true };
  if (FALSE_WORDS.has(word)) return { value: false };
  return { expected: "true, false, 1, 0, yes, no, on or off" };
}

/** Longest path that Linux takes, in bytes (PATH_MAX less the end mark). */
const MAX_PATH_BYTES = 4095;

/** Takes an absolute path and normalises it: no `.`, `..`, doubled or trailing slash; `~` means nothing. */
export function parsePath(text: string): Parsed<string> {
  const path = text.trim();
  if (!path.startsWith("/")) return { expected: "an absolute path, one that starts with /" };
  if (/\p{Cc}/u.test(path) || new TextEncoder().encode(path).length > MAX_PATH_BYTES) {
    return { expected: `an absolute path without control characters, of at most ${MAX_PATH_BYTES} bytes` };
  }
  return { value: trimSlash(normalize(path).replace(/^\/+/, "/")) };
}

/** Takes the absolute path of a file: {@linkcode parsePath} without a trailing slash. */
export function parseFilePath(text: string): Parsed<string> {
  const parsed = parsePath(text);
  if ("expected" in parsed || text.trim().endsWith("/") || parsed.value === "/") {
    return { expected: "the absolute path of a file, one that starts with / and does not end with it" };
  }
  return parsed;
}

/** Takes the path of a file; one that is not absolute is meant from the working folder. */
export function parseFileName(text: string): Parsed<string> {
  const path = text.trim();
  if (/\p{Cc}/u.test(path) || path.endsWith("/") || new TextEncoder().encode(path).length > MAX_PATH_BYTES) {
    return { expected: "the path of a file" };
  }
  return { value: normalize(path) };
}

/** Takes paths separated by colons, each once; those that are not absolute are meant from the working folder. */
export function parseSearchPath(text: string): Parsed<readonly string[]> {
  const paths = text.split(":").map((path) => path.trim()).filter((path) => path !== "");
  if (paths.length === 0) return { expected: "paths separated by colons" };
  return { value: [...new Set(paths.map((path) => trimSlash(normalize(path))))] };
}

/** Takes names of agents separated by commas, in the order given, each once. */
export function parseNames(text: string): Parsed<readonly string[]> {
  const names = splitList(text);
  if (names.length === 0) return { expected: "names of agents separated by commas, e.g. scalyr,symlinker" };
  return { value: names };
}

/** Takes a word for true (`application` and `version`), for false (none), or label names separated by commas. */
export function parseLabels(text: string): Parsed<readonly string[]> {
  const word = parseBoolean(text);
  if ("value" in word) return { value: word.value ? ["application", "version"] : [] };
  const labels = splitList(text);
  const areNames = labels.every((label) => /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(label));
  if (labels.length > 0 && areNames) return { value: labels };
  return { expected: "true, false, or names of labels separated by commas, e.g. application,team" };
}

/** Takes names of labels or annotations separated by commas: `key`, `key=attribute`, `prefix*` or `*`. */
export function parseAttributeChoices(text: string): Parsed<readonly AttributeChoice[]> {
  const choices = splitList(text).map(readAttributeChoice);
  if (choices.length > 0 && choices.every((choice) => choice !== undefined)) return { value: choices };
  return {
    expected: "keys separated by commas: key, key=attribute, prefix* or *, e.g. team,app.kubernetes.io/name=app",
  };
}

/** Makes a parser that takes some of these words, separated by commas, in the order given. */
export function parseChoices<const T extends string>(choices: readonly T[]): Parser<readonly T[]> {
  return (text) => {
    const words = splitList(text.toLowerCase());
    const known = words.map((word) => choices.find((choice) => choice === word));
    if (known.length > 0 && known.every((word) => word !== undefined)) return { value: known };
    return { expected: `some of ${choices.join(", ")}, separated by commas` };
  };
}

/** Takes an http or https address without user, query or fragment; a trailing slash goes. */
export function parseUrl(text: string): Parsed<string> {
  const expected = "an address such as http://127.0.0.1:8001, without user, query or fragment";
  const trimmed = text.trim();
  if (!/^https?:\/\/[^/]/i.test(trimmed) || !URL.canParse(trimmed)) return { expected };
  const url = new URL(trimmed);
  if (url.username || url.password || url.search || url.hash) return { expected };
  return { value: trimSlash(url.href) };
}

/** Makes a parser of seconds, whole or decimal, up to `atMost`. */
export function parseSeconds(zero: "above 0" | "from 0", { atMost }: { readonly atMost: number }): Parser<number> {
  return (text) => {
    const seconds = /^\+?(\d+(\.\d*)?|\.\d+)$/.test(text.trim()) ? Number(text) : NaN;
    const isInRange = seconds <= atMost && (seconds > 0 || (seconds === 0 && zero === "from 0"));
    if (isInRange) return { value: seconds };
    return { expected: `seconds as a number ${zero} and at most ${atMost}, e.g. 60 or 0.5` };
  };
}

/** Makes a parser that takes one of these words, in any case. */
export function parseChoice<const T extends string>(...choices: readonly T[]): Parser<T> {
  return (text) => {
    const choice = choices.find((one) => one === text.trim().toLowerCase());
    return choice === undefined ? { expected: choices.join(" or ") } : { value: choice };
  };
}

/** Takes a whole number without unit or exponent. */
export function parseInteger(text: string): Parsed<number> {
  const integer = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN;
  return Number.isSafeInteger(integer) ? { value: integer } : { expected: "a whole number, e.g. 10000" };
}

/** Takes a TCP port. */
export function parsePort(text: string): Parsed<number> {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? { value: port } : { expected: "a port from 1 to 65535" };
}

/** Deepest nesting of an object; what is nested thousands deep cannot be handed on to an agent. */
const MAX_DEPTH = 32;

/** Takes a JSON object. */
export function parseObject(text: string): Parsed<Readonly<Record<string, unknown>>> {
  const expected = 'a JSON object, e.g. {"key": "value"}';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return { expected };
    return isDeep(value) ? { expected: `a JSON object nested at most ${MAX_DEPTH} deep` } : { value: { ...value } };
  } catch (error) {
    if (error instanceof SyntaxError) return { expected };
    throw error;
  }
}

function isDeep(value: object): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((one) => typeof one === "object" && one !== null ? Object.values(one) : []);
  }
  return false;
}

function splitList(text: string): readonly string[] {
  return [...new Set(text.split(",").map((part) => part.trim()).filter((part) => part !== ""))];
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
