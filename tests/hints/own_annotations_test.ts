import assert from "node:assert/strict";
import { MULTILINE_PRESETS } from "../../lib/hints/multiline_presets.ts";
import { NO_HINTS } from "../../lib/join/log_target.ts";
import { problemTexts, readHints } from "./read_hints.ts";

const P = "kubernetes-log-watcher/";
type Annotations = Record<string, string>;

/** Reads container app's hints and asserts that nothing was wrong. */
function good(annotations: Annotations, container = "app") {
  const found = readHints({ annotations, container });
  assert.deepEqual(problemTexts(found), []);
  return found;
}

Deno.test("each hint is read from the pod's annotation, from the container's, and from the list with an item for each container", () => {
  const rule = { match_expression: "x", sampling_rate: "0.5" };
  const redaction = { match_expression: "card=\\d+", replacement: "card=*" };
  const java = { preset: "java", firstLine: MULTILINE_PRESETS.get("java") };
  const cases: [hint: string, value: unknown, key: string, expected: unknown][] = [
    ["parser", "nginx", "parser", "nginx"],
    ["multiline", "java", "multiline", java],
    ["multiline", "^\\[\\d", "multiline", { preset: "", firstLine: "^\\[\\d" }],
    ["multiline", "[0-9]{4}-", "multiline", { preset: "", firstLine: "[0-9]{4}-" }],
    ["agents", "symlinker, scalyr,scalyr", "agents", ["scalyr", "symlinker"]],
    ["sampling-rules", [rule], "samplingRules", [{ pattern: "x", rate: 0.5 }]],
    ["redaction-rules", [redaction], "redactionRules", [{ pattern: "card=\\d+", replacement: "card=*" }]],
  ];
  for (const [hint, value, key, expected] of cases) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const all = { [`${P}${hint}`]: text };
    const one = { [`${P}${hint}.app`]: text };
    const list = { [`${P}${hint}`]: JSON.stringify([{ container: "app", [hint]: value }]) };
    for (const annotations of [all, one, list] as Annotations[]) {
      assert.deepEqual(good(annotations).hints, { ...NO_HINTS, [key]: expected }, JSON.stringify(annotations));
    }
    assert.deepEqual(good(all, "db").hints, { ...NO_HINTS, [key]: expected });
    for (const annotations of [one, list] as Annotations[]) assert.equal(good(annotations, "db").hints, NO_HINTS);
  }
  const attributes = '{"team": "shop", "count": 3, "a.b-c": "x"}';
  for (const text of [attributes, `[{"container": "app", "attributes": ${attributes}}]`]) {
    assert.deepEqual(Object.entries(good({ [`${P}attributes`]: text }).attributes), [
      ["a.b-c", "x"],
      ["count", "3"],
      ["team", "shop"],
    ]);
  }
});

Deno.test("what names the container after a dot holds before the list's item, and that before what is for all", () => {
  const all = { [`${P}parser`]: "all" };
  const list = { [`${P}parser`]: '[{"container": "app", "parser": "item"}, {"container": "app", "parser": "later"}]' };
  const one = { [`${P}parser.app`]: "one" };
  assert.equal(good({ ...all, ...one }).hints.parser, "one");
  assert.equal(good({ ...list, ...one }).hints.parser, "one");
  assert.equal(good(list).hints.parser, "item");
  assert.equal(good({ ...all, ...one }, "db").hints.parser, "all");
  assert.equal(good({ [`${P}multiline`]: "java", [`${P}multiline.app`]: "none" }).hints.multiline, undefined);
  const rules = { [`${P}sampling-rules`]: '[{"match_expression": "x", "sampling_rate": 0}]' };
  assert.deepEqual(good({ ...rules, [`${P}sampling-rules.app`]: "[]" }).hints.samplingRules, []);
});

Deno.test("exclude excludes with the annotation as the reason, and takes an exclusion of the pod back for one container", () => {
  assert.equal(good({ [`${P}exclude`]: "false" }).exclusion, undefined);
  assert.match(
    good({ [`${P}exclude`]: "true" }).exclusion!,
    /^Excluded by annotation kubernetes-log-watcher\/exclude: /,
  );
  const one = { [`${P}exclude`]: "true", [`${P}exclude.app`]: " False " };
  assert.equal(good(one).exclusion, undefined);
  assert.notEqual(good(one, "db").exclusion, undefined);
  assert.match(good({ [`${P}exclude.db`]: "true" }, "db").exclusion!, /exclude\.db: container db of pod shop\/web-1$/);
});

Deno.test("agents that are not configured here are named; a log that is for none of those here is excluded", () => {
  const read = (agents: string) =>
    readHints({ annotations: { [`${P}agents`]: agents }, agents: ["scalyr", "symlinker"] });
  assert.deepEqual(problemTexts(read("scalyr")), []);
  const some = read("scalyr,skalyr");
  assert.match(problemTexts(some)[0]!, /^invalid: .*configured here \(scalyr, symlinker\); not known: skalyr$/);
  assert.equal(some.exclusion, undefined);
  assert.match(read("fluentd").exclusion!, /names no agent that is configured here/);
});

