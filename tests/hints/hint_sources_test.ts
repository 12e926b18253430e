import assert from "node:assert/strict";
import { HintReader } from "../../lib/hints/hint_reader.ts";
import { loadVocabularies } from "../../lib/hints/vocabularies.ts";

const OWN = "kubernetes-log-watcher/";

function container(annotations: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>> = {}) {
  const pod = { labels, annotations, containers: [{ name: "app" }] };
  return { podUid: "u", namespace: "shop", podName: "web-1", containerName: "app", pod };
}

Deno.test("each wish is traced to the rule or annotation that holds, as the hints themselves are worked out", async () => {
  const reader = new HintReader({
    vocabularies: await loadVocabularies(["fluentbit"]),
    attributeLabels: [{ key: "team", isPrefix: false, name: undefined }],
    operator: [
      { name: "rule must", match: {}, hints: { parser: "nginx" }, overrides: true },
      {
        name: "rule may",
        match: {},
        hints: { parser: "json", exclude: false, attributes: { team: "ops", constructor: "x" } },
      },
      { name: "rule cards", match: {}, hints: { redactionRules: [{ pattern: "card", replacement: "" }] } },
      { name: "rule others", match: { pods: ["db-*"] }, hints: { parser: "db" } },
    ],
  });
  const one = container(
    {
      [`${OWN}parser`]: "apache2",
      [`${OWN}attributes`]: '{"tier": "1"}',
      [`${OWN}redaction-rules`]: '[{"match_expression": "a", "replacement": "b"}]',
    },
    { team: "shop" },
  );
  const { wishes, attributes, rules } = reader.sources(one);
  assert.equal(reader.read(one).hints.parser, "nginx");
  assert.deepEqual(wishes, {
    parser: "rule must",
    exclude: "rule may",
    redactionRules: `rule cards, annotation ${OWN}redaction-rules`,
  });
  assert.deepEqual(reader.read(one).attributes, { constructor: "x", team: "ops", tier: "1" });
  assert.deepEqual({ ...attributes }, {
    team: "rule may",
    constructor: "rule may",
    tier: `annotation ${OWN}attributes`,
  });
  assert.deepEqual(rules, [
    "rule must: parser",
    "rule may: parser (but rule must holds), exclude, attributes",
    "rule cards: redactionRules",
  ]);
});

Deno.test("a rule that has ended is the source of nothing, and one that does not override gives way to an annotation", () => {
  const reader = new HintReader({
    operator: [
      { name: "rule ended", match: {}, hints: { parser: "nginx" }, overrides: true, untilMs: 5 },
      { name: "rule may", match: {}, hints: { parser: "json" } },
    ],
    now: () => 10,
  });
  const { wishes, rules } = reader.sources(container({ [`${OWN}parser`]: "apache2" }));
  assert.deepEqual(wishes, { parser: `annotation ${OWN}parser` });
  assert.deepEqual(rules, [`rule may: parser (but annotation ${OWN}parser holds)`]);
});
