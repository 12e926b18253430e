import assert from "node:assert/strict";
import { join } from "node:path";
import { readSidecar } from "../../lib/manifest/sidecar.ts";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";
import { readmeBlocks } from "../shippers/readme_blocks.ts";
import type { LogHints, LogTarget } from "../../lib/join/log_target.ts";
import { ALLOY } from "../../agents/alloy/language.ts";
import { asOneGroup, asTemplate } from "../../agents/alloy/patterns.ts";
import { type AlloyStatement, readAlloy } from "../shippers/alloy/read_alloy.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { NODE, renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/dest" };
const HINTS: Partial<LogHints> = {
  parser: "json",
  multiline: { preset: "", firstLine: "^\\S" },
  samplingRules: [{ pattern: "DEBUG", rate: 0.1 }, { pattern: "TRACE", rate: 0 }],
  redactionRules: [{ pattern: "card=(\\d+|-)", replacement: "card={{***}}" }],
};
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", team: "checkout" },
  hints: HINTS,
});
const CRI = criTarget();

async function rendered(targets: readonly LogTarget[], { settings = SETTINGS, node = NODE } = {}) {
  const { nodes, targets: answers } = await renderHere("alloy", targets, { settings, node });
  const contents = (output: string) => nodes.get(output)?.contents ?? "";
  const groups = JSON.parse(contents("targets")) as { targets: string[]; labels: Record<string, string> }[];
  const unexpressed = [...answers.values()].flatMap((one) => one.unexpressed ?? []);
  return { groups, pipeline: readAlloy(contents("pipeline")), unexpressed };
}

/** Finds all blocks of a name. */
function blocks(statements: readonly AlloyStatement[], name: string): Record<string, unknown>[] {
  return statements.flatMap(({ name: own, body = [] }) => [
    ...(own === name ? [Object.fromEntries(body.map((one) => [one.name, one.value]))] : []),
    ...blocks(body, name),
  ]);
}

/** Gives the labels that the pipeline adds to the lines of its only container. */
function addedLabels(pipeline: readonly AlloyStatement[]): Readonly<Record<string, string>> {
  return blocks(pipeline, "stage.static_labels")[0]!.values as Record<string, string>;
}

