import assert from "node:assert/strict";
import { readAttributeChoice } from "../../lib/hints/attribute_choice.ts";
import { attributeNameOf } from "../../lib/hints/attributes.ts";
import { HintReader } from "../../lib/hints/hint_reader.ts";
import { readLabelSelector } from "../../lib/hints/label_selector.ts";
import { isLike, type OperatorHints } from "../../lib/hints/operator_hints.ts";
import { hinted, problemTexts, readHints } from "./read_hints.ts";

const choices = (...texts: string[]) => texts.map((text) => readAttributeChoice(text)!);
const rule = (hints: OperatorHints["hints"], more: Partial<OperatorHints> = {}): OperatorHints => ({
  name: "rule 1 of the operator",
  match: {},
  hints,
  ...more,
});

Deno.test("labels and annotations that the operator chose become attributes: by key, renamed, by prefix, or all", () => {
  const labels = { team: "shop", "app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "site", "2nd": "x" };
  const annotations = { owner: "ann", "kubectl.kubernetes.io/last-applied-configuration": "{}" };
  const rows: [labels: string[], annotations: string[], expected: object][] = [
    [[], [], {}],
    [["team", "none"], [], { team: "shop" }],
    [["team=squad"], ["owner=contact"], { contact: "ann", squad: "shop" }],
    [["app.kubernetes.io/*"], [], { "app.kubernetes.io_name": "web", "app.kubernetes.io_part-of": "site" }],
    [["app.kubernetes.io/*", "app.kubernetes.io/name=app"], [], { app: "web", "app.kubernetes.io_part-of": "site" }],
    [["*"], ["*"], {
      _2nd: "x",
      "app.kubernetes.io_name": "web",
      "app.kubernetes.io_part-of": "site",
      owner: "ann",
      team: "shop",
    }],
    [["team=owner"], ["owner"], { owner: "shop" }],
  ];
  for (const [some, more, expected] of rows) {
    const found = readHints({
      labels,
      annotations,
      attributeLabels: choices(...some),
      attributeAnnotations: choices(...more),
    });
    assert.deepEqual(found.attributes, expected);
    assert.deepEqual(Object.keys(found.attributes), Object.keys(expected).sort());
    assert.deepEqual(problemTexts(found), []);
  }
});

Deno.test("a value that is too long for an attribute is left out with a warning", () => {
  const annotations = { note: "x".repeat(3000) };
  const found = readHints({ annotations, attributeAnnotations: choices("note") });
  assert.deepEqual(found.attributes, {});
  assert.match(problemTexts(found)[0]!, /^invalid: Annotation note of pod shop\/web-1 is not usable/);
});

Deno.test("an attribute's name is made of a key by one rule", () => {
  const rows = [["team", "team"], ["a.b/c-d", "a.b_c-d"], ["1x", "_1x"], ["-x", "_-x"], ["é", "_"], [
    "__proto__",
    "___proto__",
  ]];
  for (const [key, name] of rows) assert.equal(attributeNameOf(key!), name);
});

Deno.test("choices that are none are refused", () => {
  for (const text of ["", "=a", "a=", "a*=b", "a b", "a*b", "a=1b", "**"]) {
    assert.equal(readAttributeChoice(text), undefined, text);
  }
});

Deno.test("rules of the operator hold where the workload says nothing, or always if they override; its attributes always", () => {
  const annotations = {
    "kubernetes-log-watcher/parser": "own",
    "kubernetes-log-watcher/attributes": '{"team": "own", "stage": "own"}',
    "kubernetes-log-watcher/exclude": "false",
  };
  const wishes = { parser: "operator", exclude: true, attributes: { team: "operator" } };
  const mild = readHints({ annotations, operator: [rule(wishes)] });
  assert.deepEqual([mild.hints.parser, mild.exclusion], ["own", undefined]);
  assert.deepEqual(mild.attributes, { stage: "own", team: "operator" });
  const strict = readHints({ annotations, operator: [rule(wishes, { overrides: true })] });
  assert.equal(strict.hints.parser, "operator");
  assert.match(strict.exclusion!, /^Excluded by rule 1 of the operator: container app of pod shop\/web-1$/);
  assert.equal(readHints({ operator: [rule(wishes)] }).hints.parser, "operator");
  const first = readHints({ operator: [rule({ parser: "first" }), rule({ parser: "second" })] });
  assert.equal(first.hints.parser, "first");
});

Deno.test("redaction rules of the operator come first, and no workload removes or replaces them", () => {
  const operator = [rule({ redactionRules: [{ pattern: "iban", replacement: "*" }] })];
  for (
    const annotations of [
      {},
      { "kubernetes-log-watcher/redaction-rules": "[]" },
      { "kubernetes-log-watcher/redaction-rules.app": '[{"match_expression": "own"}]' },
      { "kubernetes-log-watcher/redaction-rules": '[{"match_expression": "iban", "replacement": "iban"}]' },
      {
        "kubernetes-log-watcher/redaction-rules": JSON.stringify(Array(100).fill({ match_expression: "x".repeat(80) })),
      },
    ] as Record<string, string>[]
  ) {
    const { redactionRules } = readHints({ annotations, operator }).hints;
    assert.deepEqual(redactionRules[0], { pattern: "iban", replacement: "*" });
  }
});

Deno.test("a rule is for the containers that it matches: by namespace, pod, container, with asterisks, and label selector", () => {
  const parser = (match: OperatorHints["match"], labels = { app: "web", tier: "front" }) =>
    readHints({ labels, operator: [rule({ parser: "x" }, { match })] }).hints.parser === "x";
  assert.ok(parser({ namespaces: ["other", "sh*"], pods: ["web-*"], containers: ["app"] }));
  assert.ok(parser({ labels: readLabelSelector("app=web,tier!=back,!legacy,env notin (a, b)")! }));
  for (
    const match of [{ namespaces: ["sho"] }, { pods: ["*-2"] }, { containers: [] }, {
      labels: readLabelSelector("app=db")!,
    }]
  ) {
    assert.ok(!parser(match));
  }
});

Deno.test("names are compared with asterisks as a whole", () => {
  const rows: [name: string, pattern: string, isLikeIt: boolean][] = [
    ["a", "a", true],
    ["ab", "a", false],
    ["ab", "a*", true],
    ["a", "a*", true],
    ["abc", "a*c", true],
    ["ac", "a*c*c", false],
    ["acbc", "a*c*c", true],
    ["aba", "ab*ba", false],
    ["", "*", true],
    ["x.y", "x?y", false],
    ["a".repeat(10_000), "a*".repeat(2_000) + "b", false],
  ];
  for (const [name, pattern, expected] of rows) assert.equal(isLike(name, pattern), expected, pattern.slice(0, 20));
});

Deno.test("label selectors are those of kubectl", () => {
  const labels = { app: "web", "a.b/c": "", __proto__: undefined } as unknown as Record<string, string>;
  const rows: [selector: string, isMet: boolean | undefined][] = [
    ["", true],
    ["app", true],
    ["!app", false],
    ["app=web", true],
    ["app==web,a.b/c=", true],
    ["app!=web", false],
    ["other!=web", true],
    ["app in (db, web)", true],
    ["app notin (web)", false],
    ["other notin (web)", true],
    ["other in (web)", false],
    ["toString", false],
    ["app=web x", undefined],
    ["app in web", undefined],
    ["=x", undefined],
    ["a b", undefined],
  ];
  for (const [selector, isMet] of rows) assert.equal(readLabelSelector(selector)?.(labels), isMet, selector);
});

Deno.test("a rule ends when its time is over, and what it changed is as if it had never been", () => {
  let nowMs = 1_000;
  const operator = [rule({ parser: "x" }, { untilMs: 2_000 }), rule({ parser: "y" })];
  const reader = new HintReader({ operator, now: () => nowMs });
  const container = hinted({ annotations: {}, labels: {}, container: "app" });
  const first = reader.read(container);
  assert.equal(first.hints.parser, "x");
  nowMs = 1_999;
  assert.equal(reader.read(container), first);
  nowMs = 2_000;
  assert.equal(reader.read(container).hints.parser, "y");
  assert.equal(reader.read(container), reader.read(container));
});

Deno.test("without its pod a container has what the operator says for its namespace, and redaction rules whatever labels they ask for", () => {
  const unknown = { ...hinted({ annotations: {}, labels: {}, container: "app" }), pod: undefined };
  const labels = readLabelSelector("app=web")!;
  const redaction = { redactionRules: [{ pattern: "a", replacement: "b" }], parser: "x" };
  const operator = [rule(redaction, { match: { labels } }), rule({ parser: "y" }, { match: { namespaces: ["shop"] } })];
  const { hints } = new HintReader({ operator }).read(unknown);
  assert.equal(hints.parser, "y");
  assert.equal(hints.redactionRules.length, 1);
});
