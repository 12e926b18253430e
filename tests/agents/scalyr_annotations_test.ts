import assert from "node:assert/strict";
import { criTarget } from "./log_targets.ts";
import { JWT_RULE, renderScalyr } from "./render_scalyr.ts";

const PARSER = "kubernetes-log-watcher/scalyr-parser";
const SAMPLING = "kubernetes-log-watcher/scalyr-sampling-rules";
const REDACTION = "kubernetes-log-watcher/scalyr-redaction-rules";

/** Renders one container named `app` with one annotation. */
async function annotated(annotation: string, value: unknown) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const { config, warnings, errors } = await renderScalyr([criTarget({ annotations: { [annotation]: text } })]);
  assert.deepEqual(errors, []);
  for (const { subject } of warnings) assert.equal(subject, `annotation ${annotation}`);
  return { log: config.logs[0]!, warnings: warnings.map(({ expected }) => expected) };
}

const NO_LIST = ["", "{", "oops", '"text"', "null", "3", '{"container": "app", "parser": "x"}', '["oops"]', "[null]"];

Deno.test("scalyr takes the default and warns once for an annotation that is no list of objects", async (t) => {
  for (const annotation of [PARSER, SAMPLING, REDACTION]) {
    for (const text of [...NO_LIST, "[[]]", '[{"parser": "x"}]', '[{"container": 3, "parser": "x"}]']) {
      await t.step(`${annotation}: ${text}`, async () => {
        const { log, warnings } = await annotated(annotation, text);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0]!, /^a JSON list of objects like \{"container": "app", /);
        assert.equal(log.attributes.parser, undefined);
        assert.equal(log.sampling_rules, undefined);
        assert.deepEqual(log.redaction_rules, [JWT_RULE]);
      });
    }
  }
});

Deno.test("scalyr's parser is that of the first item for the container", async (t) => {
  const cases: [items: unknown, parser: string | undefined, warnings: number][] = [
    [[], undefined, 0],
    [[{ container: "app", parser: "a" }], "a", 0],
    [[{ container: "app", parser: "a" }, { container: "app", parser: "b" }], "a", 0],
    [[{ container: "other", parser: "b" }, { container: "app", parser: "a" }], "a", 0],
    [[{ container: "application", parser: "b" }, { container: "ap", parser: "b" }], undefined, 0],
    [[{ container: "app", parser: "json" }], undefined, 0],
    [[{ container: "app" }], undefined, 1],
    [[{ container: "app", parser: "" }], undefined, 1],
    [[{ container: "app", parser: 3 }], undefined, 1],
    [[{ container: "app", parser: ["a"] }], undefined, 1],
    [[{ container: "other", parser: 3 }], undefined, 0],
    // An item that is none spoils itself, not the others.
    [["oops", { container: "app", parser: "a" }], "a", 1],
  ];
  for (const [items, parser, count] of cases) {
    await t.step(JSON.stringify(items), async () => {
      const { log, warnings } = await annotated(PARSER, items);
      assert.equal(log.attributes.parser, parser);
      assert.equal(warnings.length, count);
    });
  }
});

Deno.test("scalyr's sampling rules are those of the container that Scalyr takes", async (t) => {
  const good = { match_expression: "DEBUG", sampling_rate: 0.1 };
  const cases: [rules: unknown, expected: object[] | undefined, warnings: RegExp[]][] = [
    [[good], [good], []],
    [[{ ...good, sampling_rate: 0 }], [{ ...good, sampling_rate: 0 }], []],
    [[{ ...good, sampling_rate: 1 }], [{ ...good, sampling_rate: 1 }], []],
    [[{ ...good, sampling_rate: "0.1" }], [good], []],
    [[{ ...good, sampling_rate: ".5" }], [{ ...good, sampling_rate: 0.5 }], []],
    [[{ ...good, note: { any: "thing" } }], [good], []],
    [[], undefined, []],
    [undefined, undefined, [/"sampling-rules", a list/]],
    ["DEBUG", undefined, [/"sampling-rules", a list/]],
    [{ 0: good }, undefined, [/"sampling-rules", a list/]],
    ...[1.1, -1, "", "x", "0x1", " 0.1", "2", true, null, [0.1], undefined].map((
      sampling_rate,
    ) =>
      [[{ ...good, sampling_rate }, good], [good], [/^in rule 1 "sampling_rate"/]] as [
        unknown,
        object[],
        RegExp[],
      ]
    ),
    [[good, { sampling_rate: 0.1 }], [good], [/^in rule 2 "match_expression"/]],
    [["DEBUG", null, good], [good], [/^in rule 1 /, /^in rule 2 /]],
    [[{ ...good, match_expression: "(" }], undefined, [/a regular expression of Python/]],
  ];
  for (const [rules, expected, warned] of cases) {
    await t.step(JSON.stringify(rules) ?? "none", async () => {
      const { log, warnings } = await annotated(SAMPLING, [{ container: "app", "sampling-rules": rules }]);
      assert.deepEqual(log.sampling_rules, expected);
      assert.equal(warnings.length, warned.length, warnings.join("; "));
      warned.forEach((expression, index) => assert.match(warnings[index]!, expression));
    });
  }
});

