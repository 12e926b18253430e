import assert from "node:assert/strict";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { readCollectorConfig } from "./read_collector_config.ts";
import { renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/dest" };
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", team: "checkout" },
  hints: {
    parser: "json",
    multiline: { preset: "", firstLine: "^\\d{4}-" },
    samplingRules: [{ pattern: "debug", rate: 0.1 }, { pattern: "^GET /health$", rate: 0 }],
    redactionRules: [{ pattern: "token=\\w+", replacement: "token=$1" }],
  },
});
const CRI = criTarget();

async function receiversOf(targets: readonly LogTarget[], settings = {}) {
  const { nodes, targets: answers } = await renderHere("otel-collector", targets, {
    settings: { ...SETTINGS, ...settings },
  });
  const { contents, error } = nodes.get("config") as { contents: string; error?: string };
  assert.equal(error, undefined);
  return { ...readCollectorConfig(contents), answers: [...answers.values()] };
}

Deno.test("the Collector's file for Docker and CRI containers is that of the golden file, byte by byte", async () => {
  const { wanted, refused, unexpressed } = await renderInSandbox("otel-collector", [DOCKER, CRI], {
    settings: SETTINGS,
  });
  assert.deepEqual([refused, unexpressed], [[], []]);
  const [file, ...others] = wanted;
  assert.deepEqual([file?.path, others], ["/dest/klw.yaml", []]);
  assertGolden("otel-collector/klw.yaml", file?.kind === "file" ? file.contents : "");
});

Deno.test("the Collector's file of a node without containers keeps its pipeline", async () => {
  const { receivers, listed } = await receiversOf([]);
  assert.deepEqual([receivers, listed], [[], ["nop"]]);
});

Deno.test("hostile values come back equal from the Collector's file, and nothing in them is replaced or run", async (t) => {
  const more: typeof HOSTILE_VALUES = [
    ['EXPR(env("HOME"))'],
    ['a EXPR(1) b) EXPR("c")\\'],
    ["${file:/etc/passwd}"],
    ["$$${env:HOME}$"],
  ];
  for (const [value, comesBack = value] of [...HOSTILE_VALUES, ...more]) {
    await t.step(JSON.stringify(value), async () => {
      const { receivers: [receiver] } = await receiversOf([hostileTarget(value)]);
      for (const name of ["k8s.namespace.name", "k8s.pod.name", "k8s.container.name", "service.name", "plain"]) {
        assert.equal(receiver?.resource[name], comesBack, name);
      }
      assert.equal(receiver?.resource[comesBack], "plain");
    });
  }
});

Deno.test("attributes that the Collector could not tell from others are reported", async () => {
  const { receivers, answers } = await receiversOf([
    criTarget({ attributes: { "": "nameless", "a::b": "c", "a_:b": "d", "k8s.pod.name": "other" } }),
  ]);
  assert.equal(receivers[0]?.resource["a_:b"], "c");
  assert.equal(receivers[0]?.resource["k8s.pod.name"], "web-3");
  assert.deepEqual(answers[0]?.unexpressed?.map(({ why }) => why), [
    'attribute "" is left out: it has no name',
    'attribute "a_:b" is left out: another one is written with the same name',
    'attribute "k8s.pod.name" is left out: the name is taken',
  ]);
});

Deno.test("a path with signs of a pattern is read by the Collector as a path", async () => {
  const { receivers } = await receiversOf([criTarget({ logPath: "/var/log/pods/a*b?{c,d}[e]/app/0.log" })]);
  assert.equal(receivers[0]?.include[0], "/var/log/pods/a\\*b\\?\\{c,d\\}\\[e\\]/app/0.log");
});

Deno.test("an image reference is split into name and tag", async (t) => {
  const cases: [reference: string, name: string][] = [
    ["registry.example:5000/shop/web:1.10", "registry.example:5000/shop/web"],
    ["registry.example:5000/shop/web", "registry.example:5000/shop/web"],
    ["web@sha256:abc", "web"],
    ["web:1@sha256:abc", "web"],
  ];
  for (const [imageReference, name] of cases) {
    await t.step(imageReference, async () => {
      const target = criTarget();
      const { receivers } = await receiversOf([{ ...target, container: { ...target.container, imageReference } }]);
      assert.equal(receivers[0]?.resource["container.image.name"], name);
    });
  }
});

Deno.test("the Collector drops the wished share of lines, in steps of 1 in 1,000", async (t) => {
  const cases: [rate: number, dropped: number | undefined][] = [[1, undefined], [0, 1], [0.9, 0.1005], [0.29, 0.7105], [
    0.00001,
    0.9995,
  ]];
  for (const [rate, dropped] of cases) {
    await t.step(String(rate), async () => {
      const { receivers, answers } = await receiversOf([
        criTarget({ hints: { samplingRules: [{ pattern: "x", rate }] } }),
      ]);
      const filter = receivers[0]?.operators.find(({ type }) => type === "filter");
      assert.equal(filter?.drop_ratio, dropped);
      assert.equal(answers[0]?.unexpressed?.length, rate > 0 && rate < 0.001 ? 1 : 0);
    });
  }
});

Deno.test("parsers that the Collector does not have are reported, and named in an attribute", async () => {
  const { receivers, answers } = await receiversOf([criTarget({ hints: { parser: "nginx" } })]);
  assert.equal(receivers[0]?.resource.parser, "nginx");
  assert.match(answers[0]?.unexpressed?.[0]?.why ?? "", /takes no lines apart for nginx/);
});

Deno.test("the Collector's receivers bear their newer name, and keep no offsets, where that is set", async () => {
  const { receivers: [receiver] } = await receiversOf([CRI], { fileLog: true, storage: false });
  assert.equal(receiver?.name, `file_log/klw_${CRI.id}`);
  assert.equal(receiver?.storage, undefined);
});
