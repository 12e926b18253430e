/**
 * Reads lists of rules, with limits: one pod must not fill the files of all.
 *
 * @module
 */
import type { RedactionRule, SamplingRule } from "./log_hints.ts";
import { whyNotPortable } from "./portable_pattern.ts";

/** Says what was expected instead of what is there. */
export type Refuse = (expected: string) => void;

/** Rules of a kind that are taken for one container, and the characters of their texts in all. */
export const MAX_RULES = 100;
export const MAX_RULE_CHARACTERS = 8192;

/** Stands for what is redacted where a rule does not say by what. */
export const DEFAULT_REPLACEMENT = "***";

/** What the rules of annotations look like. */
export const RULE_EXAMPLES = {
  sampling: '{"match_expression": "DEBUG", "sampling_rate": 0.1}',
  redaction: '{"match_expression": "card=[0-9]+", "replacement": "card=***"}',
} as const;

/** Reads sampling rules in the form of Scalyr; those that are wrong are left out. Undefined if it is no list. */
export function readSamplingRules(value: unknown, refuse: Refuse): SamplingRule[] | undefined {
  if (!Array.isArray(value)) return void refuse(`a JSON list of rules like ${RULE_EXAMPLES.sampling}`);
  const rules = value.flatMap((item: unknown, index): SamplingRule[] => {
    const refuseRule = inRule(index, refuse);
    const pattern = patternOf(item, { refuse: refuseRule });
    const rate = readRate(own(item, "sampling_rate"));
    if (pattern !== undefined && rate === undefined) refuseRule('"sampling_rate", a number from 0 to 1');
    return pattern === undefined || rate === undefined ? [] : [{ pattern, rate }];
  });
  return withinLimits(rules, refuse);
}

/** Reads redaction rules in the form of Scalyr; those without a pattern are left out. Undefined if it is no list. */
export function readRedactionRules(value: unknown, refuse: Refuse): RedactionRule[] | undefined {
  if (!Array.isArray(value)) return void refuse(`a JSON list of rules like ${RULE_EXAMPLES.redaction}`);
  const rules = value.flatMap((item: unknown, index): RedactionRule[] => {
    const refuseRule = inRule(index, refuse);
    const pattern = patternOf(item, { refuse: refuseRule, matchesText: true });
    if (pattern === undefined) return [];
    const text = own(item, "replacement");
    const isText = text === undefined || isReplacement(text);
    // The rule stays: what it matches should not be shipped because of a mistake in how to replace it.
    if (!isText) refuseRule(`"replacement", a text of one line; ${DEFAULT_REPLACEMENT} is taken`);
    return [{ pattern, replacement: isReplacement(text) ? text : DEFAULT_REPLACEMENT }];
  });
  return withinLimits(rules, refuse);
}

/** Takes rules from the first on, as many as the limits allow. */
export function withinLimits<R extends { readonly pattern: string; readonly replacement?: string }>(
  rules: readonly R[],
  refuse: Refuse,
): R[] {
  let characters = 0;
  const end = rules.findIndex(({ pattern, replacement = "" }, index) => {
    characters += pattern.length + replacement.length;
    return index >= MAX_RULES || characters > MAX_RULE_CHARACTERS;
  });
  if (end === -1) return [...rules];
  refuse(
    `at most ${MAX_RULES} rules with ${MAX_RULE_CHARACTERS} characters; those from number ${end + 1} on are left out`,
  );
  return rules.slice(0, end);
}

/** Tells whether a text can stand for what is redacted: one line without control characters. */
export function isReplacement(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_RULE_CHARACTERS &&
    /^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u.test(value);
}

/** Reads a rate from 0 to 1, also one that is written as text. */
export function readRate(value: unknown): number | undefined {
  const isDecimal = typeof value === "string" && /^(\d{1,20}(\.\d{0,20})?|\.\d{1,20})$/.test(value);
  const rate = isDecimal ? Number(value) : value;
  return typeof rate === "number" && rate >= 0 && rate <= 1 ? rate : undefined;
}

/** Gives a property of an object's own. */
export function own(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function inRule(index: number, refuse: Refuse): Refuse {
  return (expected) => refuse(`in rule ${index + 1} ${expected}`);
}

function patternOf(
  item: unknown,
  { refuse, ...options }: { refuse: Refuse; matchesText?: boolean },
): string | undefined {
  const pattern = own(item, "match_expression");
  if (typeof pattern !== "string") return void refuse('"match_expression", a regular expression');
  const why = whyNotPortable(pattern, options);
  if (why === undefined) return pattern;
  return void refuse(`"match_expression", a regular expression that all shippers read alike; it has ${why}`);
}
