import assert from "node:assert/strict";
import { parse } from "yaml";
import { datadogYaml } from "../../agents/datadog/language.ts";
import { afterPrefix } from "../../agents/datadog/pattern.ts";
import { processingRules } from "../../agents/datadog/processing_rules.ts";
import { type DatadogFile, withoutSpaces } from "../fuzz/expectations/datadog.ts";
import type { LogHints, LogTarget } from "../../lib/join/log_target.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/etc/datadog-agent/conf.d" };

const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", note: "%%env_HOME%%", pod_name: "not-me" },
});
const HINTS: Partial<LogHints> = {
  parser: "nginx",
  multiline: { preset: "", firstLine: "^\\d{4}-" },
  samplingRules: [{ pattern: "GET /health", rate: 0 }],
  redactionRules: [{ pattern: "card=\\d+", replacement: "card=$1" }],
};
const CRI = criTarget({ hints: HINTS });

async function logOf(target: LogTarget): Promise<DatadogFile["logs"][number]> {
  const { targets } = await renderHere("datadog", [target], { settings: SETTINGS });
  const file: DatadogFile = parse(targets.get(target.id)?.files.container ?? "", { version: "1.1" });
  return file.logs[0]!;
}

/** Gives the rules, and what is said not to be expressed. */
function rulesOf(target: LogTarget) {
  const told: string[] = [];
  const rules = processingRules(target, { cannot: (hint, why) => told.push(`${hint}: ${why}`) });
  return { rules, told };
}

/** Does to a line what the Datadog agent does (pkg/logs/processor): undefined where it is dropped. `$` in JavaScript's replacements means what it means in Go's. */
function processed(target: LogTarget, line: string): string | undefined {
  let text: string | undefined = line;
  for (const { type, pattern, replace_placeholder = "" } of rulesOf(target).rules) {
    if (text === undefined || type === "multi_line") continue;
    if (type === "exclude_at_match" && new RegExp(pattern).test(text)) text = undefined;
    if (type === "mask_sequences") text = text!.replaceAll(new RegExp(pattern, "g"), replace_placeholder);
  }
  return text;
}

/** Tells whether a line as it stands in the file begins an event. */
function isFirst(target: LogTarget, line: string): boolean {
  const rule = rulesOf(target).rules.find(({ type }) => type === "multi_line");
  return new RegExp(`^${rule?.pattern}`).test(line);
}

