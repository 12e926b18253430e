/**
 * Annotations of the Datadog agent's autodiscovery: `ad.datadoghq.com/<container>.logs`, a JSON list with one configuration, and `ad.datadoghq.com/[<container>.]
 * exclude` and `logs_exclude` (Datadog's documentation: Kubernetes log collection, advanced log collection, container discovery management).
 *
 * @module
 */
import { readAttributes } from "./attributes.ts";
import { foreignRedaction, readForeignPattern } from "./foreign_patterns.ts";
import { readBoolean, readParser } from "./hint_values.ts";
import type { Multiline, RedactionRule, SamplingRule } from "./log_hints.ts";
import { own, type Refuse, withinLimits } from "./rule_list.ts";
import { annotation, type Report, type Subject, type Vocabulary, type Wish, type Wishes } from "./wishes.ts";

const PREFIX = "ad.datadoghq.com/";
const MAX_TEXT = 64 * 1024;
const EXAMPLE = '[{"source": "nginx", "service": "web", "log_processing_rules": [...]}]';
/** Keys of a configuration that are read. */
const READ: readonly string[] = ["source", "service", "tags", "log_processing_rules"];
/** References of Go to groups: `$1`, `${name}`. */
const REFERENCES = /\$[\w{]/;

/** Reads what the Datadog agent would. */
export const DATADOG_ANNOTATIONS: Vocabulary = {
  name: "datadog",
  read(subject, report) {
    const exclude = excludeOf(subject, report);
    const wishes = logsOf(subject, report);
    return exclude ? { ...wishes, exclude } : wishes;
  },
};

function excludeOf({ annotations, container }: Subject, report: Report): Wish<boolean> | undefined {
  for (const name of [`${container}.logs_exclude`, `${container}.exclude`, "logs_exclude", "exclude"]) {
    const key = `${PREFIX}${name}`;
    if (!Object.hasOwn(annotations, key)) continue;
    const source = annotation(key);
    // Any of them set to true excludes; none set to false takes another one back.
    if (readBoolean(annotations[key]!, (expected) => report.invalid(source, expected))) return { value: true, source };
  }
  return undefined;
}

function logsOf({ annotations, container }: Subject, report: Report): Wishes {
  const key = `${PREFIX}${container}.logs`;
  if (!Object.hasOwn(annotations, key)) return {};
  const source = annotation(key);
  const refuse: Refuse = (expected) => report.invalid(source, expected);
  const notRead = (why: string) => report.notRead(source, why);
  const list = parseList(annotations[key]!);
  const [config, ...others] = list ?? [];
  if (!list || list.some((one) => typeof one !== "object" || one === null || Array.isArray(one))) {
    refuse(`a JSON list like ${EXAMPLE}`);
    return {};
  }
  if (!config) return {};
  if (others.length > 0) notRead("all but the first item of its list");
  for (const name of Object.keys(config as object).slice(0, 50)) {
    if (!READ.includes(name)) notRead(`${JSON.stringify(name.slice(0, 40))} has no counterpart`);
  }
  return configWishes(config, { source, refuse, notRead });
}

interface Scope {
  readonly source: string;
  readonly refuse: Refuse;
  readonly notRead: (why: string) => void;
}

function configWishes(config: unknown, scope: Scope): Wishes {
  const { source, refuse } = scope;
  const wishes: { -readonly [K in keyof Wishes]: Wishes[K] } = {};
  const parser = own(config, "source");
  const name = parser === undefined ? undefined : readParser(parser, refuse);
  if (name !== undefined) wishes.parser = { value: name, source };
  const attributes = attributesOf(config, scope);
  if (Object.keys(attributes).length > 0) wishes.attributes = { value: attributes, source };
  const rules = own(config, "log_processing_rules");
  if (rules === undefined) return wishes;
  if (!Array.isArray(rules)) {
    refuse('"log_processing_rules", a list');
    return wishes;
  }
  const { multiline, sampling, redaction } = processingRules(rules, scope);
  if (multiline) wishes.multiline = { value: multiline, source };
  if (sampling.length > 0) wishes.samplingRules = { value: withinLimits(sampling, refuse), source };
  if (redaction.length > 0) wishes.redactionRules = { value: withinLimits(redaction, refuse), source };
  return wishes;
}

/** Service and those tags that have a name, e.g. `team:shop`. */
function attributesOf(config: unknown, { refuse, notRead }: Scope): Readonly<Record<string, string>> {
  const found = new Map<string, unknown>();
  const tags = own(config, "tags");
  const list: readonly unknown[] = Array.isArray(tags) ? tags : typeof tags === "string" ? tags.split(",") : [];
  if (tags !== undefined && list.length === 0 && !Array.isArray(tags)) {
    refuse('"tags", a list of texts like "team:shop"');
  }
  for (const tag of list.slice(0, 1000)) {
    const match = typeof tag === "string" ? /^([^:]{1,320}):([^]*)$/.exec(tag.trim()) : null;
    if (match) found.set(match[1]!, match[2]!);
    else notRead(`the tag ${(JSON.stringify(tag) ?? "").slice(0, 40)} has no name`);
  }
  const service = own(config, "service");
  if (service !== undefined) found.set("service", service);
  return readAttributes(Object.fromEntries(found), refuse) ?? {};
}

function processingRules(rules: readonly unknown[], { refuse, notRead }: Scope) {
  let multiline: Multiline | undefined;
  const sampling: SamplingRule[] = [];
  const redaction: RedactionRule[] = [];
  for (const [index, rule] of rules.entries()) {
    const type = own(rule, "type");
    const inRule: Refuse = (expected) => refuse(`in rule ${index + 1} ${expected}`);
    if (type !== "multi_line" && type !== "exclude_at_match" && type !== "mask_sequences") {
      notRead(`rules of the type ${(JSON.stringify(type) ?? "none").slice(0, 40)} have no counterpart`);
      continue;
    }
    const pattern = readForeignPattern(own(rule, "pattern"), {
      refuse: inRule,
      matchesText: type === "mask_sequences",
    });
    if (pattern === undefined) continue;
    if (type === "multi_line") multiline ??= { preset: "", firstLine: anchored(pattern) };
    else if (type === "exclude_at_match") sampling.push({ pattern, rate: 0 });
    else {
      const replacement = own(rule, "replace_placeholder");
      redaction.push(foreignRedaction({ pattern, replacement }, { references: REFERENCES, refuse: inRule }));
    }
  }
  return { multiline, sampling, redaction };
}

/** Datadog looks for the pattern of a first line at the line's start only. */
function anchored(pattern: string): string {
  return pattern.startsWith("^") && !pattern.includes("|") ? pattern : `^(?:${pattern})`;
}

function parseList(text: string): readonly unknown[] | undefined {
  if (text.length > MAX_TEXT) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
