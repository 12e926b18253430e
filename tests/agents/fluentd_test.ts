import assert from "node:assert/strict";
import { join } from "node:path";
import { fluentd } from "../../agents/fluentd/language.ts";
import { FluentdSyntaxError, readFluentd, type Section } from "../../agents/fluentd/read_fluentd.ts";
import { fluentdRecord } from "../fuzz/expectations/fluentd.ts";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";
import { createEngine } from "../../lib/render/runtime/engine.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/fluentd/etc/k8s.d" };

const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", note: "${HOME} #{1+1} __TAG__" },
});
const CRI = criTarget({
  hints: {
    parser: "nginx",
    multiline: { preset: "", firstLine: "^\\d{4}-" },
    samplingRules: [{ pattern: "audit", rate: 1 }, { pattern: "GET /health", rate: 0.1 }],
    redactionRules: [{ pattern: "card=\\d+", replacement: "card=***" }],
  },
});

async function textOf(target: LogTarget, settings: Record<string, unknown> = SETTINGS): Promise<string> {
  const { targets } = await renderHere("fluentd", [target], { settings });
  return targets.get(target.id)?.files.container ?? "";
}

/** Finds the filters of a type, of all labels in order. */
function filtersOf(text: string, type: string): Section[] {
  const sections = readFluentd(text).flatMap((section) => section.sections);
  return sections.filter(({ name, values }) => name === "filter" && values.get("@type") === type);
}