Deno.test("Datadog's files are those of the golden files, byte by byte", async () => {
  const { wanted, refused, warnings } = await renderInSandbox("datadog", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual([refused, warnings], [[], []]);
  const files = new Map(wanted.map((one) => [one.path, one.kind === "file" ? one.contents : ""]));
  assert.deepEqual([...files.keys()], [CRI, DOCKER].map(({ id }) => `${SETTINGS.destPath}/klw_${id}.d/conf.yaml`));
  const [cri, docker] = [...files.values()];
  assertGolden("datadog/cri.yaml", cri!);
  assertGolden("datadog/docker.yaml", docker!);
});

Deno.test("Datadog's tags have the names of its own discovery, and no pod says otherwise", async () => {
  const { tags, service, source } = await logOf(DOCKER);
  assert.deepEqual([service, source], ["web", "bb"]);
  assert.deepEqual(tags.filter((tag) => /^(pod_name|kube_namespace|image_name|image_tag|env|version):/.test(tag)), [
    "kube_namespace:shop",
    "pod_name:web-7c9d8f6b5-x2k4q",
    "image_name:bb",
    "image_tag:1",
    "env:production",
    "version:1.10",
  ]);
  assert.ok(tags.includes("app.kubernetes.io/part-of:shop"));
});

Deno.test("Datadog's image name is the reference without tag and digest", async () => {
  for (
    const [imageReference, name] of [
      ["registry.example:5000/shop/web:1.4", "registry.example:5000/shop/web"],
      ["registry.example:5000/shop/web", "registry.example:5000/shop/web"],
      ["shop/web:1@sha256:abc", "shop/web"],
    ] as const
  ) {
    const { tags } = await logOf({ ...CRI, container: { ...CRI.container, imageReference } });
    assert.ok(tags.includes(`image_name:${name}`), name);
  }
});

Deno.test("Datadog's source, which chooses the pipeline, is the parser that is asked for", async () => {
  assert.equal((await logOf(CRI)).source, "nginx");
});

Deno.test("Datadog takes the prefix off CRI lines, also off those that it joined", () => {
  assert.equal(processed(CRI, "2026-01-01T00:00:00.1Z stdout F hello"), "hello");
  assert.equal(processed(CRI, "2026-01-01T00:00:00.1Z stderr P part"), "part");
  const joined = "2026-01-01T00:00:00.1Z stdout F 2026- a\\n2026-01-01T00:00:00.2Z stdout F   at b";
  assert.equal(processed(CRI, joined), "2026- a\\n  at b");
});

Deno.test("Datadog leaves Docker's lines to its pipelines, and takes them apart only for rules that are meant for their text", () => {
  const line = '{"log":"card=17 \\"x\\"\\n","stream":"stdout","time":"2026-01-01T00:00:00.1Z"}';
  assert.equal(processed(DOCKER, line), line);
  const { redactionRules } = HINTS;
  assert.equal(processed(dockerTarget({ hints: { redactionRules: redactionRules! } }), line), 'card=$1 "x"');
});

Deno.test("Datadog begins an event where the pattern is found after the prefix, and nowhere else", () => {
  const prefix = "2026-01-01T00:00:00.1Z stdout F ";
  for (
    const [firstLine, yes, no] of [
      ["^\\d{4}-", "2026-", "x 2026-"],
      ["^a|^b", "b", "xb"],
      ["^a|stdout", "x stdout", "b"],
      ["^(?:x|[|(^]y)$", "|y", "xy"],
      ["a|b\\|", "xb|", "b"],
    ] as const
  ) {
    const target = criTarget({ hints: { multiline: { preset: "", firstLine } } });
    assert.deepEqual([isFirst(target, prefix + yes), isFirst(target, prefix + no)], [true, false], firstLine);
  }
});

Deno.test("a pattern whose anchor is in a group is not put after a prefix", () => {
  assert.equal(afterPrefix("(?:^a|b)c", "x "), undefined);
  assert.equal(afterPrefix("a^b", "x "), undefined);
  assert.equal(afterPrefix("[^a]\\^b", "x "), "x (?:.*(?:[^a]\\^b))");
});

Deno.test("Datadog drops what leading rules with rate 0 match, and replaces with plain text", () => {
  const prefix = "2026-01-01T00:00:00.1Z stdout F ";
  assert.equal(processed(CRI, `${prefix}GET /health 200`), undefined);
  assert.equal(processed(CRI, `${prefix}card=4711.`), "card=$1.");
});

Deno.test("what Datadog cannot do is said", () => {
  const told = (target: LogTarget) => rulesOf(target).told.map((one) => one.split(/[:,]/).slice(0, 2).join());
  const rule = (rate: number) => ({ pattern: "x", rate });
  assert.deepEqual(told(criTarget({ hints: HINTS })), []);
  assert.deepEqual(told(criTarget({ hints: { samplingRules: [rule(0), rule(1)] } })), []);
  assert.deepEqual(told(criTarget({ hints: { samplingRules: [rule(0.5)] } })), [
    "samplingRules, rates between 0 and 1",
  ]);
  assert.deepEqual(told(criTarget({ hints: { samplingRules: [rule(1), rule(0)] } })), [
    "samplingRules, rates between 0 and 1",
  ]);
  assert.deepEqual(told(dockerTarget({ hints: HINTS })), ["multiline, Docker's lines"]);
  const redactionRules = [{ pattern: "<b>", replacement: "" }];
  assert.equal(told(dockerTarget({ hints: { redactionRules } })).length, 1);
  const multiline = { preset: "", firstLine: "(?:^a|b)c" };
  assert.equal(told(criTarget({ hints: { multiline } })).length, 1);
});

Deno.test("hostile values come back equal from Datadog's files, but for a space between percent signs and after ENC", async (t) => {
  for (const [value, comesBack = value] of [...HOSTILE_VALUES, ["%%env_HOME%% %  %"], ["ENC[x]"], ["a,b"]]) {
    await t.step(JSON.stringify(value), async () => {
      const { service, tags } = await logOf(hostileTarget(value!));
      assert.equal(withoutSpaces(service), comesBack);
      const plain = tags.map(withoutSpaces);
      for (const tag of [`pod_name:${comesBack}`, `plain:${comesBack}`, `${comesBack}:plain`]) {
        assert.ok(plain.includes(tag), tag);
      }
    });
  }
});

Deno.test("no value of Datadog's files is a template variable or a secret", () => {
  const write = (value: unknown) => datadogYaml.write(value, JSON.stringify);
  assert.equal(write("%%%a%%"), '"% % %a% %"');
  assert.equal(write(" ENC[x]"), '" ENC [x]"');
  assert.throws(() => datadogYaml.check?.("a: '%%host%%'"), /template variable/);
  const target = criTarget({ hints: { redactionRules: [{ pattern: "a%%b\\%[%%]", replacement: "%%" }] } });
  const { rules } = rulesOf(target);
  assert.equal(rules.at(-1)?.pattern, "(?:a\\x25\\x25b\\x25[\\x25\\x25])");
});

Deno.test("a path that Datadog would take for a pattern still means one file", async () => {
  const { path } = await logOf(criTarget({ logPath: "/var/log/pods/a*[1]%%b/0.log" }));
  assert.equal(path, "/var/log/pods/a\\*\\[1]?%b/0.log");
});
