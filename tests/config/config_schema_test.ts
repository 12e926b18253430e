import assert from "node:assert/strict";
import { configSchema } from "../../lib/config/config_schema.ts";
import { parseConfigFile } from "../../lib/config/config_file.ts";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { findAgents } from "../../lib/render/find_agents.ts";
import { EXAMPLE } from "./example_agent.ts";

interface Properties {
  readonly properties: Readonly<Record<string, Properties & { readonly items: Properties }>>;
}

Deno.test("the schema that ships is made from the declarations that are parsed", async () => {
  await using host = new AgentHost();
  const described = [];
  for (const [name, folder] of findAgents()) described.push((await host.open(name, folder)).description);
  const shipped = await Deno.readTextFile(new URL("../../templates/config.schema.json", import.meta.url));
  assert.equal(shipped, JSON.stringify(configSchema(described), null, 2) + "\n", "run: deno task schema");
});

Deno.test("the parser knows every key that the schema has, and no other", () => {
  const { properties } = configSchema([EXAMPLE]) as unknown as Properties;
  const unknownOf = (text: string) =>
    parseConfigFile(text, { path: "f", agents: [EXAMPLE] }).problems.filter((one) =>
      /is not known|is no setting/.test(one)
    );
  const keys = (of: Properties, prefix: string, suffix: string) =>
    Object.keys(of.properties).flatMap((key) => unknownOf(`${prefix}${key}: null${suffix}`));
  assert.deepEqual(keys({ properties }, "", ""), []);
  assert.deepEqual(keys(properties.exclude!.items, "exclude: [{", "}]"), []);
  assert.deepEqual(keys(properties.rules!.items, "rules: [{", "}]"), []);
  assert.deepEqual(keys(properties.rules!.items.properties.match!, "rules: [{match: {", "}}]"), []);
  assert.deepEqual(keys(properties.scalyr_sampling_rules!.items, "scalyr_sampling_rules: [{", "}]"), []);
  assert.deepEqual(keys(properties.agentSettings!.properties.example!, "agentSettings: {example: {", "}}"), []);
  assert.equal(unknownOf("colour: 1").length, 1);
});
