import assert from "node:assert/strict";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { FOUND_CASES, foundCases } from "./found_cases.ts";
import { AGENT_NAMES, PROPERTIES, propertyOfAgent } from "./properties.ts";
import type { Property } from "./property.ts";

/** Fixed, so that a test that passed passes again; `deno task fuzz` takes others. */
const SEED = 20_260_101;
const CASES = 200;

async function holds(property: Property, t: Deno.TestContext) {
  for (const [name, { found, value }] of foundCases(property.subject)) {
    await t.step(`${name}: ${found}`, () => property.check(value));
  }
  await t.step(`at least ${CASES} random cases, seed ${SEED}`, async () => {
    const { failure } = await property.run({ seed: SEED, cases: CASES });
    if (failure) assert.fail(`${JSON.stringify(failure.value).slice(0, 2_000)}: ${failure.message}`);
  });
}

for (const property of PROPERTIES) Deno.test(property.name, (t) => holds(property, t));

for (const name of AGENT_NAMES) {
  Deno.test(`agent ${name} writes hostile values as values, leaves its places by no path, and refuses with a reason`, async (t) => {
    // Four times what an agent has otherwise: a busy machine is no promise broken, an annotation that takes forever is.
    await using host = new AgentHost({ limits: { requestMs: 12_000 } });
    await holds(await propertyOfAgent(name, host), t);
  });
}

Deno.test("every found case belongs to a promise", () => {
  const subjects = new Set(["agents", ...PROPERTIES.map(({ subject }) => subject)]);
  for (const { name } of Deno.readDirSync(FOUND_CASES)) assert.ok(subjects.has(name), name);
});
