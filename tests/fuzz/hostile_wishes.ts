/**
 * Wishes for logs: annotations of all vocabularies, right, wrong and absurd, and hints that no annotation could make.
 *
 * @module
 */
import * as fc from "fast-check";
import type { LogHints } from "../../lib/join/log_target.ts";
import { MULTILINE_PRESETS } from "../../lib/hints/multiline_presets.ts";
import { lossy } from "./lossy.ts";
import { hostileJson, hostileJsonText, hostileKey, hostileMap, hostileText, hugeText } from "./hostile_text.ts";

/** Portable patterns with all that is special in some language. */
const PATTERNS = [
  "x",
  "card=\\d{4,16}",
  '"password": *"[^"]*"',
  "^\\[\\d+\\]",
  "a|b|(?:c|d)+?",
  "[\\]\\[^$\\{\\}]",
  "\\$\\{HOME\\}",
  "<%= x %>",
  "%\\{WORD:x\\}",
  "'\"`#/",
  "[^\\x01-\\x1f]\\t",
  "é+",
  ...MULTILINE_PRESETS.values(),
];

const pattern = fc.constantFrom(...PATTERNS);
const anyPattern = fc.oneof(
  { weight: 3, arbitrary: pattern },
  fc.constantFrom("(?i)x", "(?=a)", "(", "[", "\\", "a{1000}", "(a{100}){100}", "(?<n>a)", "\\1", "[[:space:]]"),
  hostileText,
  hostileJson,
);

const rule = fc.record({
  match_expression: anyPattern,
  sampling_rate: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom<unknown>("0.5", 2, null)),
  replacement: fc.oneof(hostileText, hostileJson),
}, { requiredKeys: [] });

const attributes = hostileMap(hostileText, 4);

/** Values of each hint, as JSON. */
const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  exclude: fc.constantFrom<unknown>("false", false, "no"),
  agents: fc.constantFrom<unknown>("scalyr", "scalyr, nobody", ["symlinker"], ","),
  parser: fc.oneof(fc.constant("nginx"), hostileText),
  multiline: fc.oneof(fc.constantFrom("java", "Python", "none"), anyPattern),
  "sampling-rules": fc.array(rule, { maxLength: 3 }),
  "redaction-rules": fc.array(rule, { maxLength: 3 }),
  attributes,
};

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

/** Makes one annotation of the program's own. */
function ownAnnotation(container: string): fc.Arbitrary<[string, string]> {
  const cases = Object.entries(VALUES).flatMap(([hint, values]) => {
    const key = `kubernetes-log-watcher/${hint}`;
    const item = fc.oneof({ weight: 4, arbitrary: fc.constant(container) }, hostileText).chain((name) =>
      values.map((value) => ({ container: name, [hint]: value }))
    );
    return [
      values.map((value): [string, string] => [key, asText(value)]),
      values.map((value): [string, string] => [`${key}.${container}`, asText(value)]),
      fc.array(fc.oneof({ weight: 5, arbitrary: item }, hostileJson), { maxLength: 3 })
        .map((items): [string, string] => [key, JSON.stringify(items)]),
      hostileJsonText.map((text): [string, string] => [key, text]),
    ];
  });
  const hint = fc.constantFrom(...Object.keys(VALUES));
  return fc.oneof(
    { weight: 40, arbitrary: fc.oneof(...cases) },
    { weight: 4, arbitrary: fc.tuple(hostileKey, hostileText).map(([key, text]) => own(key, text)) },
    // Seldom, as Kubernetes takes only one of this size for a pod.
    { weight: 1, arbitrary: fc.tuple(hint, hugeText).map(([key, text]) => own(key, text.slice(0, 128 * 1024))) },
  );
}

function own(key: string, text: string): [string, string] {
  return [`kubernetes-log-watcher/${key}`, text];
}

