import assert from "node:assert/strict";
import { splunkConf } from "../../agents/splunk/language.ts";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { NODE, renderHere, renderInSandbox } from "./render_agent.ts";
import { parseSplunkConf } from "./splunk_conf.ts";

const SETTINGS = { destPath: "/local", index: "kubernetes" };
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", team: "checkout" },
  hints: { parser: "nginx" },
});
const CRI = criTarget();

async function stanzas(targets: readonly LogTarget[], { settings = SETTINGS as object, node = NODE } = {}) {
  const { nodes } = await renderHere("splunk", targets, { settings: { ...settings }, node });
  const answer = nodes.get("inputs");
  assert.ok(answer && "contents" in answer, JSON.stringify(answer));
  return parseSplunkConf(answer.contents!);
}

Deno.test("splunk's inputs.conf for Docker and CRI containers is the golden file, byte by byte", async () => {
  const { wanted, refused, warnings } = await renderInSandbox("splunk", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual([refused, warnings], [[], []]);
  assert.deepEqual(wanted.map(({ path }) => path), ["/local/inputs.conf"]);
  assertGolden("splunk/inputs.conf", wanted[0]?.kind === "file" ? wanted[0].contents : "");
});

Deno.test("splunk leaves out what is not known", async () => {
  const node = { name: "", clusterId: "", clusterEnvironment: "production", clusterAlias: "none" };
  const [stanza] = await stanzas([CRI], { settings: { destPath: "/local" }, node });
  assert.deepEqual(stanza?.settings, { disabled: "0", sourcetype: "kube:container:app", crcSalt: "<SOURCE>" });
  assert.deepEqual(Object.keys(stanza!.fields), [
    "namespace",
    "pod",
    "pod_uid",
    "container_name",
    "container_id",
    "container_image",
    "application",
    "environment",
  ]);
});

Deno.test("splunk writes an inputs.conf without stanzas for a node without containers", async () => {
  assert.deepEqual(await stanzas([]), []);
});

Deno.test("hostile values stay in their setting or field of splunk's inputs.conf", async (t) => {
  for (const [value] of HOSTILE_VALUES) {
    await t.step(JSON.stringify(value), async () => {
      const target = { ...hostileTarget(value), hints: { ...CRI.hints, parser: value } };
      const all = await stanzas([target, DOCKER], {
        settings: { ...SETTINGS, index: value },
        node: { ...NODE, name: value },
      });
      assert.deepEqual(all.map(({ header }) => header), [CRI, DOCKER].map(({ log }) => `monitor://${log.path}`));
      for (const { settings } of all) {
        assert.deepEqual(Object.keys(settings), ["disabled", "index", "sourcetype", "host", "crcSalt"]);
      }
      const field = value.toWellFormed().replaceAll(/[^A-Za-z0-9._:/@+,=-]/gu, "_");
      for (const name of ["namespace", "pod", "container_name", "application", "attribute_plain"]) {
        assert.equal(all[0]?.fields[name], field, name);
      }
    });
  }
});

Deno.test("splunk's paths are neither patterns nor variables but where a character has no other form", async (t) => {
  const cases: [name: string, path: string][] = [
    ["0.log", "0.log"],
    ["a_b-c.d", "a_b-c.d"],
    ["*", "*"],
    ["a?[b]$HOME", "a*b*HOME"],
    ["...", "*"],
    ["x\ny", "x*y"],
    ["x\\", "x*"],
    ["é", "*"],
  ];
  for (const [name, path] of cases) {
    await t.step(JSON.stringify(name), async () => {
      const [stanza] = await stanzas([criTarget({ logPath: `/var/log/pods/a/${name}` })]);
      assert.equal(stanza?.header, `monitor:///var/log/pods/a/${path}`);
    });
  }
});

Deno.test("splunk's fields hold no second pair, and no two colons", async () => {
  const [stanza] = await stanzas([criTarget({ attributes: { "a b::c": "x y::z:::w", e: "\u00a0" } })]);
  assert.equal(stanza?.fields.attribute_a_b__c, "x_y:_z:_:w");
  assert.equal(stanza?.fields.attribute_e, "_");
});

Deno.test("the agent's reader of Splunk's files refuses what Splunk would take for something else", () => {
  splunkConf.check!("# x\n[monitor:///a]\na = b\n\n[monitor:///b]\na = b # c\n");
  const cases: [text: string, reason: RegExp][] = [
    ["a = b", /before all stanzas/],
    ["[a]\nb = c\\", /line 2 is/],
    ["[a]\nb = ", /line 2 is/],
    ["[a]\nb = c\nb = d", /line 3 has b a second time/],
    ["[a]\n b = c", /line 2 is/],
    ["[a]\nb = c\rd = e", /line 2 is/],
    ["[a", /line 1 is/],
    ["[a]b]", /line 1 is/],
    ["text", /line 1 is/],
  ];
  for (const [text, reason] of cases) assert.throws(() => splunkConf.check!(text), reason, text);
});
