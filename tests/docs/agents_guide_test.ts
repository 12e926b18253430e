import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";
import { copyOfProject, fencedBlocks, runShell } from "./follow_guide.ts";

const ROOT = dirname(BUILT_IN_AGENTS);

Deno.test("the guide to writing an agent, followed to the letter, makes a working agent for a shipper that did not exist", async () => {
  const project = await copyOfProject(ROOT);
  try {
    const outputs: string[] = [];
    for (const { language, path, text } of fencedBlocks(await Deno.readTextFile(join(ROOT, "docs/agents.md")))) {
      if (path !== undefined) await Deno.writeTextFile(join(project, path), text);
      else if (language === "sh") outputs.push(await runShell(text, { cwd: project }));
    }
    const [made, removed, tried, ran] = outputs;
    assert.match(made!, /# Agent tailor: 8 files/);
    assert.equal(removed, "");
    assert.match(tried!, /^tail "\/var\/log\/pods\/.*" as "namespace=shop" "pod=web-3" "container=app"$/m);
    assert.match(tried!, /^ok {6}order: /m);
    assert.match(tried!, /^warning hostile values: .*it has more than one line/m);
    assert.doesNotMatch(tried!, /^failed/m);
    assert.match(ran!, /^tail "[^"]*\/app\/0\.log" as "namespace=shop" "pod=web-3" "container=app"\n\n?$/m);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
});