Deno.test("Alloy's targets and pipeline for Docker and CRI containers are those of the golden files, byte by byte", async () => {
  const { wanted, refused, warnings } = await renderInSandbox("alloy", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual([refused, warnings], [[], []]);
  const files = Object.fromEntries(wanted.map((one) => [one.path, one.kind === "file" ? one.contents : ""]));
  assert.deepEqual(Object.keys(files).sort(), ["/dest/pipeline.alloy", "/dest/targets.json"]);
  assertGolden("alloy/targets.json", files["/dest/targets.json"]!);
  assertGolden("alloy/pipeline.alloy", files["/dest/pipeline.alloy"]!);
});

Deno.test("Alloy has targets and a pipeline for a node without containers", async () => {
  const { groups, pipeline } = await rendered([]);
  assert.deepEqual(groups, []);
  assert.deepEqual(blocks(pipeline, "stage.label_drop"), [{ values: ["runtime"] }]);
});

Deno.test("Alloy's targets stay the same when labels of the pod change, as it reads a file again otherwise", async () => {
  const before = await rendered([criTarget()]);
  const after = await rendered([criTarget({ labels: { version: "2" }, attributes: { team: "a" }, hints: HINTS })]);
  assert.deepEqual(after.groups, before.groups);
  assert.notDeepEqual(after.pipeline, before.pipeline);
});

Deno.test("Alloy's labels leave out what is not known", async () => {
  const node = { name: "n", clusterId: "", clusterEnvironment: "production", clusterAlias: "none" };
  const { groups, pipeline } = await rendered([criTarget()], { node });
  assert.deepEqual(groups, [{
    targets: ["localhost"],
    labels: {
      __path__: CRI.log.path,
      runtime: "containerd",
      container: "app",
      namespace: "shop",
      node: "n",
      pod: "web-3",
      container_id: CRI.id,
      pod_uid: "3cbebc25-6c5b-4e49-849e-33fc881a0458",
    },
  }]);
  assert.deepEqual(blocks(pipeline, "stage.static_labels"), [{
    values: { app: "web-3", job: "shop/web-3", environment: "production", image: "bb:1" },
  }]);
});

Deno.test("attributes become labels that Loki takes, never ones that are taken, and end as structured metadata", async () => {
  const attributes = {
    "__path__": "/etc",
    "1a": "b",
    "a.b": "c",
    "a_b": "d",
    "empty": "",
    "é": "e",
    pod: "f",
    stream: "g",
  };
  const { groups, pipeline, unexpressed } = await rendered([criTarget({ attributes })]);
  const own = {
    attr___path__: "/etc",
    attr_1a: "b",
    a_b: "c",
    _: "e",
    attr_pod: "f",
    attr_stream: "g",
  };
  assert.deepEqual([groups[0]?.labels.__path__, groups[0]?.labels.pod], [CRI.log.path, "web-3"]);
  const labels = addedLabels(pipeline);
  const names = Object.keys(own);
  assert.deepEqual(Object.fromEntries(names.map((name) => [name, labels[name]])), own);
  assert.deepEqual(unexpressed.map(({ hint, why }) => [hint, why]), [
    ["attributes", "attribute a_b would have the label a_b, as another one has; it is left out"],
  ]);
  const [{ values }] = blocks(pipeline, "stage.structured_metadata") as [{ values: object }];
  for (const name of names) assert.ok(Object.hasOwn(values, name), name);
});

Deno.test("hostile values come back equal from Alloy's targets and its pipeline", async (t) => {
  for (const [value, comesBack = value] of HOSTILE_VALUES) {
    await t.step(JSON.stringify(value), async () => {
      const hints = {
        ...HINTS,
        parser: value,
        multiline: { preset: "", firstLine: value },
        redactionRules: [{ pattern: "x", replacement: value }],
      };
      const { groups, pipeline } = await rendered([{ ...hostileTarget(value), hints: { ...CRI.hints, ...hints } }]);
      const labels = { ...groups[0]!.labels, ...addedLabels(pipeline) };
      for (const name of ["app", "container", "namespace", "pod", "component", "version", "release", "parser"]) {
        assert.equal(labels[name], comesBack, name);
      }
      assert.deepEqual(blocks(pipeline, "stage.multiline").map(({ firstline }) => firstline), [comesBack]);
      assert.equal(blocks(pipeline, "stage.replace")[0]?.replace, asTemplate(comesBack));
    });
  }
});

Deno.test("the first sampling rule that matches decides in Alloy: later ones leave out the lines of earlier ones", async () => {
  const { pipeline } = await rendered([criTarget({ hints: HINTS })]);
  const selectors = blocks(pipeline, "stage.match").map(({ selector }) => selector).slice(2);
  const own = `{container_id="${CRI.id}"}`;
  assert.deepEqual(selectors, [`${own} |~ "DEBUG"`, `${own} !~ "DEBUG" |~ "TRACE"`]);
  assert.deepEqual(blocks(pipeline, "stage.sampling"), [{ rate: 0.1 }, { rate: 0 }]);
});

Deno.test("a pattern has one group for Alloy, and a replacement is no template of Go", () => {
  const patterns: [pattern: string, expected: string][] = [
    ["a(b)(?:c(d))", "(a(?:b)(?:c(?:d)))"],
    ["\\(a[(\\](]\\\\(b)", "(\\(a[(\\](]\\\\(?:b))"],
    ["", "()"],
  ];
  for (const [pattern, expected] of patterns) assert.equal(asOneGroup(pattern), expected);
  assert.equal(asTemplate("a{{b}} {{{{{"), 'a{{"{{"}}b}} {{"{{"}}{{"{{"}}{');
});

Deno.test("Promtail's paths are patterns, and what its static configuration cannot do is reported", async () => {
  const target = criTarget({ logPath: "/var/log/pods/a_{b}[1]*?_\\/app/0.log", hints: HINTS });
  const forAlloy = await rendered([target]);
  assert.deepEqual([forAlloy.groups[0]?.labels.__path__, forAlloy.unexpressed], [target.log.path, []]);
  const { groups, pipeline, unexpressed } = await rendered([target], {
    settings: { ...SETTINGS, promtail: true } as typeof SETTINGS,
  });
  assert.deepEqual(pipeline, [], "Promtail has no use for a module");
  assert.equal(groups[0]?.labels.app, "web-3", "It has no pipeline to get it from");
  assert.equal(groups[0]?.labels.__path__, "/var/log/pods/a_\\{b\\}\\[1\\]\\*\\?_\\\\/app/0.log");
  assert.deepEqual(unexpressed.map(({ hint }) => hint), ["multiline", "samplingRules", "redactionRules"]);
});

Deno.test("a pipeline that Alloy would refuse is not written", async (t) => {
  const cases: [text: string, expected: RegExp | undefined][] = [
    ['a "b" {\n  c = "d"\n  e { }\n}\n', undefined],
    ['a = {"b" = [1, -2.5e-7, true, x.y]}', undefined],
    ['a = "\\u00e9\\U0001F600\\x00\\101\\a"', undefined],
    ["a = [\n  1,\n  2,\n]", undefined],
    ['a = "\\q"', /does not take/],
    ['a = "\ufeff"', /does not take/],
    ['a = "b', /does not take/],
    ['a = "b" c = "d"', /has "c" where Alloy expects the end of a line/],
    ["a = ", /has "its end" where Alloy expects a value/],
    ["a {", /expects \}/],
    ["}", /expects a statement/],
    ["a b {}", /expects \{/],
    ['a = {1 = "b"}', /expects a key/],
    ["a = [1 2]", /expects , or \]/],
    ["a = 'b'", /does not take/],
  ];
  for (const [text, expected] of cases) {
    await t.step(text, () => {
      if (expected) assert.throws(() => ALLOY.check!(text), expected);
      else ALLOY.check!(text);
    });
  }
});

Deno.test("Alloy is deployed with the static configuration of the README", () => {
  const { files, settings } = readSidecar("alloy", join(BUILT_IN_AGENTS, "alloy"));
  assert.equal(files["config.alloy"], readmeBlocks("alloy", "alloy")[0]);
  assert.match(String(Object.values(settings)), /^\/etc\/alloy\/klw/);
});
