import assert from "node:assert/strict";
import { join } from "node:path";
import { readSidecar } from "../../lib/manifest/sidecar.ts";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";
import { readmeBlocks } from "../shippers/readme_blocks.ts";
import type { LogHints, LogTarget } from "../../lib/join/log_target.ts";
import { VECTOR } from "../../agents/vector/language.ts";
import { vrl, VrlPattern } from "../../agents/vector/vrl.ts";
import { readVrlFields } from "../shippers/vector/vrl_fields.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { NODE, renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/dest" };
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", team: "checkout" },
  hints: {
    parser: "json",
    multiline: { preset: "", firstLine: "^\\S" },
    samplingRules: [{ pattern: "DEBUG", rate: 0.1 }, { pattern: "TRACE", rate: 0 }],
    redactionRules: [{ pattern: "card=\\d+", replacement: "card=***" }],
  },
});
const CRI = criTarget();

async function rendered(target: LogTarget, node = NODE) {
  const { targets } = await renderHere("vector", [target], { settings: SETTINGS, node });
  const [one] = targets.values();
  const { sources, transforms } = JSON.parse(one?.files.config ?? "{}");
  return {
    ...one!,
    source: sources?.[`klw_src_${target.id}`],
    transforms,
    out: transforms?.[`klw_out_${target.id}`]?.source as string,
  };
}

