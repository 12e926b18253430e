import assert from "node:assert/strict";
import { join } from "node:path";
import { REAL_MAIN, runProgram } from "../cli/program.ts";
import { samplePod, Scene } from "../e2e/scene.ts";
import { ROOT } from "./hold_to.ts";

const TEXT = Deno.readTextFileSync(join(ROOT, "docs/output.md"));
/** Keys that hold values by names of others: settings, labels, attributes, wishes. */
const BY_NAME = new Set(["attributes", "hints", "wishes"]);

/** Gives the part of the document about a command. */
function section(command: string): string {
  const heading = TEXT.split(/^## /m).find((part) => part.split("\n")[0]!.split(", ").includes(command));
  assert.ok(heading, `docs/output.md has nothing about ${command}`);
  return heading;
}

/** Lists all keys of a value, of those within it, too. */
function keysOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap((
    [key, inner],
  ) => [key, ...BY_NAME.has(key) && !Array.isArray(inner) ? [] : keysOf(inner)]);
}

Deno.test("what commands print for programs is one JSON value whose every key docs/output.md names", async () => {
  await using scene = await Scene.open();
  const config = join(scene.folder, "watcher.yaml");
  await Deno.writeTextFile(
    config,
    "attributes: {datacenter: eu-1}\nrules: [{name: old, parser: json, until: 2020-01-01}, {parser: nginx}]\n",
  );
  await using watcher = await scene.watchUntilComplete();
  const { namespace, name } = samplePod("cart");
  const bad = join(scene.folder, "bad.yaml");
  await Deno.writeTextFile(bad, "intervall: 5\n");
  const rows: readonly (readonly [command: string, args: readonly string[]])[] = [
    ["status", []],
    ["explain", [`${namespace}/${name}`]],
    ["audit", []],
    ["preview", ["scalyr", "--diff"]],
    ["agents list", []],
    ["agents check", ["agents/symlinker"]],
    ["config check", ["--config", config]],
    ["config check", ["--config", bad]],
    ["config show", ["--config", config]],
  ];
  for (const [command, args] of rows) {
    const { out, err } = await runProgram([...command.split(" "), ...args, "--output", "json"], {
      main: REAL_MAIN,
      env: scene.env,
    });
    assert.notEqual(out, "", err);
    const about = section(command);
    for (const key of new Set(keysOf(JSON.parse(out)))) {
      assert.ok(about.includes(`\`${key}\``) || about.includes(`${key}[]`), `${command}: ${key}`);
    }
  }
  assert.equal(await watcher.stop(), 0);
});

Deno.test("docs/output.md names every key at the top of a snapshot", async () => {
  await using scene = await Scene.open();
  const { out } = await runProgram(["snapshot"], { main: REAL_MAIN, env: scene.env });
  for (const key of Object.keys(JSON.parse(out))) assert.ok(section("snapshot").includes(`\`${key}\``), key);
});
