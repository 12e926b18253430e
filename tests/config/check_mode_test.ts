import assert from "node:assert/strict";
import { ConfigError, resolveConfig } from "../../lib/config/resolve.ts";
import { checkDescription } from "../../lib/render/check_description.ts";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";

/** Resolves the mode of an agent with a check. */
async function modeOf(folder: string, env: Record<string, string>): Promise<string | undefined> {
  const description = checkDescription({
    summary: "x",
    settings: { dir: { env: "WATCHER_CHECKED_DIR", type: "directory", help: "x", required: true } },
    outputs: { log: { link: "{dir}/{id}" } },
    check: { program: "checkd", arguments: ["{dir}"] },
  }, { name: "checked", folder });
  const { config } = await resolveConfig({
    described: [description],
    knownAgentNames: ["checked"],
    readTextFile: () => Promise.reject(new Error("not read")),
    workingFolder: "/home",
    hasServiceAccount: false,
    given: { env: { WATCHER_AGENTS: "checked", WATCHER_CHECKED_DIR: "/out", ...env }, flags: new Map() },
  });
  return config.agents[0]!.check;
}

const OWN = `${BUILT_IN_AGENTS}/checked`;
const OTHER = "/agents/checked";

const CASES: readonly (readonly [string, string, Record<string, string>, string | undefined])[] = [
  ["is off unless it is turned on", OWN, {}, undefined],
  ["of a built-in agent follows WATCHER_CHECK", OWN, { WATCHER_CHECK: "require" }, "require"],
  ["of a built-in agent follows its own setting first", OWN, {
    WATCHER_CHECK: "require",
    WATCHER_CHECKED_CHECK: "off",
  }, undefined],
  ["of another agent is not turned on by WATCHER_CHECK", OTHER, { WATCHER_CHECK: "require" }, undefined],
  ["of another agent follows its own setting", OTHER, { WATCHER_CHECKED_CHECK: "WARN" }, "warn"],
];

for (const [what, folder, env, mode] of CASES) {
  Deno.test(`a shipper's check ${what}`, async () => {
    assert.equal(await modeOf(folder, env), mode);
  });
}

Deno.test("a mode of a check that there is not is refused", async () => {
  await assert.rejects(
    modeOf(OWN, { WATCHER_CHECKED_CHECK: "yes" }),
    (error: Error) => error instanceof ConfigError && /expected off or warn or require/.test(error.message),
  );
});
