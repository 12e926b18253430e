import assert from "node:assert/strict";
import { parseConfigFile } from "../../lib/config/config_file.ts";
import { placedProblem } from "../../lib/config/placed_problem.ts";
import { scalyrRuleFor } from "../../lib/config/operator_rules.ts";
import { parseCore } from "../../lib/config/resolve.ts";
import { EXAMPLE } from "./example_agent.ts";

const PATH = "/etc/watcher.yaml";
const parse = (text: string) =>
  parseConfigFile(text, { path: PATH, agents: [EXAMPLE], knownAgents: ["example", "scalyr"] });

Deno.test("every setting can stand in the file, by its flag in camelCase, and is parsed as a variable would be", () => {
  const { settings, problems } = parse(`
agents: [example]
podLogsPath: /logs
strictLabels: [application, team]
interval: 5
debug: true
clusterId: "1.10"
agentSettings:
  example: {fields: {a: 1}, rate: 7}
`);
  assert.deepEqual(problems, []);
  const { values } = parseCore({
    flags: new Map([["interval", "9"]]),
    env: { WATCHER_CLUSTER_ID: "env" },
    file: settings,
  });
  assert.deepEqual(
    [values.agents, values.podLogsPath, values.strictLabels, values.interval, values.debug, values.clusterId],
    [["example"], "/logs", ["application", "team"], 9, true, "env"],
    "flags win over the environment, and that over the file",
  );
  assert.equal(settings.get("WATCHER_EXAMPLE_FIELDS")?.text, '{"a":1}');
  assert.equal(settings.get("WATCHER_EXAMPLE_RATE")?.origin, `${PATH}:9:35`);
});

Deno.test("a value of the file that is wrong is named with line and column, as one of a variable is with its name", () => {
  const { settings } = parse("interval: soon\n");
  assert.match(
    parseCore({ flags: new Map(), env: {}, file: settings }).problems[0]!,
    /^\/etc\/watcher\.yaml:1:11 is "soon", expected /,
  );
});

const MISTAKES: readonly (readonly [string, RegExp])[] = [
  ["intervall: 5", /^\/etc\/watcher\.yaml:1:1: intervall is not known; did you mean interval\?$/],
  ["agents: {a: 1}", /:1:9: expected a text, a number, true or false, or a list of texts$/],
  ["- a", /:1:1: expected the file to be a map$/],
  ["a: 1\na: 2", /:2:1: this key is there already$/],
  ["a: 1\n---\nb: 2", /:2:1: a second document begins; the file must have one$/],
  ["attributes: &a {b: c}\nagents: *a", /:2:9: an alias has no place here; write out what \*a is$/],
  ["a: [1", /:1:6: /],
  ["agentSettings: {exampel: {}}", /:1:17: Agent exampel is not known; did you mean example\?$/],
  ["agentSettings: {example: {ratte: 1}}", /:1:27: ratte is no setting of agent example; did you mean rate\?$/],
  [
    "agentSettings: {example: {apiKey: x}}",
    /:1:27: apiKey is a secret, .* name a file that holds it, with apiKeyFile$/,
  ],
  ["exclude: [{namespace: x}]", /:1:12: namespace is not known in an item of exclude; did you mean namespaces\?$/],
  ["exclude: [{}]", /:1:11: expected at least one of namespaces, pods, containers, labels, images$/],
  ["exclude: [{namespaces: []}]", /:1:24: namespaces: expected a name, or a list of names$/],
  ["include: [{labels: 'a in (b'}]", /:1:20: labels: expected a label selector/],
  ["rules: [{parser: a, agents: [exmaple]}]", /:1:29: agents: "exmaple" is not known; did you mean example\?$/],
  ["exclude: [{pods: a, agents: skalyr}]", /:1:29: agents: "skalyr" is not known; did you mean scalyr\?$/],
  ["rules: [{match: {}}]", /:1:9: expected at least one of exclude, agents, parser/],
  ["rules: [{parser: ''}]", /:1:18: parser: expected the name of a parser/],
  ["rules: [{multiline: 'a(b'}]", /:1:21: multiline: expected java, .* it has a parenthesis that is not closed/],
  ["rules: [{parser: a, until: soon}]", /:1:28: until: expected a day such as 2026-12-31/],
  ["attributes: {'a b': 1}", /:1:13: attributes: expected /],
  ["scalyr_sampling_rules: [{value: '[]', probability: 2}]", /:1:52: probability: expected a number from 0 to 1$/],
  ["scalyr_sampling_rules: [{application: a}]", /:1:25: value is missing/],
];

