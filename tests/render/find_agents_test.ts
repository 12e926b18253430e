import assert from "node:assert/strict";
import { join } from "node:path";
import { findAgents } from "../../lib/render/find_agents.ts";

function makePlace(...agents: string[]): string {
  const place = Deno.makeTempDirSync({ prefix: "agents-" });
  for (const agent of agents) {
    Deno.mkdirSync(join(place, agent));
    Deno.writeTextFileSync(join(place, agent, "context.ts"), "export default {};");
  }
  return place;
}

Deno.test("agents are folders with a context.ts, found by name, sorted", () => {
  const place = makePlace("zeta", "alpha", "Upper", "_x");
  try {
    Deno.mkdirSync(join(place, "empty"));
    Deno.writeTextFileSync(join(place, "file"), "");
    Deno.symlinkSync("zeta", join(place, "linked"));
    const found = findAgents([place]);
    const added = [...found].filter(([, folder]) => folder.startsWith(place));
    assert.deepEqual(added, ["alpha", "linked", "zeta"].map((name) => [name, join(place, name)]));
    assert.deepEqual([...found.keys()], [...found.keys()].sort());
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
});

Deno.test("a name that is there twice is an error that names both folders", () => {
  const [one, two] = [makePlace("alpha"), makePlace("alpha")];
  try {
    assert.throws(() => findAgents([one, two]), {
      name: "FindAgentsError",
      message: `Cannot add agent alpha of ${two}/alpha: ${one}/alpha has that name already; rename the folder`,
    });
  } finally {
    for (const place of [one, two]) Deno.removeSync(place, { recursive: true });
  }
});

Deno.test("a place that cannot be read is an error that names the option", () => {
  assert.throws(
    () => findAgents(["/nowhere/agents"]),
    /Cannot read the folder of agents \/nowhere\/agents: .*--agents-path/,
  );
});

Deno.test("an agent's own folder in the place of a folder of agents is told apart", () => {
  const place = makePlace("alpha");
  try {
    assert.throws(
      () => findAgents([join(place, "alpha")]),
      new RegExp(`it is an agent itself; name the folder that holds it, ${place}`),
    );
  } finally {
    Deno.removeSync(place, { recursive: true });
  }
});
