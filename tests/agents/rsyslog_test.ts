import assert from "node:assert/strict";
import type { LogTarget } from "../../lib/join/log_target.ts";
import { assertGolden } from "./golden_file.ts";
import { HOSTILE_VALUES, hostileTarget } from "./hostile_values.ts";
import { criTarget, dockerTarget } from "./log_targets.ts";
import { NODE, renderHere, renderInSandbox } from "./render_agent.ts";

const SETTINGS = { destPath: "/dest" };
const DOCKER = dockerTarget({
  podName: "web-7c9d8f6b5-x2k4q",
  labels: { application: "web", component: "frontend", version: "1.10", release: "r42" },
  attributes: { "app.kubernetes.io/part-of": "shop", team: "checkout" },
  hints: { parser: "nginx" },
});
const CRI = criTarget();

/** Renders the table of some targets, as rsyslog reads it. */
async function tableOf(targets: readonly LogTarget[], node = NODE) {
  const { nodes } = await renderHere("rsyslog", targets, { settings: SETTINGS, node });
  const { table, ...head } = JSON.parse((nodes.get("table") as { contents: string }).contents);
  assert.deepEqual(head, { version: 1, nomatch: "", type: "string" });
  return (table as { index: string; value: string }[]).map(({ index, value }) => ({ index, value: JSON.parse(value) }));
}

Deno.test("rsyslog's table and links for Docker and CRI containers are those of the golden files, byte by byte", async () => {
  const { wanted, refused } = await renderInSandbox("rsyslog", [DOCKER, CRI], { settings: SETTINGS });
  assert.deepEqual(refused, []);
  const links = wanted.filter((one) => one.kind === "link").map(({ path, target }) => `${path} -> ${target}\n`);
  assertGolden("rsyslog/links.txt", links.join(""));
  const [file, ...others] = wanted.filter((one) => one.kind === "file");
  assert.deepEqual([file?.path, file?.mode, others], ["/dest/containers.json", 0o640, []]);
  assertGolden("rsyslog/containers.json", file?.contents ?? "");
});

Deno.test("rsyslog's table of a node without containers is one that rsyslog takes", async () => {
  assert.deepEqual(await tableOf([]), []);
});

Deno.test("rsyslog's table leaves out what is not known", async () => {
  const node = { name: "n", clusterId: "", clusterEnvironment: "production", clusterAlias: "none" };
  const [entry] = await tableOf([criTarget()], node);
  assert.deepEqual(entry?.value, {
    application: "web-3",
    environment: "production",
    kubernetes: {
      namespace_name: "shop",
      pod_name: "web-3",
      pod_id: "3cbebc25-6c5b-4e49-849e-33fc881a0458",
      container_name: "app",
      container_image: "bb:1",
      host: "n",
    },
    docker: { container_id: CRI.id },
  });
});

Deno.test("hostile values come back equal from rsyslog's table", async (t) => {
  for (const [value, comesBack = value] of HOSTILE_VALUES) {
    await t.step(JSON.stringify(value), async () => {
      const [entry] = await tableOf([hostileTarget(value)]);
      const { kubernetes, attributes, ...rest } = entry!.value;
      for (const key of ["application", "component", "environment", "version", "release"]) {
        assert.equal(rest[key], comesBack, key);
      }
      for (const key of ["namespace_name", "pod_name", "container_name"]) assert.equal(kubernetes[key], comesBack, key);
      assert.deepEqual(attributes, Object.fromEntries([["plain", comesBack], [comesBack, "plain"]]));
    });
  }
});

Deno.test("rsyslog's links say namespace, container and pod in one part of a path, however the values are", async (t) => {
  const cases: [namespace: string, pod: string, name: string][] = [
    ["shop", "web-3", "shop_app_web-3.cri.log"],
    ["a/b", "..", "a-b_app_...cri.log"],
    [".x", "y_z\n", "-x_app_y-z-.cri.log"],
    ["", "", "_app_.cri.log"],
    ["n".repeat(63), "p".repeat(253), `${"n".repeat(63)}_app_${"p".repeat(244 - 68)}.cri.log`],
  ];
  for (const [namespace, podName, name] of cases) {
    await t.step(name, async () => {
      const target = criTarget({ namespace, podName });
      const { wanted, refused } = await renderInSandbox("rsyslog", [target], { settings: SETTINGS });
      assert.deepEqual(refused, []);
      assert.deepEqual(wanted.filter(({ kind }) => kind === "link").map(({ path }) => path), [
        `/dest/${target.id}/${name}`,
      ]);
    });
  }
});