Deno.test("Fluentd's files are those of the golden files, byte by byte", async () => {
  const { wanted, refused, warnings } = await renderInSandbox("fluentd", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual([refused, warnings], [[], []]);
  const files = new Map(wanted.map((one) => [one.path, one.kind === "file" ? one.contents : ""]));
  assert.deepEqual([...files.keys()], [CRI, DOCKER].map(({ id }) => `${SETTINGS.destPath}/klw_${id}.conf`));
  const [cri, docker] = [...files.values()];
  assertGolden("fluentd/cri.conf", cri!);
  assertGolden("fluentd/docker.conf", docker!);
});

Deno.test("Fluentd sends every line from label to label until the operator's", async () => {
  for (const target of [DOCKER, CRI]) {
    const sections = readFluentd(await textOf(target));
    const next = (section: Section) => section.sections.find(({ name }) => name === "match")?.values.get("@label");
    const seen: string[] = [];
    let label = sections.find(({ name }) => name === "source")?.values.get("@label");
    while (label !== "@K8S") {
      const section = sections.find(({ name, argument }) => name === "label" && argument === label);
      assert.ok(section !== undefined && !seen.includes(label!), `${label} leads nowhere`);
      seen.push(label!);
      // What is flushed late goes where the rest goes.
      for (const filter of section.sections.filter(({ values }) => values.has("timeout_label"))) {
        assert.equal(filter.values.get("timeout_label"), next(section));
      }
      label = next(section);
    }
    assert.equal(seen.length, sections.length - 1);
  }
});

Deno.test("Fluentd joins partial lines of each runtime, and lines of an event after it, per stream", async () => {
  const [partial, lines] = filtersOf(await textOf(CRI), "concat");
  assert.deepEqual([partial?.values.get("partial_key"), partial?.values.get("separator")], ["logtag", ""]);
  assert.deepEqual([lines?.values.get("multiline_start_regexp"), lines?.values.get("separator")], [
    "/^\\d{4}-/",
    "\n",
  ]);
  const docker = filtersOf(await textOf({ ...DOCKER, hints: CRI.hints }), "concat");
  assert.equal(docker[0]?.values.get("multiline_end_regexp"), "/\\n$/");
  // Docker's lines lose their newlines before they are joined by others.
  assert.equal(docker[1]?.values.get("separator"), "\n");
  assert.match(await textOf({ ...DOCKER, hints: CRI.hints }), /delete_suffix\(\\"\\\\n\\"\)/);
  for (const filter of [partial, lines, ...docker]) assert.equal(filter?.values.get("stream_identity_key"), "stream");
});

Deno.test("Fluentd compares an expression with other characters than ASCII with text, not with bytes", async () => {
  const target = (firstLine: string) => criTarget({ hints: { multiline: { preset: "", firstLine } } });
  assert.equal(filtersOf(await textOf(target("^x")), "record_transformer").length, 1);
  const [first] = filtersOf(await textOf(target("^é")), "record_transformer");
  assert.match(first?.sections[0]?.values.get("log") ?? "", /force_encoding\("UTF-8"\)\.scrub/);
});

Deno.test("Fluentd gets patterns and replacements of pods in Ruby as hexadecimal digits only", async () => {
  const evil = '"); `id`; #{exit} } ${x}';
  const hints = {
    redactionRules: [{ pattern: "x", replacement: evil }],
    samplingRules: [{ pattern: 'a"b#c', rate: 0.25 }],
  };
  const text = await textOf(criTarget({ hints }));
  const codes = filtersOf(text, "record_transformer").filter(({ values }) => values.has("enable_ruby"))
    .flatMap(({ sections }) => [...sections[0]!.values.values()]);
  assert.equal(codes.length, 2);
  for (const code of codes) {
    assert.match(code, /^\$\{\(.*\)\}$/);
    assert.equal(code.split("${").length, 2);
    const fixed = code.replaceAll(/\["([0-9a-f]*)"\]\.pack/g, "PACK");
    assert.ok(!/[`#']/.test(fixed) && !fixed.includes("exit"), fixed);
  }
  const packed = codes.flatMap((code) => [...code.matchAll(/\["([0-9a-f]*)"\]\.pack/g)].map(([, hex]) => hex!));
  const decoded = packed.map((hex) => new TextDecoder().decode(Uint8Array.fromHex(hex)));
  assert.deepEqual(decoded, ['a"b#c', "x", evil]);
});

Deno.test("Fluentd is given no parser that the operator did not name, as it would refuse everything", async () => {
  assert.deepEqual(filtersOf(await textOf(CRI, { ...SETTINGS, parsers: "json" }), "parser"), []);
  const [parser] = filtersOf(await textOf(CRI), "parser");
  assert.equal(parser?.sections[0]?.values.get("@type"), "nginx");
});

Deno.test("hostile values come back equal from Fluentd's files", async (t) => {
  for (const [value, comesBack = value] of [...HOSTILE_VALUES, ["__TAG__ ____ _${_"], ["${}"], ["$ {a}"]]) {
    await t.step(JSON.stringify(value), async () => {
      const { kubernetes } = fluentdRecord(await textOf(hostileTarget(value!)));
      const { labels, namespace_name, pod_name, container_name } = kubernetes;
      const names = [labels.application, labels.plain, namespace_name, pod_name, container_name];
      assert.deepEqual(names, names.map(() => comesBack));
      assert.equal(labels[comesBack!], "plain");
    });
  }
});

Deno.test("fields that stand for signs are only there where a value needs them", async () => {
  assert.ok(!(await textOf(CRI)).includes('klw_dollar "'));
  assert.ok((await textOf(DOCKER)).includes('klw_dollar "$"'));
});

Deno.test("Fluentd reads a path with percent signs, commas or asterisks as one file", async () => {
  for (
    const [path, written, delimiter] of [
      ["/a%Yb", "/a%%Yb", ","],
      ["/a,b[1]", "/a,b[1]", "|"],
      ["/a*b[1]", "/a\\*b\\[1\\]", ","],
    ] as const
  ) {
    const text = await textOf(criTarget({ logPath: `/var/log/pods${path}/0.log` }));
    const [source] = readFluentd(text);
    assert.equal(source?.values.get("path"), `/var/log/pods${written}/0.log`);
    assert.equal(source?.values.get("path_delimiter"), delimiter);
  }
});

Deno.test("text that Fluentd would refuse, or run as Ruby, is no Fluentd", () => {
  const refused: readonly [text: string, reason: RegExp][] = [
    ['<source>\n  path "#{1+1}"\n</source>', /line 2: code/],
    ['<source>\n  path "\\q"\n</source>', /unknown escape \\q/],
    ['<source>\n  path "a\n</source>', /no end/],
    ['<source>\n  path "a" b\n</source>', /something stands after/],
    ["<source>\n  path {}\n</source>", /begins with/],
    ["<source>\n  path a #{x}\n</source>", /code or a comment/],
    ["<source>\n  path a\n", /section source has no end/],
    ["<source>\n</match>", /ends section source/],
    ["<source>\n  path a\n  path b\n</source>", /there twice/],
    ["path a", /in no section/],
    ["<source>\n  nonsense\n</source>", /neither a value nor a section/],
  ];
  for (const [text, reason] of refused) {
    assert.throws(
      () => readFluentd(text),
      (error) => error instanceof FluentdSyntaxError && reason.test(error.message),
    );
  }
});

Deno.test("what is no text, no number and no name of a label cannot be written for Fluentd", () => {
  const write = (value: unknown) => fluentd.write(value, String);
  assert.equal(write({ name: "klw_1" }), "@klw_1");
  assert.equal(write("#{x}\n"), '"\\#{x}\\n"');
  for (const value of [{ name: "a b" }, { name: "a\n" }, {}, [], null]) assert.throws(() => write(value), TypeError);
});

Deno.test("Fluentd's check includes every file that is wanted, and has the label that they lead to", () => {
  const source = Deno.readTextFileSync(join(BUILT_IN_AGENTS, "fluentd/check.conf.eta"));
  const render = createEngine(new Map([["check.conf.eta", source]]), { fluentd });
  const main = render("check.conf.eta", "fluentd", { files: ["/staged/klw_1.conf", "/staged/klw_2.conf"] });
  assert.match(main, /^@include "\/staged\/klw_1\.conf"\n@include "\/staged\/klw_2\.conf"$/m);
  assert.deepEqual(readFluentd(main).map(({ name, argument }) => [name, argument]), [["label", "@K8S"]]);
});
