import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { coreSettings } from "../../lib/config/core_settings.ts";
import { settingsTableMarkdown } from "../../lib/config/settings_table.ts";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { PERMISSIONS } from "../../lib/cli/permissions.ts";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { BUILT_IN_AGENTS, findAgents } from "../../lib/render/find_agents.ts";

const ROOT = dirname(BUILT_IN_AGENTS);
const README = join(ROOT, "README.md");
const IS_UPDATE = Deno.env.get("UPDATE_README") === "1";

/** Compares a marked part of the README with what it should be; with UPDATE_README=1 puts it there. */
function holdTo(name: string, expected: string) {
  const text = Deno.readTextFileSync(README);
  const pattern = new RegExp(`(<!-- ${name} -->\n)([\\s\\S]*?)(<!-- /${name.split(" ")[0]} -->)`);
  const match = pattern.exec(text);
  assert.ok(match, `README.md has no part <!-- ${name} -->`);
  if (IS_UPDATE) {
    return Deno.writeTextFileSync(
      README,
      text.replace(pattern, (_, start, _old, end) => start + expected + end),
    );
  }
  assert.equal(match[2], expected, `README.md, part ${name}: run the tests once with UPDATE_README=1`);
}

async function run(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: options.cwd ?? ROOT,
    env: { NO_COLOR: "1", ...options.env },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("the README's tables of settings are made from the declarations that are parsed", async () => {
  await using host = new AgentHost();
  const described = await Promise.all(
    [...findAgents()].map(async ([name, folder]) => (await host.open(name, folder)).description),
  );
  holdTo("settings", settingsTableMarkdown(coreSettings().map(([, setting]) => setting), described));
});

Deno.test("the README shows what preview prints", async () => {
  const { code, stdout } = await run(["task", "--quiet", "preview", "appdynamics"]);
  assert.equal(code, 0);
  const [first = ""] = stdout.split(/\n(?===> )/).slice(1);
  holdTo("preview appdynamics", "```\n" + first.trimEnd() + "\n```\n");
});

Deno.test("the README shows the manifest that the program prints", async () => {
  const { code, stdout } = await run(["task", "--quiet", "start", "manifest", "--agents", "scalyr"]);
  assert.equal(code, 0);
  holdTo("manifest", "```yaml\n" + stdout.trimEnd() + "\n```\n");
});

Deno.test("the README lists the permissions of the process with their reasons", () => {
  const rows = PERMISSIONS.map(({ flag, name, why }) => `| \`${flag}${name === "run" ? "=<deno>" : ""}\` | ${why} |`);
  const other = "| `--no-prompt` | never ask: there is no one to answer |";
  holdTo("permissions", ["| flag | what for |", "|---|---|", ...rows, other, ""].join("\n"));
});

Deno.test("the README's example of an agent works when followed to the letter", async () => {
  const text = Deno.readTextFileSync(README);
  const context = /```ts\n([\s\S]*?)```/.exec(text)?.[1];
  const template = /```eta\n([\s\S]*?)```/.exec(text)?.[1];
  assert.ok(context && template);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "lines"));
    await Deno.writeTextFile(join(folder, "lines/context.ts"), context);
    await Deno.writeTextFile(join(folder, "lines/logs.conf.eta"), template);
    const { code, stdout, stderr } = await run([
      "task",
      "--quiet",
      "preview",
      "lines",
      "--agents-path",
      folder,
      "--output",
      "json",
    ]);
    assert.equal(code, 0, stderr);
    const [agent] = JSON.parse(stdout).agents;
    const lines = agent.files[0].contents.trimEnd().split("\n");
    assert.equal(lines.length, 8);
    assert.match(lines[0], /^kube web json-file \/var\/lib\/docker\/containers\//);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every deno task that the README names exists, and its help works", async () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const text = Deno.readTextFileSync(README);
  const named = new Set(
    [...text.matchAll(/(?:deno(?:@[\d.]+)?) task (?:--quiet )?([a-z:-]+)/g)].map((match) => match[1]!),
  );
  for (const name of named) assert.ok(Object.hasOwn(tasks, name), `deno task ${name}`);
  for (const { name: command } of COMMANDS) {
    const { code, stdout } = await run(["task", "--quiet", "start", ...command.split(" "), "--help"]);
    assert.equal(code, 0, command);
    assert.match(stdout, /Examples:/);
  }
});

Deno.test("the README's links to files of the project lead somewhere", () => {
  const text = Deno.readTextFileSync(README);
  for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    assert.ok(Deno.statSync(fileURLToPath(new URL(target!, `file://${README}`))), target!);
  }
});
