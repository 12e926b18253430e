import assert from "node:assert/strict";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { agentProperty } from "./agent_property.ts";
import type { Outcome } from "./property.ts";

const SEED = 20_260_102;

/** Tries an agent that is in no table, one JSON file per container. */
async function tryAgent(template: string): Promise<Outcome> {
  const folder = Deno.makeTempDirSync({ prefix: "klw-fuzz-" });
  try {
    Deno.writeTextFileSync(`${folder}/file.json.eta`, template);
    Deno.writeTextFileSync(
      `${folder}/context.ts`,
      `export default {
        summary: "Acme",
        settings: { dir: { env: "WATCHER_ACME_DIR", type: "directory", required: true, help: "Folder" } },
        outputs: { file: { template: "file.json.eta", format: "json", each: "container", path: "{dir}/{id}.json" } },
        context: (target) => ({ ...target }),
      };`,
    );
    await using host = new AgentHost();
    return await agentProperty(await host.open("acme", folder)).run({ seed: SEED, cases: 60, shrinks: false });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("the fuzz passes an agent that it does not know and that writes values as values", async () => {
  const { failure } = await tryAgent('{ "pod": <%= it.pod %>, "app": <%= it.application %> }');
  assert.equal(failure?.message, undefined);
});

const CARELESS: readonly [what: string, template: string, message: RegExp][] = [
  ["makes a key of a value", '{ "x": <%= { [it.application]: "x" } %> }', /Keys that the template does not have/],
  ["changes a value", '{ "x": <%= it.application.replaceAll("\\\\", "/") %> }', /file\/"x" is /],
  ["makes other types of some values", '{ "x": <%= /^[0-9]/.test(it.version) ? 1 : "x" %> }', /Keys that/],
];

for (const [what, template, message] of CARELESS) {
  Deno.test(`the fuzz finds out an agent that it does not know and that ${what}`, async () => {
    const { failure } = await tryAgent(template);
    assert.match(failure?.message ?? "", message);
  });
}