for (const [text, message] of MISTAKES) {
  Deno.test(`the mistake in ${JSON.stringify(text)} is named with its place, and the rest is read`, () => {
    const { problems } = parse(text);
    assert.match(problems[0] ?? "", message);
  });
}

Deno.test("aliases and anchors make nothing large, and a file without contents is right", () => {
  assert.deepEqual(parse("# nothing\n").problems, []);
  const bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b]\n";
  assert.match(parse(bomb).problems[0]!, /^\/etc\/watcher\.yaml:2:8: an alias has no place here/);
});

Deno.test("rules of the operator are read as annotations are, with a match, an end, and whether they override", () => {
  const { rules, problems } = parse(`
attributes: {team: ops}
rules:
  - name: no cards
    match: {namespaces: [shop], labels: "app=web"}
    redactionRules: [{pattern: "card=[0-9]+", replacement: "card=***"}]
  - {match: {containers: "java-*"}, multiline: java, overrides: true, until: 2026-12-31}
`);
  assert.deepEqual(problems, []);
  const [cards, java, attributes] = rules.hints;
  assert.equal(cards?.name, "rule no cards");
  assert.deepEqual(cards?.hints.redactionRules, [{ pattern: "card=[0-9]+", replacement: "card=***" }]);
  assert.equal(cards?.match.labels?.({ app: "web" }), true);
  assert.deepEqual([java?.hints.multiline?.preset, java?.overrides, java?.untilMs], [
    "java",
    true,
    Date.UTC(2027, 0, 1),
  ]);
  assert.deepEqual(attributes?.hints.attributes, { team: "ops" });
});

Deno.test("sampling rules of the Python program are for the applications and the part of containers that it gave them to", () => {
  const { rules } = parse(`
scalyr_sampling_rules:
  - {application: web, component: front, value: "A"}
  - {application: web, probability: 0.5, value: "B"}
  - {probability: 0, value: "C"}
`);
  const find = (id: string, application: string, component: string) =>
    scalyrRuleFor(rules.scalyrSampling, { id, application, component })?.value;
  assert.equal(find("a", "web", "front"), "A");
  assert.equal(find("a", "other", "front"), undefined);
  const ids = Array.from({ length: 1000 }, (_, number) => `${number}`.padStart(64, "0"));
  const taken = ids.filter((id) => find(id, "web", "back") === "B").length;
  assert.ok(taken > 400 && taken < 600, `${taken} of 1000`);
  // Python: zlib.crc32(b"0" * 64) % 100 + 1 == 76
  for (const [probability, value] of [[0.76, "D"], [0.75, undefined]] as const) {
    const rule = { application: undefined, component: undefined, probability, value: "D" };
    assert.equal(scalyrRuleFor([rule], { id: "0".repeat(64), application: "a", component: "" })?.value, value);
  }
});

Deno.test("mistakes come in the order of their places, each once", () => {
  const { problems } = parse("exclude: [{pod: x}]\nagentts: []\ninclude: {}\nrules: [{until: soon}]\nclusterID: a\n");
  assert.deepEqual(problems.map((one) => /^\/etc\/watcher\.yaml:(\d+):/.exec(one)?.[1]), ["1", "2", "3", "4", "5"]);
  assert.equal(parse("- a").problems.length, 1);
});

Deno.test("a file that is no YAML is known as such", () => {
  assert.equal(parse("a: [1").isBroken, true);
  assert.equal(parse("a: 1").isBroken, false);
});

Deno.test("rules are listed as they are written, with their places and ends", () => {
  const { summaries } = parse(`
exclude: [{pods: [a], until: 2026-12-31}]
attributes: {name: ops, until: x}
rules: [{name: java, match: {containers: app}, multiline: java}]
`);
  assert.deepEqual(summaries, [
    { kind: "exclude", name: "", text: '{"pods":["a"]}', from: `${PATH}:2:11`, ends: "2027-01-01T00:00:00.000Z" },
    {
      kind: "rule",
      name: "java",
      text: '{"match":{"containers":"app"},"multiline":"java"}',
      from: `${PATH}:4:9`,
    },
    { kind: "attributes", name: "", text: '{"name":"ops","until":"x"}', from: `${PATH}:3:13` },
  ]);
});

Deno.test("a problem's place can be told from its words", () => {
  assert.deepEqual(placedProblem("/a/w.yaml:3:11 is 5, expected x", "/a/w.yaml"), {
    file: "/a/w.yaml",
    line: 3,
    column: 11,
    message: "is 5, expected x",
  });
  assert.deepEqual(placedProblem("WATCHER_AGENTS is required", "/a/w.yaml"), { message: "WATCHER_AGENTS is required" });
});
