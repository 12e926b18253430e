import assert from "node:assert/strict";
import { assertGolden } from "./golden_file.ts";
import { criTarget, dockerTarget, type TargetChanges } from "./log_targets.ts";
import { renderInSandbox } from "./render_agent.ts";

const SETTINGS = { symlinkDir: "/links" };

Deno.test("symlinker's links are those of the golden file", async () => {
  const labels = { application: "web", component: "frontend", environment: "staging", version: "1.10" };
  const targets = [dockerTarget({ labels }), criTarget()];
  const { wanted, refused } = await renderInSandbox("symlinker", targets, { settings: SETTINGS });
  assert.deepEqual(refused, []);
  const lines = wanted.map((one) => `${one.path} -> ${one.kind === "link" ? one.target : "a file"}\n`);
  assertGolden("symlinker/links.txt", lines.join(""));
});

Deno.test("symlinker's parts are made safe and fall back, so that none is ever missing", async (t) => {
  const cases: [changes: TargetChanges, path: string][] = [
    // id/application/component/namespace/environment/version/container/pod
    [{ labels: { application: "a", component: "c", version: "v" } }, "a/c/shop/production/v/app/web-3"],
    [{ labels: { application: "a" } }, "a/a/shop/production/none/app/web-3"],
    [{}, "web-3/web-3/shop/production/none/app/web-3"],
    [{ labels: { application: "" }, podName: "p" }, "none/none/shop/production/none/app/p"],
    [{ labels: { environment: "" }, podName: "" }, "none/none/shop/none/none/app/none"],
    [{ labels: { version: "1.10" }, podName: "web.3" }, "web_3/web_3/shop/production/1_10/app/web_3"],
    [{ labels: { version: "..", application: "../x", component: "a/b" } }, "___x/a_b/shop/production/__/app/web-3"],
  ];
  for (const [changes, path] of cases) {
    await t.step(path, async () => {
      const target = criTarget(changes);
      const { wanted } = await renderInSandbox("symlinker", [target], { settings: SETTINGS });
      assert.deepEqual(wanted.map((one) => one.path), [`/links/${target.id}/${path}.log`]);
    });
  }
});
