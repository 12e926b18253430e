import assert from "node:assert/strict";
import { join } from "node:path";
import { COMMANDS } from "../../lib/cli/command_table.ts";
import { PERMISSIONS } from "../../lib/cli/permissions.ts";
import type { HintName } from "../../lib/hints/log_hints.ts";
import type { AgentDescription } from "../../lib/render/agent_description.ts";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { findAgents } from "../../lib/render/find_agents.ts";
import { holdTo, ROOT } from "./hold_to.ts";
import { agentTables, coreTable, settingsPage } from "./settings_tables.ts";

const README = join(ROOT, "README.md");

async function run(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: options.cwd ?? ROOT,
    env: { NO_COLOR: "1", ...options.env },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** What pods wish for and a shipper can be told or not, by the names of annotations. */
const HINTS: Readonly<Record<HintName, string>> = {
  parser: "parser",
  multiline: "multiline",
  samplingRules: "sampling-rules",
  redactionRules: "redaction-rules",
  attributes: "attributes",
};

Deno.test("the tables of settings and of hints in README and docs are made from the declarations that are parsed", async () => {
  await using host = new AgentHost();
  const described = await Promise.all(
    [...findAgents()].map(async ([name, folder]) => (await host.open(name, folder)).description),
  );
  holdTo("settings", coreTable() + "\n" + agentTables(described));
  holdTo("settings", settingsPage(described), join(ROOT, "docs/settings.md"));
  const rows = described.map(({ name, expresses }) =>
    `| ${name} | ${Object.keys(HINTS).map((hint) => expresses.includes(hint as HintName) ? "yes" : "").join(" | ")} |\n`
  );
  const head = `| agent | ${Object.values(HINTS).join(" | ")} |\n|---|---|---|---|---|---|\n`;
  holdTo("expresses", head + rows.join(""), join(ROOT, "docs/shippers.md"));
  for (const agent of described) checkShipper(agent);
  assert.ok(Deno.readTextFileSync(README).includes(`: ${described.length} come with the program`));
});

/** Holds an agent's row of the first table of docs/shippers.md to what it declares: its check, and its time between writes. */
function checkShipper({ name, check, minSecondsBetweenWrites }: AgentDescription) {
  const text = Deno.readTextFileSync(join(ROOT, "docs/shippers.md"));
  const row = text.split("\n").find((line) => line.startsWith(`| [${name}](../agents/${name}/README.md) |`));
  const cells = row?.split("|").map((cell) => cell.trim()) ?? [];
  const [, , , , checkCell, time] = cells;
  assert.equal(time, `${minSecondsBetweenWrites} s`, row ?? `no row of ${name}`);
  const words = check ? [check.program, check.arguments[0]!] : [];
  assert.ok(
    check ? words.every((word) => checkCell!.includes(word)) : /^none/.test(checkCell!),
    row ?? `no row of ${name}`,
  );
}

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

/** What each dependency is for; the order is that of the table. */
const REASONS: Readonly<Record<string, readonly [purpose: string, loaded: string]>> = {
  eta: ["templates", "in the sandbox only"],
  commander: ["command line", "always"],
  "@kubernetes/client-node": ["kubeconfig files", "only when one is used"],
  yaml: ["configuration file; reading rendered YAML back; manifests", "only there"],
  diff: ["differences in previews and the demo", "only there"],
  "prom-client": ["metrics", "only where a port for them is set"],
  "fast-check": ["bad input at random", "in tests only"],
  "playwright-core": ["a browser for the preview page", "in tests only"],
  "axe-core": ["whether everybody can use the preview page", "in tests only"],
};

Deno.test("the README lists every dependency with its reason and its licence", () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const names = Object.values<string>(imports).map((from) => /^npm:((?:@[^/]+\/)?[^@/]+)@/.exec(from)![1]!);
  for (const name of names) assert.ok(Object.hasOwn(REASONS, name), `${name} has no reason in this test`);
  const rows = Object.entries(REASONS).filter(([name]) => names.includes(name)).map(([name, [purpose, loaded]]) => {
    const { license } = JSON.parse(Deno.readTextFileSync(join(ROOT, "node_modules", name, "package.json")));
    return `| ${name} | ${purpose} | ${license} | ${loaded} |\n`;
  });
  holdTo("dependencies", `| package | for | licence | loaded |\n|---|---|---|---|\n${rows.join("")}`);
});

Deno.test("every deno task that the README names exists, and its help works", async () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const text = Deno.readTextFileSync(README);
  const named = new Set(
    [...text.matchAll(/(?:deno(?:@[\d.]+)?) task (?:--quiet )?([a-z:-]+)/g)].map((match) => match[1]!),
  );
  for (const name of named) assert.ok(Object.hasOwn(tasks, name), `deno task ${name}`);
  const table = text.slice(text.indexOf("## Commands"), text.indexOf("## Deploy it"));
  for (const { name: command } of COMMANDS) {
    for (const word of command.split(" ")) {
      assert.match(table, new RegExp(`^\\|.*\\b${word}\\b.*\\|.*\\|$`, "m"), command);
    }
    const { code, stdout } = await run(["task", "--quiet", "start", ...command.split(" "), "--help"]);
    assert.equal(code, 0, command);
    assert.match(stdout, /Examples:/);
  }
});
