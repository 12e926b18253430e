import assert from "node:assert/strict";
import { syslogNg } from "../../agents/syslog-ng/language.ts";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { renderHere, renderInSandbox } from "./render_agent.ts";
import { parseSyslogNg } from "./syslog_ng_config.ts";

const SETTINGS = { destPath: "/dest" };
const HINTS = {
  parser: "nginx",
  multiline: { preset: "", firstLine: "^\\d{4}-" },
  samplingRules: [{ pattern: "debug|trace", rate: 0.1 }, { pattern: "^GET /health", rate: 0 }],
  redactionRules: [{ pattern: "card=\\d+", replacement: "card=$1" }],
};
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", team: "checkout" },
});
const CRI = criTarget();
const WISHES = criTarget({ id: "a".repeat(64), hints: HINTS });

async function render(target: LogTarget) {
  const { targets } = await renderHere("syslog-ng", [target], { settings: SETTINGS });
  const [answer] = targets.values();
  assert.equal(answer?.error, undefined);
  return parseSyslogNg(answer!.files.log!);
}

Deno.test("syslog-ng's files for Docker and CRI containers are those of the golden files, byte by byte", async () => {
  const { wanted, refused } = await renderInSandbox("syslog-ng", [DOCKER, CRI, WISHES], { settings: SETTINGS });
  assert.deepEqual(refused, []);
  const names = new Map([[DOCKER.id, "docker"], [CRI.id, "cri"], [WISHES.id, "wishes"]]);
  for (const file of wanted) {
    const id = /^\/dest\/([0-9a-f]{64})\.conf$/.exec(file.path)?.[1] ?? assert.fail(file.path);
    assertGolden(`syslog-ng/${names.get(id)}.conf`, file.kind === "file" ? file.contents : "");
  }
  assert.equal(wanted.length, 3);
});

Deno.test("syslog-ng's file has what was wished for a log in its own words", async () => {
  const log = await render(WISHES);
  assert.equal(log.firstLine, "(?m)^\\d{4}-");
  assert.deepEqual(log.samplingRules, [{ pattern: "(?m)debug|trace", share: 1000 }, {
    pattern: "(?m)^GET /health",
    share: 0,
  }]);
  assert.deepEqual(log.redactionRules, [{ pattern: "(?m)card=\\d+", replacement: "card=$1" }]);
  assert.equal(log.attributes.parser, "nginx");
});

Deno.test("syslog-ng never leaves out all of what is to be shipped in part", async (t) => {
  for (const [rate, share] of [[0, 0], [0.000_01, 1], [0.5, 5000], [0.999_99, 10_000], [1, 10_000]] as const) {
    await t.step(String(rate), async () => {
      const log = await render(criTarget({ hints: { samplingRules: [{ pattern: "x", rate }] } }));
      assert.deepEqual(log.samplingRules, [{ pattern: "(?m)x", share }]);
    });
  }
});

Deno.test("hostile values come back equal from syslog-ng's files", async (t) => {
  for (const [value, comesBack = value] of HOSTILE_VALUES) {
    await t.step(JSON.stringify(value), async () => {
      const rules = [{ pattern: "x", replacement: value }];
      const log = await render({ ...hostileTarget(value), hints: { ...CRI.hints, redactionRules: rules } });
      const { attributes } = log;
      for (
        const name of [
          "namespace_name",
          "pod_name",
          "container_name",
          "application",
          "component",
          "environment",
          "version",
          "release",
          "attributes.plain",
        ]
      ) {
        assert.equal(attributes[name], comesBack, name);
      }
      assert.equal(log.redactionRules[0]?.replacement, comesBack);
    });
  }
});

Deno.test("syslog-ng's patterns are literals of its language, whatever they hold", async (t) => {
  for (const pattern of ['a"b', "\\\\n", "`id`", "\\$\\{x\\}$", "\\x01\\t", "é[ü-ÿ]", "#", "@version", "a/b'c"]) {
    await t.step(pattern, async () => {
      const log = await render(criTarget({ hints: { redactionRules: [{ pattern, replacement: "" }] } }));
      assert.equal(log.redactionRules[0]?.pattern, `(?m)${pattern}`);
    });
  }
});

Deno.test("the agent's reader of syslog-ng's language refuses what is not of it", () => {
  const good = 'log { rewrite { set("a``b \\x01 \\"" value(".k8s.x")); }; }; # end\n';
  syslogNg.check!(good);
  const cases: [text: string, reason: RegExp][] = [
    ['log { set("a`b`"); };', /line 1 has/],
    ['log { set("a\nb"); };', /line 1 has/],
    ['log { set("a\\q"); };', /line 1 has/],
    ['log {\n set("a); };', /line 2 has/],
    ["log { set(a; };", /} too many/],
    ["log { set(a);", /} is missing/],
    ["};", /} too many/],
    ['@include "/etc/passwd"\n', /line 1 has "@include/],
    ["log { set('a'); };", /line 1 has/],
  ];
  for (const [text, reason] of cases) assert.throws(() => syslogNg.check!(text), reason, text);
});
