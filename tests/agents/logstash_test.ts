import assert from "node:assert/strict";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/dest" };
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", team: "checkout" },
  hints: {
    parser: "json",
    samplingRules: [{ pattern: "debug", rate: 0.1 }],
    redactionRules: [{ pattern: "token=\\w+", replacement: "token=$1" }],
  },
});
const CRI = criTarget();

/** An entry, as the script reads it. */
interface Entry {
  readonly id: string;
  readonly fields: {
    readonly kubernetes: { readonly labels?: Readonly<Record<string, string>>; readonly pod: unknown };
    readonly service: unknown;
    readonly labels?: unknown;
  };
}

async function entriesOf(targets: readonly LogTarget[]) {
  const { nodes, targets: answers } = await renderHere("logstash", targets, { settings: SETTINGS });
  const { containers } = JSON.parse((nodes.get("containers") as { contents: string }).contents);
  const unexpressed = [...answers.values()].flatMap((answer) => answer.unexpressed ?? []);
  return { entries: containers as Entry[], unexpressed };
}

Deno.test("Logstash's file and links for Docker and CRI containers are those of the golden files, byte by byte", async () => {
  const { wanted, refused, unexpressed } = await renderInSandbox("logstash", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual([refused, unexpressed], [[], []]);
  const links = wanted.filter((one) => one.kind === "link").map(({ path, target }) => `${path} -> ${target}\n`);
  assertGolden("logstash/links.txt", links.join(""));
  const [file, ...others] = wanted.filter((one) => one.kind === "file");
  assert.deepEqual([file?.path, others], ["/dest/containers.json", []]);
  assertGolden("logstash/containers.json", file?.contents ?? "");
});

Deno.test("Logstash's file of a node without containers is one that its script takes", async () => {
  assert.deepEqual((await entriesOf([])).entries, []);
});

Deno.test("hostile values come back equal from Logstash's file", async (t) => {
  for (const [value, comesBack = value] of HOSTILE_VALUES) {
    await t.step(JSON.stringify(value), async () => {
      const { entries: [entry] } = await entriesOf([hostileTarget(value)]);
      assert.deepEqual(entry?.fields.service, { name: comesBack, version: comesBack, environment: comesBack });
      assert.deepEqual(entry?.fields.kubernetes.pod, {
        name: comesBack,
        uid: "3cbebc25-6c5b-4e49-849e-33fc881a0458",
      });
      const labels = entry!.fields.kubernetes.labels!;
      assert.equal(labels.plain, comesBack);
      assert.equal(Object.getOwnPropertyDescriptor(labels, comesBack.replaceAll(/[.[\]]/g, "_"))?.value, "plain");
    });
  }
});

Deno.test("what Logstash cannot do, or not tell apart, is reported", async () => {
  const { wanted, unexpressed } = await renderInSandbox("logstash", [criTarget({
    attributes: { "a.b": "c", "a[b": "d" },
    hints: { parser: "nginx", multiline: { preset: "java", firstLine: "^\\S" } },
  })], { settings: SETTINGS });
  const file = wanted.find((one) => one.kind === "file");
  const [entry] = JSON.parse(file?.kind === "file" ? file.contents : "").containers as Entry[];
  assert.deepEqual([entry?.fields.kubernetes.labels, entry?.fields.labels], [{ a_b: "c" }, { parser: "nginx" }]);
  assert.deepEqual(unexpressed.map(({ hint }) => hint).sort(), ["attributes", "multiline", "parser"]);
});