Deno.test("Vector's files for Docker and CRI containers are those of the golden files, byte by byte", async () => {
  const { wanted, refused, warnings } = await renderInSandbox("vector", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual([refused, warnings], [[], []]);
  const files = Object.fromEntries(wanted.map((one) => [one.path, one.kind === "file" ? one.contents : ""]));
  assert.deepEqual(Object.keys(files), [`/dest/${CRI.id}.json`, `/dest/${DOCKER.id}.json`]);
  assertGolden("vector/docker.json", files[`/dest/${DOCKER.id}.json`]!);
  assertGolden("vector/cri.json", files[`/dest/${CRI.id}.json`]!);
});

Deno.test("Vector's events have the names of its source kubernetes_logs, and nothing that is not known", async () => {
  const node = { name: "n", clusterId: "", clusterEnvironment: "production", clusterAlias: "none" };
  const { out } = await rendered(criTarget(), node);
  assert.deepEqual(readVrlFields(out), {
    host: "n",
    application: "web-3",
    environment: "production",
    kubernetes: {
      pod_namespace: "shop",
      pod_name: "web-3",
      pod_uid: "3cbebc25-6c5b-4e49-849e-33fc881a0458",
      pod_node_name: "n",
      container_name: "app",
      container_id: CRI.id,
      container_image: "bb:1",
    },
  });
});

Deno.test("hostile values come back equal from Vector's programs, and hold nothing that Vector replaces", async (t) => {
  for (
    const [value, comesBack = value] of [...HOSTILE_VALUES, ["SECRET[a.b] $SECRET[x]"], [
      "\\{{x}} \\\\{",
    ]] as typeof HOSTILE_VALUES
  ) {
    await t.step(JSON.stringify(value), async () => {
      const { files, error, out } = await rendered({ ...hostileTarget(value), attributes: { [value]: value } });
      assert.equal(error, undefined);
      assert.doesNotMatch(files.config!, /\$|SECRET\[/);
      const { kubernetes, attributes, ...fields } = readVrlFields(out) as Record<string, Record<string, string>>;
      for (const key of ["application", "component", "environment", "version", "release"]) {
        assert.equal(fields[key], comesBack, key);
      }
      for (const key of ["pod_namespace", "pod_name", "container_name"]) {
        assert.equal(kubernetes?.[key], comesBack, key);
      }
      assert.deepEqual(Object.entries(attributes!), [[comesBack, comesBack]]);
    });
  }
});

Deno.test("Vector reads a log's own file and what it was rotated to, whatever is in its path", async () => {
  const { source } = await rendered(criTarget({ logPath: "/var/log/pods/a_b[1]*_?/app/0.log" }));
  const path = "/var/log/pods/a_b[[]1[]][*]_[?]/app/0.log";
  assert.deepEqual([source.include, source.exclude], [[path, `${path}.[0-9]*`], [`${path}.*.gz`, `${path}.*.tmp`]]);
});

Deno.test("Vector has no transform for a hint that is not given, and says which parsers it does not have", async (t) => {
  const cases: [hints: Partial<LogHints>, transforms: number, unexpressed: RegExp[]][] = [
    [{}, 3, []],
    [{ multiline: { preset: "java", firstLine: "^\\S" } }, 4, []],
    [{ parser: "logfmt" }, 3, []],
    [{ parser: "constructor" }, 3, [/^Vector has no parser constructor/]],
  ];
  for (const [hints, transforms, unexpressed] of cases) {
    await t.step(JSON.stringify(hints), async () => {
      const one = await rendered(criTarget({ hints }));
      assert.equal(Object.keys(one.transforms).length, transforms);
      assert.deepEqual(one.unexpressed?.map(({ hint }) => hint), unexpressed.map(() => "parser"));
      unexpressed.forEach((expression, index) => assert.match(one.unexpressed![index]!.why, expression));
      if (hints.parser) assert.equal(readVrlFields(one.out).parser, hints.parser);
    });
  }
});

Deno.test("patterns become literals of VRL without an end or a line of their own, numbers have a point", () => {
  const cases: [pattern: string, literal: string][] = [
    ["^it's$", "r'^it\\x27s$'"],
    ["\\'\\\\'", "r'\\x27\\\\\\x27'"],
    ["[']\n\t", "r'[\\x27]\\x0a\\x09'"],
    ['"#{x}\\d', "r'\"#{x}\\d'"],
  ];
  for (const [pattern, literal] of cases) assert.equal(vrl`${new VrlPattern(pattern)}`, literal);
  for (const [value, literal] of [[0, "0.0"], [1, "1.0"], [0.25, "0.25"], [1e-7, "0.00000010000000000000"]] as const) {
    assert.equal(vrl`${value}`, literal);
  }
});

Deno.test("a file that Vector would refuse, or read otherwise, is not written", async (t) => {
  const remap = (source: string) =>
    JSON.stringify({ sources: { a: { type: "file" } }, transforms: { b: { type: "remap", inputs: ["a"], source } } });
  const cases: [text: string, expected: RegExp | undefined][] = [
    [remap('. = {"a": "}"}'), undefined],
    [remap("match(.a, r'[\\'(]')"), undefined],
    [remap('"$HOME"'), /placeholder/],
    [remap("SECRET[a.b]"), /placeholder/],
    [remap("{").replace("\\u007b", "{"), /lacks \}/],
    [remap("(]"), /too many/],
    [remap('"a'), /does not end/],
    [remap("r'a"), /does not end/],
    [remap(". # x"), /comment/],
    [remap(".").replace('["a"]', '["c"]'), /"c" of b is no component/],
    [remap(".").replace('"b"', '"b.c"'), /"b.c" has a name/],
    [remap(".").replace('"type":"file"', '"kind":"file"'), /a has no type/],
    ['{"tests": []}', /tests besides/],
    ["[", /JSON/],
  ];
  for (const [text, expected] of cases) {
    await t.step(text, () => {
      if (expected) assert.throws(() => VECTOR.check!(text), expected);
      else VECTOR.check!(text);
    });
  }
});

Deno.test("Vector is deployed with the static configuration of the README", () => {
  const { files, settings } = readSidecar("vector", join(BUILT_IN_AGENTS, "vector"));
  assert.equal(files["vector.yaml"], readmeBlocks("vector", "yaml")[0]);
  assert.match(String(Object.values(settings)), /^\/etc\/vector\/klw/);
});