/** Keys of other programs' annotations; `%` stands for the container's name. */
const FOREIGN_KEYS = [
  "co.elastic.logs/enabled",
  "co.elastic.logs/multiline.pattern",
  "co.elastic.logs/multiline.negate",
  "co.elastic.logs/multiline.match",
  "co.elastic.logs/exclude_lines",
  "co.elastic.logs/json.message_key",
  "co.elastic.logs.%/module",
  "co.elastic.logs.%/1.include_lines",
  "fluentbit.io/parser",
  "fluentbit.io/parser_stdout-%",
  "fluentbit.io/exclude-%",
  "log.config.scalyr.com/exclude",
  "log.config.scalyr.com/%.include",
  "log.config.scalyr.com/attributes.parser",
  "log.config.scalyr.com/attributes.team",
  "log.config.scalyr.com/attributes.__proto__",
  "log.config.scalyr.com/sampling_rules.0.match_expression",
  "log.config.scalyr.com/sampling_rules.0.sampling_rate",
  "log.config.scalyr.com/%.redaction_rules.7.match_expression",
  "log.config.scalyr.com/%.redaction_rules.7.replacement",
  "ad.datadoghq.com/%.logs",
  "ad.datadoghq.com/logs_exclude",
  "vector.dev/exclude-containers",
  "io.opentelemetry.discovery.logs/enabled",
  "io.opentelemetry.discovery.logs.%/config",
];

const datadogConfig = fc.record({
  source: fc.oneof(hostileText, hostileJson),
  service: fc.oneof(hostileText, hostileJson),
  tags: fc.oneof(
    fc.array(fc.oneof(hostileText.map((text) => `a:${text}`), hostileJson), { maxLength: 3 }),
    hostileText,
  ),
  log_processing_rules: fc.array(
    fc.record({
      type: fc.constantFrom<unknown>("multi_line", "mask_sequences", "exclude_at_match", "include_at_match", 7),
      pattern: anyPattern,
      replace_placeholder: fc.oneof(hostileText, hostileJson),
    }, { requiredKeys: [] }),
    { maxLength: 3 },
  ),
}, { requiredKeys: [] });

const otelConfig = fc.record({
  multiline: fc.record({ line_start_pattern: anyPattern }),
  operators: fc.array(
    fc.oneof(
      fc.record({
        type: fc.constant("add"),
        field: hostileText.map((text) => `attributes.${text}`),
        value: hostileJson,
      }),
      anyPattern.map((one) => ({ type: "recombine", is_first_entry: `body matches ${JSON.stringify(one)}` })),
      fc.tuple(anyPattern, fc.double({ min: 0, max: 1, noNaN: true })).map(([one, ratio]) => ({
        type: "filter",
        expr: `body matches ${JSON.stringify(one)}`,
        drop_ratio: ratio,
      })),
      hostileJson,
    ),
    { maxLength: 3 },
  ),
}, { requiredKeys: [] });

/** Makes one annotation of another program. */
function foreignAnnotation(container: string): fc.Arbitrary<[string, string]> {
  const text = fc.oneof(
    fc.constantFrom("true", "false", "after", "0.1", container),
    anyPattern.map(asText),
    hostileText,
    fc.array(datadogConfig, { maxLength: 2 }).map((list) => JSON.stringify(list)),
    otelConfig.map((config) => JSON.stringify(config)),
    hostileJsonText,
  );
  const key = fc.constantFrom(...FOREIGN_KEYS).map((one) => one.replace("%", () => container));
  return fc.tuple(
    fc.oneof({ weight: 8, arbitrary: key }, key.chain((one) => hostileKey.map((end) => one + end))),
    text,
  );
}

/** Makes annotations that say something about a container. */
export function wishAnnotations(container: string): fc.Arbitrary<Record<string, string>> {
  const one = fc.oneof({ weight: 2, arbitrary: ownAnnotation(container) }, foreignAnnotation(container));
  return fc.array(one, { maxLength: 10 }).map((pairs) => Object.fromEntries(pairs));
}

/** What an agent may be given, as far as the types say. */
export interface DirectWishes {
  readonly hints: LogHints;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Makes hints whose texts are hostile and whose patterns are portable. */
export const directWishes: fc.Arbitrary<DirectWishes> = fc.record({
  hints: fc.record({
    parser: hostileText,
    multiline: fc.option(
      fc.oneof(
        fc.constantFrom(...MULTILINE_PRESETS).map(([preset, firstLine]) => ({ preset, firstLine })),
        pattern.map((firstLine) => ({ preset: "", firstLine })),
      ),
      { nil: undefined },
    ),
    samplingRules: fc.array(
      fc.record({
        pattern,
        rate: fc.oneof(fc.constantFrom(0, 1, 0.1, 1e-9), fc.double({ min: 0, max: 1, noNaN: true })),
      }),
      { maxLength: 3 },
    ),
    redactionRules: fc.array(fc.record({ pattern, replacement: hostileText }), { maxLength: 3 }),
    agents: fc.constant([]),
  }),
  // Names are never ill-formed; two that become the same would make a key twice.
  attributes: hostileMap(hostileText, 4).map((texts) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [lossy(name), text]))
  ),
});
