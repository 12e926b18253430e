/**
 * Annotations of the Scalyr agent's kubernetes monitor: `log.config.scalyr.com/<option>`, and `log.config.scalyr.com/<container>.<option>` for one container.
 * Dots lead into objects, numbers are places in a list (Scalyr agent 2, kubernetes_monitor: log config via annotations).
 *
 * @module
 */
import { type Attributes, readAttributes } from "./attributes.ts";
import { foreignRedaction, readForeignPattern } from "./foreign_patterns.ts";
import { readBoolean, readParser } from "./hint_values.ts";
import type { RedactionRule, SamplingRule } from "./log_hints.ts";
import { MAX_RULES, readRate, type Refuse, withinLimits } from "./rule_list.ts";
import { annotation, type Report, type Subject, type Vocabulary, type Wish, type Wishes } from "./wishes.ts";

const PREFIX = "log.config.scalyr.com/";

/** Options of a log that annotations may give. */
const OPTIONS: ReadonlySet<string> = new Set([
  "include",
  "exclude",
  "parser",
  "attributes",
  "sampling_rules",
  "redaction_rules",
  "rename_logfile",
]);

/** References of Python: `\1`, `\g<name>`; and Scalyr's own `\H1` for a hash. */
const REFERENCES = /\\/;

/** Texts of one option by the path after its name, with the annotation of each. */
type Option = ReadonlyMap<string, { readonly text: string; readonly key: string }>;

/** Reads what the Scalyr agent would. */
export const SCALYR_ANNOTATIONS: Vocabulary = {
  name: "scalyr",
  read(subject, report) {
    const options = optionsOf(subject, report);
    if (options.size === 0) return {};
    const wishes: { -readonly [K in keyof Wishes]: Wishes[K] } = {};
    const exclude = excludeOf(options, report);
    if (exclude) wishes.exclude = exclude;
    const parser = parserOf(options, report);
    if (parser) wishes.parser = parser;
    const attributes = attributesOf(options, report);
    if (attributes) wishes.attributes = attributes;
    const sampling = rulesOf(options.get("sampling_rules"), { report, read: samplingRule });
    if (sampling) wishes.samplingRules = sampling;
    const redaction = rulesOf(options.get("redaction_rules"), { report, read: redactionRule });
    if (redaction) wishes.redactionRules = redaction;
    return wishes;
  },
};

/** Sorts annotations by option; an option of the container takes the place of the pod's. */
function optionsOf({ annotations, container, containers }: Subject, report: Report): Map<string, Option> {
  const common = new Map<string, Map<string, { text: string; key: string }>>();
  const own: typeof common = new Map();
  for (const key of Object.keys(annotations).sort()) {
    if (!key.startsWith(PREFIX)) continue;
    const [first = "", ...rest] = key.slice(PREFIX.length).split(".");
    const isCommon = OPTIONS.has(first);
    const [option = "", ...path] = isCommon ? [first, ...rest] : rest;
    if (!OPTIONS.has(option) || option === "rename_logfile") {
      const isOther = !isCommon && first !== container && containers.includes(first);
      if (!isOther) report.notRead(annotation(key), "it has no counterpart");
      continue;
    }
    if (!isCommon && first !== container) continue;
    const place = isCommon ? common : own;
    const texts = place.get(option) ?? new Map();
    place.set(option, texts.set(path.join("."), { text: annotations[key]!, key }));
  }
  return new Map([...common, ...own]);
}

function excludeOf(options: ReadonlyMap<string, Option>, report: Report): Wish<boolean> | undefined {
  // Include comes first, as in Scalyr.
  for (const name of ["include", "exclude"]) {
    const one = options.get(name)?.get("");
    const source = one && annotation(one.key);
    const word = one && readBoolean(one.text, (expected) => report.invalid(source!, expected));
    if (word !== undefined) return { value: name === "include" ? !word : word, source: source! };
  }
  return undefined;
}

function parserOf(options: ReadonlyMap<string, Option>, report: Report): Wish<string> | undefined {
  const one = options.get("attributes")?.get("parser") ?? options.get("parser")?.get("");
  if (!one) return undefined;
  const source = annotation(one.key);
  const value = readParser(one.text, (expected) => report.invalid(source, expected));
  return value === undefined ? undefined : { value, source };
}

function attributesOf(options: ReadonlyMap<string, Option>, report: Report): Wish<Attributes> | undefined {
  const texts = [...options.get("attributes") ?? []].filter(([name]) => name !== "parser");
  const [first] = texts;
  if (!first) return undefined;
  const value = texts.reduce((all, [name, { text, key }]) => {
    const read = readAttributes({ [name]: text }, (expected) => report.invalid(annotation(key), expected));
    return { ...all, ...read };
  }, {});
  return { value, source: annotation(first[1].key) };
}

/** One rule as it stands in several annotations. */
interface RuleTexts {
  readonly fields: ReadonlyMap<string, string>;
  readonly refuse: Refuse;
  readonly report: Report;
  readonly source: string;
}

function rulesOf<R extends { readonly pattern: string }>(
  option: Option | undefined,
  { report, read }: { report: Report; read: (rule: RuleTexts) => R | undefined },
): Wish<R[]> | undefined {
  if (!option) return undefined;
  const rules = new Map<number, { fields: Map<string, string>; key: string }>();
  let first: string | undefined;
  for (const [path, { text, key }] of option) {
    const match = /^(\d{1,6})\.(\w+)$/.exec(path);
    if (!match) {
      report.invalid(annotation(key), "a number and a name after it, e.g. 0.match_expression");
      continue;
    }
    first ??= key;
    const rule = rules.get(Number(match[1])) ?? { fields: new Map<string, string>(), key };
    rule.fields.set(match[2]!, text);
    rules.set(Number(match[1]), rule);
  }
  if (first === undefined) return undefined;
  const source = annotation(first);
  const sorted = [...rules].sort(([a], [b]) => a - b).slice(0, MAX_RULES + 1);
  const value = sorted.flatMap(([, { fields, key }]) => {
    const refuse: Refuse = (expected) => report.invalid(annotation(key), expected);
    return read({ fields, refuse, report, source: annotation(key) }) ?? [];
  });
  return { value: withinLimits(value, (expected) => report.invalid(source, expected)), source };
}

function samplingRule({ fields, refuse }: RuleTexts): SamplingRule | undefined {
  const pattern = readForeignPattern(fields.get("match_expression"), { refuse });
  const rate = readRate(fields.get("sampling_rate"));
  if (rate === undefined) refuse("sampling_rate, a number from 0 to 1");
  return pattern === undefined || rate === undefined ? undefined : { pattern, rate };
}

function redactionRule({ fields, refuse, report, source }: RuleTexts): RedactionRule | undefined {
  if (fields.has("hash_salt")) report.notRead(source, "its hash_salt: what is redacted is not hashed");
  const pattern = readForeignPattern(fields.get("match_expression"), { refuse, matchesText: true });
  if (pattern === undefined) return undefined;
  return foreignRedaction({ pattern, replacement: fields.get("replacement") }, { references: REFERENCES, refuse });
}