Deno.test("scalyr's redaction rules end with that against JSON Web Tokens, whatever the pod says", async (t) => {
  const good = { match_expression: "card=(\\d+)", replacement: "card=\\1" };
  const cases: [rules: unknown, expected: object[], warnings: RegExp[]][] = [
    [[good], [good], []],
    [[good, { match_expression: "x" }], [good, { match_expression: "x" }], []],
    [[{ ...good, hash_salt: "s" }], [{ ...good, hash_salt: "s" }], []],
    [[{ ...good, replacement: 3 }], [{ match_expression: good.match_expression }], [
      /^in rule 1 "replacement", a text/,
    ]],
    [[{ ...good, hash_salt: true }], [good], [/^in rule 1 "hash_salt", a text/]],
    [[], [], []],
    ["card", [], [/"redaction-rules", a list/]],
    [null, [], [/"redaction-rules", a list/]],
    [[{ replacement: "x" }, good], [good], [/^in rule 1 "match_expression"/]],
    [[{ match_expression: "" }], [], [/^in rule 1 "match_expression"/]],
    [[{ match_expression: ["x"] }], [], [/^in rule 1 "match_expression"/]],
    [[{ match_expression: "[a" }], [], [/^in rule 1 "match_expression"/]],
    [[JWT_RULE], [JWT_RULE], []],
  ];
  for (const [rules, expected, warned] of cases) {
    await t.step(JSON.stringify(rules), async () => {
      const { log, warnings } = await annotated(REDACTION, [{ container: "app", "redaction-rules": rules }]);
      assert.deepEqual(log.redaction_rules, [...expected, JWT_RULE]);
      assert.equal(warnings.length, warned.length, warnings.join("; "));
      warned.forEach((expression, index) => assert.match(warnings[index]!, expression));
    });
  }
});

Deno.test("scalyr's rules for another container have no effect", async () => {
  const annotations = {
    [SAMPLING]: '[{"container": "db", "sampling-rules": [{"match_expression": "x", "sampling_rate": 2}]}]',
    [REDACTION]: '[{"container": "db", "redaction-rules": "no list"}]',
    [PARSER]: '[{"container": "db", "parser": 7}]',
  };
  const { config, warnings } = await renderScalyr([criTarget({ annotations })]);
  assert.deepEqual(warnings, []);
  assert.equal(config.logs[0]?.sampling_rules, undefined);
  assert.deepEqual(config.logs[0]?.redaction_rules, [JWT_RULE]);
});

Deno.test("scalyr's other containers are not affected by a container with wrong annotations", async () => {
  const bad = criTarget({
    id: "a".repeat(64),
    annotations: { [PARSER]: '["oops"]', [SAMPLING]: "{", [REDACTION]: "3" },
  });
  const good = criTarget({
    id: "b".repeat(64),
    annotations: { [PARSER]: '[{"container": "app", "parser": "web"}]' },
  });
  const { config, warnings } = await renderScalyr([bad, good]);
  assert.equal(warnings.length, 3);
  assert.deepEqual(config.logs.map((log) => log.attributes.parser), [undefined, "web"]);
});
