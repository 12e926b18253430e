import assert from "node:assert/strict";
import { checkSettingNames, flagOf, ownersOf } from "../../lib/config/setting_names.ts";
import type { Settings } from "../../lib/render/agent.ts";
import { describeAgent, EXAMPLE } from "./example_agent.ts";

const KNOWN = ["scalyr", "scalyr-next", "symlinker", "appdynamics", "example", "node", "cluster", "nope"];

Deno.test("flags are made of variables", () => {
  assert.equal(flagOf("WATCHER_SCALYR_DEST_PATH"), "scalyr-dest-path");
  assert.equal(flagOf("WATCHER_SYMLINK_DIR"), "symlink-dir");
});

Deno.test("a variable belongs to the agent with the longest whole name before it, else to those with a leading part", () => {
  const rows = [
    ["WATCHER_SCALYR_API_KEY", ["scalyr"]],
    ["WATCHER_SCALYR_NEXT_API_KEY", ["scalyr-next"]],
    ["WATCHER_SYMLINK_DIR", ["symlinker"]],
    ["WATCHER_SYM_DIR", []],
    ["WATCHER_APPD_DEST", ["appdynamics"]],
    ["WATCHER_OTHER", []],
  ] as const;
  for (const [env, owners] of rows) assert.deepEqual(ownersOf(env, KNOWN), owners, env);
});

function faults(name: string, env: string, options: { secret?: boolean; known?: string[] } = {}): readonly string[] {
  const settings: Settings = { it: { env, type: "string", help: "It", secret: options.secret ?? false } };
  return checkSettingNames(describeAgent(name, settings), options.known ?? KNOWN);
}

Deno.test("an agent may have variables that begin with its name, or with its first four letters or more", () => {
  assert.deepEqual(faults("scalyr", "WATCHER_SCALYR_API_KEY", { secret: true }), []);
  assert.deepEqual(faults("symlinker", "WATCHER_SYMLINK_DIR"), []);
  assert.deepEqual(faults("scalyr-next", "WATCHER_SCALYR_NEXT_KEY"), []);
  assert.deepEqual(checkSettingNames(EXAMPLE, KNOWN), []);
});

Deno.test("an agent cannot have another's variable, the program's, or one that could be several agents'", () => {
  const rows: [string, string, RegExp][] = [
    [
      "symlinker",
      "WATCHER_SCALYR_API_KEY",
      /^Agent symlinker cannot have WATCHER_SCALYR_API_KEY .*belongs to agent scalyr/,
    ],
    ["scalyr", "WATCHER_SCALYR_NEXT_KEY", /belongs to agent scalyr-next/],
    ["scalyr-next", "WATCHER_SCALYR_API_KEY", /belongs to agent scalyr;/],
    ["scalyr", "WATCHER_AGENTS", /setting of the program itself/],
    ["cluster", "WATCHER_CLUSTER_ID", /setting of the program itself/],
    ["scalyr", "CLUSTER_ALIAS", /must be WATCHER_SCALYR_/],
    ["scalyr", "AWS_SECRET_ACCESS_KEY", /must be WATCHER_SCALYR_/],
    ["scalyr", "WATCHER_scalyr_key", /must be WATCHER_SCALYR_/],
    ["scalyr", "WATCHER_SCALYR__KEY", /must be WATCHER_SCALYR_/],
    ["scalyr", "WATCHER_FOO", /does not begin with the agent's name/],
    ["symlinker", "WATCHER_SYM_DIR", /does not begin with the agent's name/],
    ["node", "WATCHER_NODE_NAME", /its flag --node-name is one of the program/],
    ["nope", "WATCHER_NOPE_X", /^$/],
  ];
  for (const [agent, env, pattern] of rows) {
    assert.match(faults(agent, env).join("\n"), pattern, `${agent} ${env}`);
  }
  const known = ["symlinker", "symlinkreader"];
  assert.match(
    faults("symlinkreader", "WATCHER_SYMLINK_DIR", { known }).join(),
    /could belong to any of symlinker, symlinkreader/,
  );
  assert.match(faults("no", "WATCHER_NO_HELP", { known: ["no"] }).join(), /mean the opposite/);
});

Deno.test("an agent cannot declare one variable twice, nor one that holds another secret's file", () => {
  const settings: Settings = {
    key: { env: "WATCHER_SCALYR_KEY", type: "string", help: "Key", secret: true },
    file: { env: "WATCHER_SCALYR_KEY_FILE", type: "path", help: "File" },
  };
  assert.match(checkSettingNames(describeAgent("scalyr", settings), KNOWN).join(), /its setting key has it already/);
});
