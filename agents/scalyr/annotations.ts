/**
 * What pods say about their logs in annotations: JSON lists with one item per container of the pod.
 *
 * Whatever is not usable is replaced by its default with a warning; it never affects another container, nor another setting.
 *
 * @module
 */
import type { LogTarget, Scope } from "../../lib/render/agent.ts";
import { wishedRedaction, wishedSampling } from "./hints.ts";
import { isPythonPattern } from "./python_pattern.ts";

const PARSER = "kubernetes-log-watcher/scalyr-parser";
const SAMPLING = "kubernetes-log-watcher/scalyr-sampling-rules";
const REDACTION = "kubernetes-log-watcher/scalyr-redaction-rules";

/** Parser of containers that ask for none. */
const DEFAULT_PARSER = "json";

/** Rules that are taken for one container, and the characters of their texts in all: one pod must not fill the file of all. */
const MAX_RULES = 100;
const MAX_CHARACTERS = 8192;
/** Longest name of a parser. */
const MAX_PARSER = 255;

/** Takes JSON Web Tokens out of every log, whatever the pod says. */
const JWT_RULE = {
  match_expression: "eyJ[a-zA-Z0-9/+_=-]{5,}\\.eyJ[a-zA-Z0-9/+_=-]{5,}\\.[a-zA-Z0-9/+_=-]{5,}",
  replacement: "+++JWT_TOKEN_REDACTED+++",
};

type Plain = Readonly<Record<string, unknown>>;
type Warn = (expected: string) => void;
type Warner = Pick<Scope, "warn">;
type Speaker = Pick<Scope, "warn" | "cannot">;

/** A rule as Scalyr takes it. */
export interface Rule {
  readonly match_expression: string;
}

/** Gives the parser that the pod wants for a container: Scalyr's annotation comes before the one for all shippers. */
export function parserOf(target: LogTarget, { warn }: Warner): string {
  const item = itemFor(target, { annotation: PARSER, example: '"parser": "json"', warn });
  if (!item) return target.hints.parser || DEFAULT_PARSER;
  if (typeof item.parser === "string" && item.parser !== "" && item.parser.length <= MAX_PARSER) return item.parser;
  warn(`annotation ${PARSER}`, `"parser", a text that is not empty, of at most ${MAX_PARSER} characters`);
  return target.hints.parser || DEFAULT_PARSER;
}

/** Gives the sampling rules that the pod wants for a container: Scalyr's annotation comes before the one for all shippers. */
export function samplingRulesOf(target: LogTarget, { warn, cannot }: Speaker): Rule[] {
  const list = { annotation: SAMPLING, key: "sampling-rules" };
  return rulesOf(target, { ...list, warn })?.flatMap(({ rule, pattern, refuse }) => {
    const rate = rateOf(rule.sampling_rate);
    if (rate === undefined) {
      refuse('"sampling_rate", a number from 0 to 1');
      return [];
    }
    return [{ match_expression: pattern, sampling_rate: rate }];
  }) ?? wishedSampling(target, { cannot });
}

/**
 * Gives the redaction rules that the operator and the pod want for a container. They add up: no annotation takes another rule away. The last one is always that
 * against JSON Web Tokens.
 */
export function redactionRulesOf(target: LogTarget, { warn, cannot }: Speaker): Rule[] {
  const list = { annotation: REDACTION, key: "redaction-rules" };
  const rules = rulesOf(target, { ...list, warn })?.map(({ rule, pattern, refuse }) => {
    const options: Record<string, string> = {};
    for (const name of ["replacement", "hash_salt"]) {
      const value = rule[name];
      if (typeof value === "string") options[name] = value;
      // The rule stays: what it matches should not be shipped because of a mistake in how to replace it.
      else if (value !== undefined) refuse(`"${name}", a text`);
    }
    return { match_expression: pattern, ...options };
  });
  return [...wishedRedaction(target, { cannot }), ...rules ?? [], JWT_RULE];
}

/** Finds the first item for the container, which decides. */
function itemFor(
  target: LogTarget,
  { annotation, example, warn }: { annotation: string; example: string } & Warner,
): Plain | undefined {
  const text = target.pod.annotations[annotation];
  if (text === undefined) return undefined;
  const list = parseList(text);
  if (!list?.every((item) => typeof plain(item)?.container === "string")) {
    warn(
      `annotation ${annotation}`,
      `a JSON list of objects like {"container": "${target.container.name}", ${example}}`,
    );
  }
  return list?.map(plain).find((item) => item?.container === target.container.name);
}

/** Gives those rules of the container whose expression Scalyr takes, each with a way to complain of it; undefined if the annotation has none for it. */
function rulesOf(
  target: LogTarget,
  { annotation, key, warn }: { annotation: string; key: string } & Warner,
): { rule: Plain; pattern: string; refuse: Warn }[] | undefined {
  const item = itemFor(target, { annotation, example: `"${key}": [...]`, warn });
  if (!item) return undefined;
  const subject = `annotation ${annotation}`;
  const rules: unknown = item[key];
  if (!Array.isArray(rules)) {
    warn(subject, `"${key}", a list of rules`);
    return undefined;
  }
  return withinLimits(rules, (expected) => warn(subject, expected)).flatMap((value: unknown, index) => {
    const refuse: Warn = (expected) => warn(subject, `in rule ${index + 1} ${expected}`);
    const rule = plain(value);
    const pattern = rule?.match_expression;
    if (!rule || typeof pattern !== "string" || !isPythonPattern(pattern)) {
      refuse('"match_expression", a regular expression of Python that is not empty');
      return [];
    }
    return [{ rule, pattern, refuse }];
  });
}

/** Takes rules from the first on, as many as the limits allow. */
function withinLimits(rules: readonly unknown[], warn: Warn): readonly unknown[] {
  let characters = 0;
  const end = rules.findIndex((rule, index) => {
    characters += textsOf(plain(rule)).reduce((sum, text) => sum + text.length, 0);
    return index >= MAX_RULES || characters > MAX_CHARACTERS;
  });
  if (end === -1) return rules;
  warn(`at most ${MAX_RULES} rules with ${MAX_CHARACTERS} characters; rule ${end + 1} and all after it are left out`);
  return rules.slice(0, end);
}

function textsOf(rule: Plain | undefined): string[] {
  return [rule?.match_expression, rule?.replacement, rule?.hash_salt].filter((text) => typeof text === "string");
}

/** Reads a rate from 0 to 1; Scalyr's users also write it as text. */
function rateOf(value: unknown): number | undefined {
  const isDecimal = typeof value === "string" && /^(\d+(\.\d*)?|\.\d+)$/.test(value);
  const rate = isDecimal ? Number(value) : value;
  return typeof rate === "number" && rate >= 0 && rate <= 1 ? rate : undefined;
}

function parseList(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function plain(value: unknown): Plain | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Plain : undefined;
}
