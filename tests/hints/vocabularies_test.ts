import assert from "node:assert/strict";
import { loadVocabularies, type VocabularyName } from "../../lib/hints/vocabularies.ts";
import { NO_HINTS } from "../../lib/join/log_target.ts";
import { problemTexts, readHints } from "./read_hints.ts";

/** What a case expects: of hints what is there, and what problems say. */
interface Expected {
  readonly hints?: object;
  readonly attributes?: object;
  readonly excluded?: boolean;
  readonly problems?: readonly RegExp[];
}

type Texts = Readonly<Record<string, string>>;
type Case = readonly [what: string, annotations: Texts, expected: Expected, labels?: Texts];

const json = (value: unknown) => JSON.stringify(value);
const firstLine = (pattern: string) => ({ multiline: { preset: "", firstLine: pattern } });

const E = "co.elastic.logs";
const F = "fluentbit.io/";
const S = "log.config.scalyr.com/";
const D = "ad.datadoghq.com/";
const O = "io.opentelemetry.discovery.logs";

/** Cases by vocabulary, for the container app. */
const CASES: Readonly<Record<VocabularyName, readonly Case[]>> = {
  elastic: [
    ["enabled", { [`${E}/enabled`]: "false" }, { excluded: true }],
    ["enabled for a container", { [`${E}/enabled`]: "false", [`${E}.app/enabled`]: "true" }, {}],
    ["of another container", { [`${E}.db/enabled`]: "false", [`${E}.db/module`]: "x" }, {}],
    ["disable of version 6", { [`${E}/disable`]: "true" }, { excluded: true }],
    ["module", { [`${E}/module`]: "nginx" }, { hints: { parser: "nginx" } }],
    ["json", { [`${E}/json.message_key`]: "log", [`${E}/json.keys_under_root`]: "true" }, {
      hints: { parser: "json" },
      problems: [/json\.keys_under_root .* its options are not$/, /json\.message_key .* its options are not$/],
    }],
    ["multi-line events that begin with a pattern", {
      [`${E}/multiline.pattern`]: "^\\[",
      [`${E}/multiline.negate`]: "true",
      [`${E}/multiline.match`]: "after",
    }, { hints: firstLine("^\\[") }],
    ["a pattern for a container with the options of the pod", {
      [`${E}.app/multiline.pattern`]: "^\\d",
      [`${E}/multiline.negate`]: "true",
      [`${E}/multiline.match`]: "after",
    }, { hints: firstLine("^\\d") }],
    ["indented lines that go on", {
      [`${E}/multiline.pattern`]: "^[[:space:]]",
      [`${E}/multiline.negate`]: "false",
      [`${E}/multiline.match`]: "after",
    }, { hints: firstLine("^\\S") }],
    ["other lines that go on", { [`${E}/multiline.pattern`]: "^b", [`${E}/multiline.match`]: "before" }, {
      problems: [/^not-read: .*multiline\.pattern .*negate true, match after$/],
    }],
    ["a pattern that not all read", {
      [`${E}/multiline.pattern`]: "^[[:upper:]]",
      [`${E}/multiline.negate`]: "true",
      [`${E}/multiline.match`]: "after",
    }, { problems: [/^invalid: .*multiline\.pattern .*\[ in a class/] }],
    ["exclude_lines", { [`${E}/exclude_lines`]: "^DBG, ^TRACE" }, {
      hints: { samplingRules: [{ pattern: "^DBG", rate: 0 }, { pattern: "^TRACE", rate: 0 }] },
    }],
    ["what is for Filebeat alone", {
      [`${E}/processors.1.dissect.tokenizer`]: "x",
      [`${E}/raw`]: "[]",
      [`${E}/pipeline`]: "x",
    }, {
      problems: [/pipeline .*for Filebeat alone/, /processors/, /raw/],
    }],
    ["include_lines and further sets", { [`${E}/include_lines`]: "x", [`${E}/1.exclude_lines`]: "x" }, {
      problems: [/1\.exclude_lines .*more than once/, /include_lines .*by what they match/],
    }],
  ],
  fluentbit: [
    ["parser", { [`${F}parser`]: "apache" }, { hints: { parser: "apache" } }],
    ["parser of a container", { [`${F}parser`]: "apache", [`${F}parser-app`]: "json" }, { hints: { parser: "json" } }],
    ["parser of another container", { [`${F}parser-db`]: "json" }, {}],
    ["parser of both streams", { [`${F}parser_stdout-app`]: "a", [`${F}parser_stderr-app`]: "a" }, {
      hints: { parser: "a" },
    }],
    ["parser of one stream", { [`${F}parser_stderr`]: "a" }, { problems: [/^not-read: .*parser_stderr .*one stream/] }],
    ["exclude", { [`${F}exclude`]: "true" }, { excluded: true }],
    ["exclude of a container", { [`${F}exclude`]: "true", [`${F}exclude-app`]: "false" }, {}],
    ["exclude of one stream", { [`${F}exclude_stderr-app`]: "on" }, { problems: [/^not-read: .*exclude_stderr-app/] }],
    ["nonsense", { [`${F}exclude`]: "maybe", [`${F}other`]: "x" }, {
      problems: [/^not-read: .*other/, /^invalid: .*exclude/],
    }],
  ],
  scalyr: [
    ["exclude", { [`${S}exclude`]: "true" }, { excluded: true }],
    ["include comes first", { [`${S}exclude`]: "true", [`${S}include`]: "true" }, {}],
    ["include of a container", { [`${S}include`]: "false", [`${S}app.include`]: "true" }, {}],
    ["exclude of another container", { [`${S}db.exclude`]: "true" }, {}],
    ["attributes", { [`${S}attributes.parser`]: "accessLog", [`${S}attributes.team.name`]: "shop" }, {
      hints: { parser: "accessLog" },
      attributes: { "team.name": "shop" },
    }],
    ["rules, sorted by number", {
      [`${S}sampling_rules.10.match_expression`]: "FINE",
      [`${S}sampling_rules.10.sampling_rate`]: "0",
      [`${S}sampling_rules.2.match_expression`]: "INFO",
      [`${S}sampling_rules.2.sampling_rate`]: "0.1",
      [`${S}redaction_rules.0.match_expression`]: "card=\\d+",
      [`${S}redaction_rules.0.replacement`]: "card=*",
    }, {
      hints: {
        samplingRules: [{ pattern: "INFO", rate: 0.1 }, { pattern: "FINE", rate: 0 }],
        redactionRules: [{ pattern: "card=\\d+", replacement: "card=*" }],
      },
    }],
    ["rules of a container instead of the pod's", {
      [`${S}redaction_rules.0.match_expression`]: "a",
      [`${S}app.redaction_rules.0.match_expression`]: "b",
    }, { hints: { redactionRules: [{ pattern: "b", replacement: "***" }] } }],
    ["references and salts", {
      [`${S}redaction_rules.0.match_expression`]: "a(b)",
      [`${S}redaction_rules.0.replacement`]: "\\1",
      [`${S}redaction_rules.0.hash_salt`]: "x",
    }, {
      hints: { redactionRules: [{ pattern: "a(b)", replacement: "***" }] },
      problems: [/^not-read: .*hash_salt/, /^invalid: .*plain text on one line; \*\*\* is taken/],
    }],
    ["what has no counterpart", {
      [`${S}rename_logfile`]: "x",
      [`${S}app.rename_logfile`]: "x",
      [`${S}lineGroupers`]: "x",
    }, {
      problems: [/app\.rename_logfile/, /lineGroupers/, /rename_logfile .*no counterpart/],
    }],
  ],
  datadog: [
    ["source, service and tags", {
      [`${D}app.logs`]: json([{ source: "nginx", service: "web", tags: ["team:shop", "x"] }]),
    }, {
      hints: { parser: "nginx" },
      attributes: { service: "web", team: "shop" },
      problems: [/^not-read: .*the tag "x" has no name/],
    }],
    ["of another container", { [`${D}db.logs`]: "[7]", [`${D}db.logs_exclude`]: "true" }, {}],
    ["processing rules", {
      [`${D}app.logs`]: json([{
        log_processing_rules: [
          { type: "multi_line", name: "n", pattern: "\\d{4}-|\\[" },
          { type: "mask_sequences", name: "m", pattern: "key=\\w+", replace_placeholder: "key=*" },
          { type: "mask_sequences", name: "r", pattern: "a(b)", replace_placeholder: "${1}" },
          { type: "exclude_at_match", name: "e", pattern: "healthz" },
          { type: "include_at_match", name: "i", pattern: "x" },
        ],
      }]),
    }, {
      hints: {
        ...firstLine("^(?:\\d{4}-|\\[)"),
        redactionRules: [{ pattern: "key=\\w+", replacement: "key=*" }, { pattern: "a(b)", replacement: "***" }],
        samplingRules: [{ pattern: "healthz", rate: 0 }],
      },
      problems: [/^invalid: .*in rule 3 .*plain text/, /^not-read: .*"include_at_match"/],
    }],
    ["exclusion", { [`${D}logs_exclude`]: "true" }, { excluded: true }],
    ["exclusion of a container", { [`${D}app.exclude`]: "true" }, { excluded: true }],
    ["checks and metrics", { [`${D}app.checks`]: "{}", [`${D}app.metrics_exclude`]: "true" }, {}],
    ["several configurations and other keys", {
      [`${D}app.logs`]: json([{ source: "a", auto_multi_line_detection: true }, {}]),
    }, {
      hints: { parser: "a" },
      problems: [/all but the first item/, /"auto_multi_line_detection" has no counterpart/],
    }],
    ["nonsense", { [`${D}app.logs`]: "{}" }, { problems: [/^invalid: .*a JSON list like/] }],
  ],
  vector: [
    ["label", {}, { excluded: true }, { "vector.dev/exclude": "true" }],
    ["label of another value", {}, {}, { "vector.dev/exclude": "yes" }],
    ["annotation of the label's name", { "vector.dev/exclude": "true" }, {}],
    ["containers", { "vector.dev/exclude-containers": "db, app" }, { excluded: true }],
    ["other containers", { "vector.dev/exclude-containers": "db,application" }, {}],
  ],
  otel: [
    ["enabled", { [`${O}/enabled`]: "false" }, { excluded: true }],
    ["enabled for a container", { [`${O}/enabled`]: "false", [`${O}.app/enabled`]: "true" }, {}],
    ["config", {
      [`${O}.app/config`]: `
        multiline: { line_start_pattern: '^\\d' }
        operators:
        - { type: container, id: c }
        - { type: json_parser }
        - { type: add, field: attributes.team, value: shop }
        - { type: add, field: 'resource["service.name"]', value: web }
        - { type: filter, expr: 'body matches "DEBUG \\\\d"', drop_ratio: 0.9 }
      `,
    }, {
      hints: { parser: "json", ...firstLine("^\\d"), samplingRules: [{ pattern: "DEBUG \\d", rate: 0.1 }] },
      attributes: { "service.name": "web", team: "shop" },
    }],
    ["recombine", { [`${O}/config`]: `operators: [{type: recombine, is_first_entry: 'body matches "^[^\\\\s]"'}]` }, {
      hints: firstLine("^[^\\s]"),
    }],
    ["what has no counterpart", {
      [`${O}/config`]:
        "max_log_size: 2MiB\noperators: [{type: regex_parser, regex: x}, {type: add, field: body, value: x}]",
    }, { problems: [/"max_log_size" has no counterpart/, /the operator "regex_parser"/, /the operator "add"/] }],
    ["nonsense", { [`${O}/config`]: "a: [" }, {
      problems: [/^invalid: .*the configuration of a filelog receiver in YAML/],
    }],
    ["too many aliases", { [`${O}/config`]: `a: &a [x]\nb: [${Array(50).fill("*a")}]` }, {
      problems: [/^invalid: .*filelog receiver/],
    }],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  Deno.test(`annotations of ${name} are read as its documentation says, and what has no counterpart is said`, async (t) => {
    const vocabularies = await loadVocabularies([name as VocabularyName]);
    for (
      const [what, annotations, { hints = {}, attributes = {}, excluded = false, problems = [] }, labels = {}] of cases
    ) {
      await t.step(what, () => {
        const found = readHints({ annotations, labels, vocabularies });
        assert.deepEqual(found.hints, { ...NO_HINTS, ...hints });
        assert.deepEqual(found.attributes, attributes);
        assert.equal(found.exclusion !== undefined, excluded);
        const texts = problemTexts(found).sort();
        assert.equal(texts.length, problems.length, texts.join("\n"));
        for (const problem of problems) assert.ok(texts.some((text) => problem.test(text)), `${problem}: ${texts}`);
        // Nothing of it is read where it is not asked for.
        assert.equal(readHints({ annotations, labels }).hints, NO_HINTS);
      });
    }
  });
}

Deno.test("own annotations hold before those of others, the first vocabulary before the next, and contradictions are reported", async () => {
  const vocabularies = await loadVocabularies(["fluentbit", "elastic"]);
  const annotations = {
    "kubernetes-log-watcher/exclude": "false",
    "fluentbit.io/exclude": "true",
    "fluentbit.io/parser": "apache",
    "co.elastic.logs/module": "nginx",
    "co.elastic.logs/enabled": "true",
  };
  const found = readHints({ annotations, vocabularies });
  assert.deepEqual([found.exclusion, found.hints.parser], [undefined, "apache"]);
  assert.deepEqual(problemTexts(found), [
    "conflict: Annotation kubernetes-log-watcher/exclude and annotation fluentbit.io/exclude of pod shop/web-1 disagree on " +
    "whether it is excluded; the first one is taken",
    "conflict: Annotation fluentbit.io/parser and annotation co.elastic.logs/module of pod shop/web-1 disagree on its parser; " +
    "the first one is taken",
  ]);
  const others = readHints({ annotations, vocabularies: await loadVocabularies(["elastic", "fluentbit"]) });
  assert.equal(others.hints.parser, "nginx");
});

Deno.test("redaction rules of all vocabularies hold, each once; attributes add up by name", async () => {
  const vocabularies = await loadVocabularies(["scalyr", "datadog"]);
  const found = readHints({
    annotations: {
      "kubernetes-log-watcher/redaction-rules": '[{"match_expression": "own", "replacement": "x"}]',
      "kubernetes-log-watcher/attributes": '{"team": "a"}',
      "log.config.scalyr.com/redaction_rules.0.match_expression": "own",
      "log.config.scalyr.com/redaction_rules.0.replacement": "x",
      "log.config.scalyr.com/attributes.team": "b",
      "log.config.scalyr.com/attributes.stage": "c",
      "ad.datadoghq.com/app.logs": json([{ log_processing_rules: [{ type: "mask_sequences", pattern: "other" }] }]),
    },
    vocabularies,
  });
  assert.deepEqual(found.hints.redactionRules.map(({ pattern }) => pattern), ["own", "other"]);
  assert.deepEqual(found.attributes, { stage: "c", team: "a" });
  assert.match(problemTexts(found).join(), /disagree on its attribute team/);
});
