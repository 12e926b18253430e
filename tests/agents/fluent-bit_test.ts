import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { fluentBitYaml } from "../../agents/fluent-bit/language.ts";
import { withoutNewline } from "../../agents/fluent-bit/pattern.ts";
import { attributesIn, type FluentBitFile, withoutSpace } from "../fuzz/expectations/fluent-bit.ts";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";
import { createEngine } from "../../lib/render/runtime/engine.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/etc/fluent-bit/k8s.d" };

const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", note: "${HOME} #{1+1}" },
});
const CRI = criTarget({
  hints: {
    parser: "nginx",
    multiline: { preset: "", firstLine: "^\\d{4}-" },
    samplingRules: [{ pattern: "audit", rate: 1 }, { pattern: "GET /health", rate: 0 }],
  },
});

/** Renders one container and reads its file as YAML. */
async function fileOf(target: LogTarget, settings: Record<string, unknown> = SETTINGS) {
  const { targets } = await renderHere("fluent-bit", [target], { settings });
  const text = targets.get(target.id)?.files.container ?? "";
  return { text, file: parse(text, { version: "1.1" }) };
}

Deno.test("Fluent Bit's files are those of the golden files, byte by byte", async () => {
  const settings = { ...SETTINGS, parsers: "json, nginx" };
  const { wanted, refused, warnings } = await renderInSandbox("fluent-bit", [DOCKER, CRI], { settings });
  assert.deepEqual([refused, warnings], [[], []]);
  const files = new Map(wanted.map((one) => [one.path, one.kind === "file" ? one.contents : ""]));
  const names = [`klw_${CRI.id}.yaml`, `klw_${DOCKER.id}.yaml`, "00-common.yaml"];
  assert.deepEqual([...files.keys()], names.map((name) => `${SETTINGS.destPath}/${name}`));
  const [cri, docker, common] = [...files.values()];
  assertGolden("fluent-bit/cri.yaml", cri!);
  assertGolden("fluent-bit/docker.yaml", docker!);
  assertGolden("fluent-bit/00-common.yaml", common!);
});

Deno.test("Fluent Bit's common file is there without any container, so that the include finds a file", async () => {
  const { wanted } = await renderInSandbox("fluent-bit", [], { settings: SETTINGS });
  assert.deepEqual(wanted.map(({ path }) => path), [`${SETTINGS.destPath}/00-common.yaml`]);
});

Deno.test("Fluent Bit takes the envelope of each runtime off with its own parser", async () => {
  for (const [target, parser] of [[DOCKER, "docker"], [CRI, "cri"]] as const) {
    const { file } = await fileOf(target);
    assert.equal(file.pipeline.inputs[0]["multiline.parser"], parser);
  }
});

/** Makes the regular expression of JavaScript that reads alike: `(?m:.)` is any character in Ruby's syntax. */
function regexIn(text: string): RegExp {
  assert.match(text, /^\/.*\/$/);
  return new RegExp(text.slice(1, -1).replaceAll("(?m:.*)", "[^]*").replaceAll("\\A", "^(?<!\n)"), "m");
}

Deno.test("Fluent Bit joins the lines between two first lines, and no others", async () => {
  const firstLine = "^\\d{4}-|^(?:a/b|c)$";
  const { file } = await fileOf(criTarget({ hints: { multiline: { preset: "", firstLine } } }));
  const [{ name, rules }] = file.multiline_parsers;
  assert.equal(file.pipeline.filters[0]["multiline.parser"], name);
  const [first, other] = rules.map(({ regex }: { regex: string }) => regexIn(regex));
  for (const line of ["2026-01-01 x", "a/b", "c"]) {
    assert.deepEqual([first.test(line), other.test(line)], [true, false]);
  }
  for (const line of ["  at x", "", "xa/b", "cc"]) {
    assert.deepEqual([first.test(line), other.test(line)], [false, true]);
  }
});

Deno.test("Fluent Bit drops lines by rules of which the first that matches decides", async () => {
  const samplingRules = [
    { pattern: "^a", rate: 0 },
    { pattern: "keep", rate: 1 },
    { pattern: "b$", rate: 0 },
  ];
  const { file } = await fileOf(criTarget({ hints: { samplingRules } }));
  const rules = file.pipeline.filters.map(({ exclude }: { exclude: string }) => regexIn(exclude.replace(/^log /, "")));
  const isDropped = (line: string) => rules.some((rule: RegExp) => rule.test(line));
  const lines = ["a keep", "x b", "keep b", "x", "line\nb"];
  assert.deepEqual(lines.map(isDropped), [true, true, false, false, true]);
});

