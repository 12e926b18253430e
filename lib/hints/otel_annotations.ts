/**
 * Annotations that the OpenTelemetry Collector's receiver creator heeds: `io.opentelemetry.discovery.logs/enabled` and `/config`, and
 * `io.opentelemetry.discovery.logs.<container>/enabled` and `/config` for one container; a configuration is that of the filelog receiver, in YAML (README of the
 * receiver creator, supported logs annotations).
 *
 * @module
 */
import { parse } from "yaml";
import { readAttributes } from "./attributes.ts";
import { readForeignPattern } from "./foreign_patterns.ts";
import { readBoolean } from "./hint_values.ts";
import type { SamplingRule } from "./log_hints.ts";
import { own, type Refuse, withinLimits } from "./rule_list.ts";
import { annotation, type Report, type Subject, type Vocabulary, type Wishes } from "./wishes.ts";

const PREFIX = "io.opentelemetry.discovery.logs";
/** Longest configuration that is read, in characters. */
const MAX_TEXT = 16 * 1024;
const MAX_OPERATORS = 100;

type WishesInWork = { -readonly [K in keyof Wishes]: Wishes[K] };

interface Scope {
  readonly source: string;
  readonly wishes: WishesInWork;
  readonly refuse: Refuse;
  readonly notRead: (why: string) => void;
}

/** Reads what the receiver creator would. */
export const OTEL_ANNOTATIONS: Vocabulary = {
  name: "otel",
  read(subject, report) {
    const wishes: WishesInWork = {};
    const enabled = hintOf("enabled", subject);
    const isEnabled = enabled && readBoolean(enabled.text, (expected) => report.invalid(enabled.source, expected));
    if (isEnabled !== undefined) wishes.exclude = { value: !isEnabled, source: enabled!.source };
    const config = hintOf("config", subject);
    if (config) readConfig(config, { wishes, report });
    return wishes;
  },
};

/** Gives a hint: that for the container, else that for all. */
function hintOf(name: string, { annotations, container }: Subject): { text: string; source: string } | undefined {
  const key = [`${PREFIX}.${container}/${name}`, `${PREFIX}/${name}`].find((one) => Object.hasOwn(annotations, one));
  return key === undefined ? undefined : { text: annotations[key]!, source: annotation(key) };
}

function readConfig(
  { text, source }: { text: string; source: string },
  { wishes, report }: { wishes: WishesInWork; report: Report },
) {
  const refuse: Refuse = (expected) => report.invalid(source, expected);
  const scope: Scope = { source, wishes, refuse, notRead: (why) => report.notRead(source, why) };
  const config = parseYaml(text);
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    return refuse(`the configuration of a filelog receiver in YAML, of at most ${MAX_TEXT} characters`);
  }
  for (const name of Object.keys(config).slice(0, 50)) {
    if (name === "multiline") readMultiline(own(config, name), scope);
    else if (name === "operators") readOperators(own(config, name), scope);
    else scope.notRead(`${JSON.stringify(name.slice(0, 40))} has no counterpart`);
  }
}

function readMultiline(value: unknown, scope: Scope) {
  const start = own(value, "line_start_pattern");
  if (start === undefined) return scope.notRead("only the lines that begin an event can be told: line_start_pattern");
  setFirstLine(start, scope);
}

function setFirstLine(pattern: unknown, { wishes, source, refuse }: Scope) {
  const firstLine = readForeignPattern(pattern, { refuse });
  if (firstLine !== undefined) wishes.multiline = { value: { preset: "", firstLine }, source };
}

function readOperators(value: unknown, scope: Scope) {
  if (!Array.isArray(value)) return scope.refuse('"operators", a list');
  const attributes = new Map<string, unknown>();
  const sampling: SamplingRule[] = [];
  for (const operator of value.slice(0, MAX_OPERATORS) as unknown[]) {
    const type = own(operator, "type");
    // The envelope of the runtime is taken off anyway.
    if (type === "container") continue;
    const isRead = type === "json_parser"
      ? (scope.wishes.parser ??= { value: "json", source: scope.source })
      : type === "add"
      ? readAdd(operator, attributes)
      : type === "recombine"
      ? readRecombine(operator, scope)
      : type === "filter" && readFilter(operator, { sampling, scope });
    if (!isRead) {
      scope.notRead(
        `the operator ${(JSON.stringify(type) ?? "without a type").slice(0, 40)} has no counterpart in this form`,
      );
    }
  }
  const { wishes, source, refuse } = scope;
  const read = readAttributes(Object.fromEntries(attributes), refuse) ?? {};
  if (Object.keys(read).length > 0) wishes.attributes = { value: read, source };
  if (sampling.length > 0) wishes.samplingRules = { value: withinLimits(sampling, refuse), source };
}

/** Reads `{type: add, field: attributes.name, value: text}`; a value of the form EXPR(...) is worked out by the Collector alone. */
function readAdd(operator: unknown, attributes: Map<string, unknown>): boolean {
  const [field, value] = [own(operator, "field"), own(operator, "value")];
  const match = typeof field === "string" ? /^(?:attributes|resource)(?:\.(.+)|\["([^"]+)"\])$/.exec(field) : null;
  if (!match || (typeof value === "string" && value.startsWith("EXPR("))) return false;
  attributes.set((match[1] ?? match[2])!, value);
  return true;
}

/** Reads `{type: recombine, is_first_entry: body matches "pattern"}`. */
function readRecombine(operator: unknown, scope: Scope): boolean {
  const pattern = matchedByBody(own(operator, "is_first_entry"));
  if (pattern === undefined) return false;
  setFirstLine(pattern, scope);
  return true;
}

/** Reads `{type: filter, expr: body matches "pattern", drop_ratio: 1}`. */
function readFilter(operator: unknown, { sampling, scope }: { sampling: SamplingRule[]; scope: Scope }): boolean {
  const text = matchedByBody(own(operator, "expr"));
  const ratio = own(operator, "drop_ratio") ?? 1;
  if (text === undefined || typeof ratio !== "number" || !(ratio >= 0 && ratio <= 1)) return false;
  const pattern = readForeignPattern(text, { refuse: scope.refuse });
  // 1 - 0.9 is not 0.1 in binary fractions.
  if (pattern !== undefined) sampling.push({ pattern, rate: Number((1 - ratio).toFixed(9)) });
  return true;
}

/** Takes the pattern out of an expression that is nothing but `body matches "pattern"`. */
function matchedByBody(expression: unknown): string | undefined {
  const match = typeof expression === "string"
    ? /^\s*body\s+matches\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*$/.exec(expression)
    : null;
  const quoted = match?.[1] ?? match?.[2];
  return quoted?.replaceAll(/\\(["'\\])/g, "$1");
}

function parseYaml(text: string): unknown {
  if (text.length > MAX_TEXT) return undefined;
  try {
    return parse(text, { maxAliasCount: 10, logLevel: "error" });
  } catch {
    // Whatever is wrong with it: a message of the parser would show the text.
    return undefined;
  }
}