Deno.test("what is not usable is left out with a warning that names annotation, pod and what was expected", async (t) => {
  const rules = (...list: unknown[]) => JSON.stringify(list);
  const cases: [hint: string, text: string, expected: RegExp, hints?: object][] = [
    ["exclude", "yes", /true or false/],
    ["agents", "Scalyr!", /names of agents separated by commas/],
    ["agents", " , ", /names of agents/],
    ["parser", "", /the name of a parser/],
    ["parser", "a\nb", /the name of a parser/],
    ["parser", "p".repeat(256), /at most 255/],
    ["parser", '[{"container": "app", "parser": 7}]', /the name of a parser/],
    ["parser", '[{"container": 7, "parser": "x"}]', /a JSON list of objects like \{"container": "app", "parser"/],
    ["parser", '[{"container": "db", "parser": "x"}, 7]', /a JSON list of objects/],
    ["multiline", "", /java, python, go, ruby, dotnet, none, or a regular expression/],
    ["multiline", "(?i)^error", /it has a group that is neither/],
    ["sampling-rules", "DEBUG", /a JSON list of rules like/],
    ["sampling-rules", "{}", /a JSON list of rules like/],
    ["sampling-rules", rules({ match_expression: "x" }), /in rule 1 "sampling_rate", a number from 0 to 1/],
    ["sampling-rules", rules({ match_expression: "x", sampling_rate: 2 }), /in rule 1 "sampling_rate"/],
    ["sampling-rules", rules(7), /in rule 1 "match_expression"/],
    [
      "sampling-rules",
      rules({ match_expression: "(?=x)", sampling_rate: 0 }, { match_expression: "y", sampling_rate: 0 }),
      /in rule 1 .*all shippers read alike/,
      { samplingRules: [{ pattern: "y", rate: 0 }] },
    ],
    ["redaction-rules", rules({ match_expression: "a*" }), /in rule 1 .*a match with no text at all/],
    [
      "redaction-rules",
      rules({ match_expression: "a", replacement: 7 }),
      /in rule 1 "replacement", a text of one line; \*\*\* is taken/,
      { redactionRules: [{ pattern: "a", replacement: "***" }] },
    ],
    ["attributes", "team=shop", /a JSON object of texts/],
    ["attributes", '{"1a": "x"}', /names of at most 320 letters.*"1a" is left out/],
    ["attributes", '{"a": {}}', /"a" is left out/],
    ["attributes", '{"__proto__": "x"}', /"__proto__" is left out/],
    ["attributes", `{"a": "${"x".repeat(2049)}"}`, /2048 characters/],
    ["parser.ap", "nginx", /the name of a container of the pod after the dot: app, db$/],
    ["sampling_rules", "[]", /the name kubernetes-log-watcher\/sampling-rules$/],
    ["Parsers", "nginx", /the name kubernetes-log-watcher\/parser$/],
    ["attributes", "[".repeat(70_000), /at most 65536 characters/],
  ];
  for (const [hint, text, expected, hints = {}] of cases) {
    await t.step(`${hint}: ${text.slice(0, 60)}`, () => {
      const found = readHints({ annotations: { [`${P}${hint}`]: text } });
      assert.deepEqual(found.hints, { ...NO_HINTS, ...hints });
      assert.deepEqual([found.exclusion, Object.keys(found.attributes)], [undefined, []]);
      const [problem, ...others] = problemTexts(found);
      assert.deepEqual(others, []);
      assert.match(
        problem!,
        new RegExp(`^invalid: Annotation kubernetes-log-watcher/${hint} of pod shop/web-1 is not usable`),
      );
      assert.match(problem!, expected);
    });
  }
});

Deno.test("a wrong annotation of one container has no effect and no warning for another one", () => {
  const annotations = {
    [`${P}parser`]: "nginx",
    [`${P}parser.db`]: "",
    [`${P}multiline.db`]: "(",
    [`${P}sampling-rules`]: '[{"container": "db", "sampling-rules": "x"}]',
  };
  assert.equal(good(annotations).hints.parser, "nginx");
  const db = readHints({ annotations, container: "db" });
  assert.equal(db.hints.parser, "nginx", "What is for all containers holds where what is for this one is not usable");
  assert.equal(db.problems.length, 3);
});

Deno.test("annotations of agents and of others under the prefix are left alone", () => {
  good({ [`${P}scalyr-parser`]: "x", [`${P}acme-mode`]: "y", [`${P}`]: "z", "kubernetes-log-watcher": "z" });
});

Deno.test("rules and attributes beyond the limits are left out with a warning, from the first one that is too much on", () => {
  const rule = { match_expression: "x".repeat(1000), sampling_rate: 0 };
  const many = readHints({ annotations: { [`${P}sampling-rules`]: JSON.stringify(Array(20).fill(rule)) } });
  assert.equal(many.hints.samplingRules.length, 8);
  assert.match(problemTexts(many)[0]!, /at most 100 rules with 8192 characters; those from number 9 on are left out/);
  const short = readHints({
    annotations: {
      [`${P}sampling-rules`]: JSON.stringify(Array(1000).fill({ match_expression: "x", sampling_rate: 0 })),
    },
  });
  assert.equal(short.hints.samplingRules.length, 100);
  const names = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`a${index}`, "x"]));
  const attributes = readHints({ annotations: { [`${P}attributes`]: JSON.stringify(names) } });
  assert.equal(Object.keys(attributes.attributes).length, 100);
  assert.match(problemTexts(attributes)[0]!, /at most 100 attributes with 8192 characters; 100 are left out/);
  const mistakes = readHints({ annotations: { [`${P}redaction-rules`]: JSON.stringify(Array(5000).fill(7)) } });
  assert.equal(mistakes.problems.length, 20);
});
