import assert from "node:assert/strict";
import { SAMPLING_SCRIPT } from "../../agents/filebeat/sampling_script.ts";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { readFilebeatInput } from "./read_filebeat_input.ts";
import { renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/inputs.d" };
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", team: "checkout" },
  hints: {
    parser: "json",
    multiline: { preset: "", firstLine: "^\\d{4}-" },
    samplingRules: [{ pattern: "debug", rate: 0.1 }, { pattern: "^GET /health$", rate: 0 }],
    redactionRules: [{ pattern: "token=\\w+", replacement: "token=$1" }, { pattern: "secret", replacement: "" }],
  },
});
const CRI = criTarget();

async function inputOf(target: LogTarget) {
  const { targets } = await renderHere("filebeat", [target], { settings: SETTINGS });
  const [answer] = targets.values();
  assert.equal(answer?.error, undefined);
  return { input: readFilebeatInput(answer!.files.input!), unexpressed: answer!.unexpressed ?? [] };
}

Deno.test("Filebeat's inputs for Docker and CRI containers are those of the golden files, byte by byte", async () => {
  const { wanted, refused, unexpressed } = await renderInSandbox("filebeat", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual([refused, unexpressed], [[], []]);
  const files = Object.fromEntries(wanted.map((one) => [one.path, one.kind === "file" ? one : undefined]));
  assert.deepEqual(Object.keys(files), [`/inputs.d/klw_${CRI.id}.yml`, `/inputs.d/klw_${DOCKER.id}.yml`]);
  for (const [name, target] of [["docker", DOCKER], ["cri", CRI]] as const) {
    const file = files[`/inputs.d/klw_${target.id}.yml`]!;
    // Filebeat refuses files that group or others may write.
    assert.equal(file.mode & 0o022, 0);
    assertGolden(`filebeat/${name}.yml`, file.contents);
  }
});

Deno.test("hostile values come back equal from Filebeat's inputs, and nothing in them is expanded", async (t) => {
  const more: typeof HOSTILE_VALUES = [["$$${HOME}$}$"], ["${path.config:x}"], ["$}"], ["$"]];
  for (const [value, comesBack = value] of [...HOSTILE_VALUES, ...more]) {
    await t.step(JSON.stringify(value), async () => {
      const { input } = await inputOf(hostileTarget(value));
      const { fields } = input.processors[0]!.add_fields as { fields: Record<string, Record<string, unknown>> };
      assert.deepEqual(fields.kubernetes?.pod, { name: comesBack, uid: "3cbebc25-6c5b-4e49-849e-33fc881a0458" });
      assert.deepEqual(fields.service, { name: comesBack, version: comesBack, environment: comesBack });
      const labels = fields.kubernetes?.labels as Record<string, unknown>;
      assert.equal(labels.plain, comesBack);
      const name = comesBack.replaceAll(".", "_").replace(/^(?=\d)/, "_");
      assert.equal(Object.getOwnPropertyDescriptor(labels, name)?.value, "plain");
    });
  }
});

Deno.test("names of attributes become names of fields, and one that another attribute has is reported", async () => {
  const { input, unexpressed } = await inputOf(criTarget({
    labels: { component: "frontend" },
    attributes: { "": "nameless", "-1": "a", "0x1F": "b", "a.b": "c", "a_b": "d", component: "frontend", "e/f": "g" },
  }));
  const { fields } = input.processors[0]!.add_fields as { fields: { kubernetes: { labels: unknown } } };
  assert.deepEqual(fields.kubernetes.labels, {
    component: "frontend",
    "_-1": "a",
    _0x1F: "b",
    a_b: "c",
    "e/f": "g",
  });
  assert.deepEqual(unexpressed.map(({ hint, why }) => `${hint}: ${why}`), [
    'attributes: attribute "" is left out: it has no name',
    'attributes: attribute "a_b" is left out: another one is written with the same name',
  ]);
});

Deno.test("a path with signs of a pattern is read by Filebeat as a path", async () => {
  const { input } = await inputOf(criTarget({ logPath: "/var/log/pods/a*b?[c]$x/app/0.log" }));
  assert.equal(input.paths[0], "/var/log/pods/a\\*b\\?\\[c]$x/app/0.log");
});

Deno.test("parsers that Filebeat does not have are reported, and named in a field", async () => {
  const { input, unexpressed } = await inputOf(criTarget({ hints: { parser: "nginx" } }));
  const { fields } = input.processors[0]!.add_fields as { fields: { labels: unknown } };
  assert.deepEqual(fields.labels, { parser: "nginx" });
  assert.match(unexpressed[0]?.why ?? "", /takes no lines apart for nginx/);
});

Deno.test("Filebeat's script ships events at the rate of the first rule that matches", () => {
  const { register, process } = new Function("Math", `${SAMPLING_SCRIPT}; return { register, process };`)({
    random: () => 0.5,
  });
  register({
    rules: [
      { pattern: "^keep$", rate: "1" },
      { pattern: "half", rate: "0.51" },
      { pattern: "less", rate: "5e-1" },
      { pattern: "^(keep|drop)", rate: "0" },
    ],
  });
  const cases: [message: unknown, isShipped: boolean][] = [
    ["keep", true],
    ["keep not", false],
    ["first line\nkeep", true],
    ["half", true],
    ["less", false],
    ["drop", false],
    ["other", true],
    [undefined, true],
  ];
  for (const [message, isShipped] of cases) {
    let shipped = true;
    process({ Get: () => message, Cancel: () => shipped = false });
    assert.equal(shipped, isShipped, String(message));
  }
});

Deno.test("Filebeat's redaction takes replacements as plain text, and one by nothing as one", async () => {
  const { input } = await inputOf(DOCKER);
  assert.deepEqual(input.processors.find(({ replace }) => replace), {
    replace: {
      fields: [
        { field: "message", pattern: "(?m)token=\\w+", replacement: "token=$$1" },
        { field: "message", pattern: "(?m)secret", replacement: "${_}" },
      ],
      ignore_missing: true,
    },
  });
});
