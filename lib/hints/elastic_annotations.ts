/**
 * Hints of Filebeat's autodiscovery: `co.elastic.logs/<hint>`, and `co.elastic.logs.<container>/<hint>` for one container (Filebeat's reference, hints based
 * autodiscover; `co.elastic.logs/disable` is that of version 6).
 *
 * @module
 */
import { readForeignPattern } from "./foreign_patterns.ts";
import { readBoolean, readParser } from "./hint_values.ts";
import type { SamplingRule } from "./log_hints.ts";
import { type Refuse, withinLimits } from "./rule_list.ts";
import { annotation, type Report, type Subject, type Vocabulary, type Wish, type Wishes } from "./wishes.ts";

const PREFIX = "co.elastic.logs";

/** Hints that are read as they are or as a part of another one. */
const READ: ReadonlySet<string> = new Set([
  "enabled",
  "disable",
  "module",
  "exclude_lines",
  "multiline.pattern",
  "multiline.negate",
  "multiline.match",
  "multiline.type",
]);

/** Patterns of lines that go on with an event, and what begins one then; Filebeat's own examples. */
const INDENTED = /^\^(?:\\s|\[\[:space:\]\]|\[ \\t\])\+?$/;

interface Scope {
  readonly subject: Subject;
  readonly report: Report;
}

/** A hint with where it stands. */
interface Hint {
  readonly text: string;
  readonly source: string;
  readonly refuse: Refuse;
}

/** Reads what Filebeat would. */
export const ELASTIC_ANNOTATIONS: Vocabulary = {
  name: "elastic",
  read(subject, report) {
    const scope = { subject, report };
    const names = hintNames(subject);
    if (names.size === 0) return {};
    for (const [name, key] of names) reportUnread(name, { key, report });
    const wishes: { -readonly [K in keyof Wishes]: Wishes[K] } = {};
    const exclude = excludeOf(scope);
    if (exclude) wishes.exclude = exclude;
    const parser = parserOf(names, scope);
    if (parser) wishes.parser = parser;
    const multiline = multilineOf(scope);
    if (multiline) wishes.multiline = multiline;
    const samplingRules = excludedLines(scope);
    if (samplingRules) wishes.samplingRules = samplingRules;
    return wishes;
  },
};

/** Lists the hints that are for the container, with the annotation of each. */
function hintNames({ annotations, container }: Subject): Map<string, string> {
  const names = new Map<string, string>();
  for (const prefix of [`${PREFIX}/`, `${PREFIX}.${container}/`]) {
    for (const key of Object.keys(annotations)) if (key.startsWith(prefix)) names.set(key.slice(prefix.length), key);
  }
  return names;
}

/** Gives a hint: that for the container, else that for all. */
function hintOf(name: string, { subject: { annotations, container }, report }: Scope): Hint | undefined {
  const key = [`${PREFIX}.${container}/${name}`, `${PREFIX}/${name}`].find((one) => Object.hasOwn(annotations, one));
  if (key === undefined) return undefined;
  const source = annotation(key);
  return { text: annotations[key]!, source, refuse: (expected) => report.invalid(source, expected) };
}

function reportUnread(name: string, { key, report }: { key: string; report: Report }) {
  if (READ.has(name)) return;
  const why = /^\d+\./.test(name)
    ? "one log is not shipped more than once"
    : name.startsWith("json.")
    ? "that lines are JSON is read, its options are not"
    : name === "include_lines"
    ? "lines can only be left out by what they match"
    : "it is for Filebeat alone";
  report.notRead(annotation(key), why);
}

function excludeOf(scope: Scope): Wish<boolean> | undefined {
  const [enabled, disable] = ["enabled", "disable"].map((name) => hintOf(name, scope));
  const isEnabled = enabled && readBoolean(enabled.text, enabled.refuse);
  if (isEnabled !== undefined) return { value: !isEnabled, source: enabled!.source };
  const isDisabled = disable && readBoolean(disable.text, disable.refuse);
  return isDisabled === undefined ? undefined : { value: isDisabled, source: disable!.source };
}

function parserOf(names: ReadonlyMap<string, string>, scope: Scope): Wish<string> | undefined {
  const module = hintOf("module", scope);
  const parser = module && readParser(module.text, module.refuse);
  if (parser !== undefined) return { value: parser, source: module!.source };
  const [, key] = [...names].find(([name]) => name.startsWith("json.")) ?? [];
  return key === undefined ? undefined : { value: "json", source: annotation(key) };
}

/** Only events that begin with a line that matches (`negate: true`, `match: after`) have a counterpart, and indented lines that go on with one. */
function multilineOf(scope: Scope): Wishes["multiline"] {
  const pattern = hintOf("multiline.pattern", scope);
  if (!pattern) return undefined;
  const { text, source, refuse } = pattern;
  const option = (name: string, standard: string) =>
    hintOf(`multiline.${name}`, scope)?.text.trim().toLowerCase() ?? standard;
  const form = `${option("type", "pattern")} ${option("negate", "false")} ${option("match", "")}`;
  if (form === "pattern false after" && INDENTED.test(text)) {
    return { value: { preset: "", firstLine: "^\\S" }, source };
  }
  if (form !== "pattern true after") {
    scope.report.notRead(source, "only the lines that begin an event can be told: negate true, match after");
    return undefined;
  }
  const firstLine = readForeignPattern(text, { refuse });
  return firstLine === undefined ? undefined : { value: { preset: "", firstLine }, source };
}

/** Lines to leave out are lines of which none is sampled. Filebeat splits the hint at commas. */
function excludedLines(scope: Scope): Wish<SamplingRule[]> | undefined {
  const hint = hintOf("exclude_lines", scope);
  if (!hint) return undefined;
  const { text, source, refuse } = hint;
  const rules = text.split(",").slice(0, 1000).map((one) => one.trim()).filter((one) => one !== "").flatMap((one) => {
    const pattern = readForeignPattern(one, { refuse });
    return pattern === undefined ? [] : [{ pattern, rate: 0 }];
  });
  return { value: withinLimits(rules, refuse), source };
}
