import assert from "node:assert/strict";
import { parse } from "yaml";
import { recordStart } from "../../agents/appdynamics/record_start.ts";
import { isPythonPattern } from "../../agents/scalyr/python_pattern.ts";
import { MULTILINE_PRESETS } from "../../lib/hints/multiline_presets.ts";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { assertGolden } from "./golden_file.ts";
import { criTarget, dockerTarget, type TargetChanges } from "./log_targets.ts";
import { renderInSandbox } from "./render_agent.ts";
import { JWT_RULE, renderScalyr, SCALYR } from "./render_scalyr.ts";

/** A target for which everything is wished. */
const WISHED: TargetChanges = {
  attributes: { cluster: "spoofed", "plan.b": "1.10", sourceType: "spoofed", team: "shop" },
  hints: {
    parser: "nginx",
    multiline: { preset: "java", firstLine: MULTILINE_PRESETS.get("java")! },
    samplingRules: [{ pattern: "DEBUG", rate: 0.1 }],
    redactionRules: [{ pattern: "card=\\d+", replacement: "card=\\1" }, { pattern: "key=\\w+", replacement: "a\\H1" }],
  },
};

function hintsOf({ unexpressed }: { unexpressed: readonly { targetId: string; hint: string }[] }, { id }: LogTarget) {
  return unexpressed.filter(({ targetId }) => targetId === id).map(({ hint }) => hint);
}

Deno.test("scalyr expresses parser, sampling, redaction and attributes; the rest is said, and nothing is spoofed", async () => {
  const target = criTarget(WISHED);
  const rendering = await renderInSandbox("scalyr", [target, dockerTarget()], { settings: SCALYR });
  assert.deepEqual([rendering.refused, rendering.warnings], [[], []]);
  assert.deepEqual(hintsOf(rendering, target), ["multiline", "redactionRules", "attributes"]);
  assert.match(rendering.unexpressed.find(({ hint }) => hint === "attributes")!.reason, /: cluster$/);
  assertGolden(
    "scalyr/agent-hints.json",
    rendering.wanted.flatMap((one) => one.kind === "file" ? one.contents : []).join(),
  );
  const { config } = await renderScalyr([target]);
  const [log] = config.logs;
  assert.deepEqual([log?.attributes.team, log?.attributes.cluster, log?.attributes.parser], [
    "shop",
    undefined,
    "nginx",
  ]);
  // What a reference would be in Python's replacement comes back as the text that it is.
  assert.deepEqual(log?.redaction_rules, [
    { match_expression: "card=\\d+", replacement: "card=\\\\1" },
    { match_expression: "key=\\w+", replacement: "***" },
    JWT_RULE,
  ]);
});

Deno.test("scalyr's own annotations come before those for all shippers, but take no redaction rule away", async () => {
  const item = (key: string, value: unknown) => JSON.stringify([{ container: "app", [key]: value }]);
  const annotations = {
    "kubernetes-log-watcher/scalyr-parser": item("parser", "own"),
    "kubernetes-log-watcher/scalyr-sampling-rules": item("sampling-rules", [{
      match_expression: "x",
      sampling_rate: 1,
    }]),
    "kubernetes-log-watcher/scalyr-redaction-rules": item("redaction-rules", [{ match_expression: "y" }]),
  };
  const { config } = await renderScalyr([criTarget({ ...WISHED, annotations })]);
  const [log] = config.logs;
  assert.equal(log?.attributes.parser, "own");
  assert.deepEqual(log?.sampling_rules, [{ match_expression: "x", sampling_rate: 1 }]);
  assert.deepEqual(log?.redaction_rules.map((rule) => (rule as { match_expression: string }).match_expression), [
    "card=\\d+",
    "key=\\w+",
    "y",
    JWT_RULE.match_expression,
  ]);
});

Deno.test("scalyr falls back to what is wished for all shippers where its own annotation is not usable", async () => {
  const annotations = {
    "kubernetes-log-watcher/scalyr-parser": '[{"container": "app", "parser": 7}]',
    "kubernetes-log-watcher/scalyr-sampling-rules": '[{"container": "app", "sampling-rules": 7}]',
  };
  const { config, warnings } = await renderScalyr([criTarget({ ...WISHED, annotations })]);
  assert.equal(warnings.length, 2);
  assert.equal(config.logs[0]?.attributes.parser, "nginx");
  assert.deepEqual(config.logs[0]?.sampling_rules, [{ match_expression: "DEBUG", sampling_rate: 0.1 }]);
});

Deno.test("AppDynamics gets attributes as fields and events of several lines; the rest is said, and no field is spoofed", async () => {
  const [cri, docker] = [criTarget(WISHED), dockerTarget(WISHED)];
  const rendering = await renderInSandbox("appdynamics", [cri, docker], { settings: { destPath: "/jobs" } });
  assert.deepEqual(rendering.refused, []);
  assert.deepEqual(hintsOf(rendering, cri), ["parser", "samplingRules", "redactionRules", "attributes"]);
  assert.deepEqual(hintsOf(rendering, docker), [
    "parser",
    "multiline",
    "samplingRules",
    "redactionRules",
    "attributes",
  ]);
  const jobs = new Map(rendering.wanted.map((one) => [one.path, one.kind === "file" ? one.contents : ""]));
  assertGolden("appdynamics/cri-hints.job", jobs.get(`/jobs/container-${cri.id}-jobfile.job`)!);
  assertGolden("appdynamics/docker-hints.job", jobs.get(`/jobs/container-${docker.id}-jobfile.job`)!);
  const { fields, multiline } = parse(jobs.get(`/jobs/container-${cri.id}-jobfile.job`)!, { version: "1.1" });
  assert.deepEqual([fields.team, fields["plan.b"], fields.sourceType], ["shop", "1.10", "application-web-3"]);
  const start = new RegExp(multiline.regex);
  assert.ok(start.test("2024-03-01T12:00:00.1Z stdout F 2024-03-01 12:00:00 INFO started"));
  assert.ok(!start.test("2024-03-01T12:00:00.1Z stdout F java.io.IOException: x"));
  assert.ok(!start.test("2024-03-01T12:00:00.1Z stdout F \tat a.B.c(B.java:1)"));
});

Deno.test("AppDynamics' records begin where the bare line matches, or not at all", () => {
  const prefix = "^\\S+ \\S+ \\S+ ";
  assert.equal(recordStart("^\\[\\d"), `${prefix}\\[\\d`);
  assert.equal(recordStart("^(?:a|[^|b])"), `${prefix}(?:a|[^|b])`);
  assert.equal(recordStart("ERROR|WARN"), `${prefix}.*(?:ERROR|WARN)`);
  assert.equal(recordStart("[^a]\\^"), `${prefix}.*(?:[^a]\\^)`);
  for (const pattern of ["^a|b", "^a|^b", "(?:^a|b)", "(^a)"]) assert.equal(recordStart(pattern), undefined, pattern);
});

Deno.test("symlinker expresses nothing, and that is said for each wish", async () => {
  const target = criTarget(WISHED);
  const rendering = await renderInSandbox("symlinker", [target, dockerTarget()], {
    settings: { symlinkDir: "/links" },
  });
  assert.deepEqual(rendering.refused, []);
  assert.deepEqual(hintsOf(rendering, target), [
    "parser",
    "multiline",
    "samplingRules",
    "redactionRules",
    "attributes",
  ]);
  assert.ok(rendering.unexpressed.every(({ targetId }) => targetId === target.id));
});

Deno.test("Scalyr takes every preset as an expression", () => {
  for (const pattern of MULTILINE_PRESETS.values()) assert.ok(isPythonPattern(pattern));
});