Deno.test("a pattern for Docker's lines, which end with newlines, finds no newline", () => {
  for (
    const [pattern, written] of [
      ["a.\\.b$", "a.\\.b$"],
      ["[^ab]\\[^", "[^\\nab]\\[^"],
      ["[a\\]\\s]\\s", "[[^\\n]&&a\\]\\s][ \\t\\r\\f\\v]"],
      ["\\\\W\\W|\\D", "\\\\W[^\\w\\n]|[^\\d\\n]"],
    ] as const
  ) assert.equal(withoutNewline(pattern), written);
});

Deno.test("Fluent Bit finds no variable in a pattern that speaks of ${", async () => {
  const pattern = "[${]x|\\${2}|\\\\\\$\\{a";
  const { text, file } = await fileOf(criTarget({ hints: { samplingRules: [{ pattern, rate: 0 }] } }));
  assert.ok(!text.includes("${"));
  const rule = regexIn(file.pipeline.filters[0].exclude.replace(/^log /, ""));
  for (const line of ["{x", "$x", "$$", "\\${a"]) assert.ok(rule.test(line), line);
  for (const line of ["x", "$", "${a"]) assert.ok(!rule.test(line), line);
});

Deno.test("Fluent Bit is given no parser that the operator did not name, as it would not start with it", async () => {
  const { parser } = CRI.hints;
  const without = await fileOf(CRI);
  assert.ok(!without.text.includes(parser));
  const { file } = await fileOf(CRI, { ...SETTINGS, parsers: "json,nginx" });
  const last = file.pipeline.filters.at(-1);
  assert.deepEqual([last.name, last.parser, last.reserve_data], ["parser", "nginx", true]);
});

Deno.test("hostile values come back equal from Fluent Bit's files, but for a space between $ and {", async (t) => {
  for (const [value, comesBack = value] of HOSTILE_VALUES) {
    await t.step(JSON.stringify(value), async () => {
      const { text, file } = await fileOf(hostileTarget(value));
      fluentBitYaml.check?.(text);
      const attributes = attributesIn(file as FluentBitFile);
      for (const name of ["namespace_name", "pod_name", "container_name", "labels.application", "labels.plain"]) {
        assert.equal(withoutSpace(attributes[`kubernetes.${name}`]!), comesBack, name);
      }
      const names = Object.keys(attributes).map(withoutSpace);
      assert.ok(names.includes(`kubernetes.labels.${comesBack}`));
    });
  }
});

Deno.test("two texts that differ in spaces after $ stay different for Fluent Bit", () => {
  const written = ["${a}", "$ {a}", "$  {a}"].map((text) => fluentBitYaml.write(text, JSON.stringify));
  assert.deepEqual(written, ['"$ {a}"', '"$  {a}"', '"$   {a}"']);
  assert.deepEqual(written.map((text) => withoutSpace(JSON.parse(text))), ["${a}", "$ {a}", "$  {a}"]);
});

Deno.test("a path with what glob(3) and the input tail read otherwise still means one file", async () => {
  const target = criTarget({ logPath: "/var/log/pods/a,b[1]${X}*/0.log" });
  const { file } = await fileOf(target);
  assert.equal(file.pipeline.inputs[0].path, "/var/log/pods/a?b\\[1][$]{X}\\*/0.log");
});

Deno.test("what Fluent Bit cannot do is said", async () => {
  const hints = {
    parser: "other",
    samplingRules: [{ pattern: "x", rate: 0.5 }],
    redactionRules: [{ pattern: "x", replacement: "" }],
  };
  const { unexpressed } = await renderInSandbox("fluent-bit", [criTarget({ hints })], { settings: SETTINGS });
  assert.deepEqual(unexpressed.map(({ hint, reason }) => `${hint}: ${reason.split(":")[0]}`), [
    "parser: parser other",
    "samplingRules: rates between 0 and 1",
    "redactionRules: the agent has no words for it",
  ]);
});

Deno.test("Fluent Bit's check includes every file that is wanted", () => {
  const source = Deno.readTextFileSync(join(BUILT_IN_AGENTS, "fluent-bit/check.yaml.eta"));
  const render = createEngine(new Map([["check.yaml.eta", source]]), { "fluent-bit": fluentBitYaml });
  const files = ["/staged/00-common.yaml", "/staged/klw_1.yaml"];
  const main = parse(render("check.yaml.eta", "fluent-bit", { files }), { version: "1.1" });
  assert.deepEqual(main, { includes: files, pipeline: { outputs: [{ name: "null", match: "*" }] } });
});
