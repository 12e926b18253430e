import assert from "node:assert/strict";
import { join } from "node:path";
import { AgentRenderer } from "../../lib/render/agent_renderer.ts";
import type { OpenAgent } from "../../lib/render/agent_host.ts";
import { type Arena, openArena, shareArena, targetIn, writeAgent } from "./arena.ts";

const LEADS_OUT =
  /^Cannot use .*\/hostile\/\w+(\.\w+)+ in an agent: it is a link that leads out of the folder, to .*; copy the file into the folder instead$/;

function rendererOf(arena: Arena, { description, sandbox }: OpenAgent): AgentRenderer {
  const node = { name: "n", clusterId: "", clusterEnvironment: "", clusterAlias: "" };
  return new AgentRenderer({ description, sandbox, node, settings: { dest: arena.dest }, logRoots: [arena.logs] });
}

async function contentsFrom(arena: Arena, renderer: AgentRenderer): Promise<string[]> {
  const { wanted } = await renderer.render([{ ...targetIn(arena.logs) }]);
  return wanted.map((file) => file.kind === "file" ? file.contents : "");
}

for (const target of ["/etc/passwd", "../outside/secret.txt", "../neighbour/file.eta"]) {
  Deno.test(`an agent folder with a link to ${target} is refused`, async () => {
    await using arena = await openArena();
    const folder = join(arena.folder, "hostile");
    writeAgent(folder, {});
    Deno.symlinkSync(target, join(folder, "data.txt"));
    await assert.rejects(arena.host.open("hostile", folder), { name: "AgentFolderError", message: LEADS_OUT });
    await arena.checkPeace();
  });
}

Deno.test("an agent folder with a linked folder that leads out is refused", async () => {
  await using arena = await openArena();
  const folder = join(arena.folder, "hostile");
  writeAgent(folder, {});
  Deno.symlinkSync(arena.outside, join(folder, "sub"));
  await assert.rejects(arena.host.open("hostile", folder), { name: "AgentFolderError" });
  await arena.checkPeace();
});

Deno.test("a link swapped in after the folder was opened is not read through", async () => {
  await using arena = await openArena();
  const folder = join(arena.folder, "hostile");
  writeAgent(folder, { context: "return { got: Deno.readTextFileSync('data.txt') };" });
  Deno.writeTextFileSync(join(folder, "data.txt"), "harmless");
  const agent = await arena.host.open("hostile", folder);
  Deno.removeSync(join(folder, "data.txt"));
  Deno.symlinkSync("/etc/passwd", join(folder, "data.txt"));
  const renderer = rendererOf(arena, agent);
  assert.deepEqual(await contentsFrom(arena, renderer), ["harmless"]);
  await agent.sandbox.release();
  assert.deepEqual(await contentsFrom(arena, renderer), ["harmless"]);
  await assert.rejects(arena.host.reload("hostile"), { name: "AgentFolderError", message: LEADS_OUT });
  assert.deepEqual(await contentsFrom(arena, renderer), ["harmless"]);
});

Deno.test("a mounted ConfigMap, whose files are links inside of the folder, is an agent folder", async () => {
  await using arena = await openArena();
  const folder = join(arena.folder, "hostile");
  writeAgent(join(folder, "..2026_01_01"), { context: "return { got: 'first' };" });
  Deno.symlinkSync("..2026_01_01", join(folder, "..data"));
  for (const name of ["context.ts", "file.eta"]) Deno.symlinkSync(`..data/${name}`, join(folder, name));
  const first = await arena.host.open("hostile", folder);
  assert.deepEqual(await contentsFrom(arena, rendererOf(arena, first)), ["first"]);
  assert.equal(arena.host.changed("hostile"), false);
  writeAgent(join(folder, "..2026_01_02"), { context: "return { got: 'second' };" });
  Deno.symlinkSync("..2026_01_02", join(folder, "..new"));
  Deno.renameSync(join(folder, "..new"), join(folder, "..data"));
  assert.equal(arena.host.changed("hostile"), true);
  assert.deepEqual(await contentsFrom(arena, rendererOf(arena, await arena.host.reload("hostile"))), ["second"]);
});

Deno.test("settings files of Deno and Node in an agent folder change nothing", async () => {
  await using arena = await openArena();
  const folder = join(arena.folder, "hostile");
  writeAgent(folder, { context: "return { got: Deno.readTextFileSync('/etc/passwd') };" });
  Deno.writeTextFileSync(
    join(folder, "deno.json"),
    `{ "permissions": { "default": { "all": true } }, "imports": { "eta/core": "./evil.ts" } }`,
  );
  Deno.writeTextFileSync(join(folder, "package.json"), `{ "type": "commonjs", "imports": { "#a": "/etc/passwd" } }`);
  Deno.writeTextFileSync(join(folder, ".env"), "A=b");
  const renderer = rendererOf(arena, await arena.host.open("hostile", folder));
  const { refused } = await renderer.render([targetIn(arena.logs)]);
  assert.match(
    refused[0]!.reason,
    /Requires read access to "\/etc\/passwd", which the sandbox does not give \(context\.ts:\d+:\d+\)$/,
  );
});

Deno.test("a folder that is mended on disk is taken in again; until then the agent as it was stays", async () => {
  await using arena = await openArena();
  const folder = join(arena.folder, "hostile");
  writeAgent(folder, { context: "return { got: 'good' };" });
  const renderer = rendererOf(arena, await arena.host.open("hostile", folder));
  assert.equal(arena.host.changed("hostile"), false);

  Deno.writeTextFileSync(join(folder, "context.ts"), "export default {");
  assert.equal(arena.host.changed("hostile"), true);
  await assert.rejects(arena.host.reload("hostile"), /^SandboxError: Agent hostile failed: .*context\.ts:1:17/s);
  assert.equal(arena.host.changed("hostile"), false, "a failure is reported once for each version");
  assert.deepEqual(await contentsFrom(arena, renderer), ["good"]);

  writeAgent(folder, { context: "return { got: 'better' };" });
  assert.equal(arena.host.changed("hostile"), true);
  const mended = await arena.host.reload("hostile");
  assert.deepEqual(await contentsFrom(arena, rendererOf(arena, mended)), ["better"]);
  assert.equal([...Deno.readDirSync(join(arena.folder, "staging"))].length, 1);
});

Deno.test("a folder that was broken from the start is opened once it is mended", async () => {
  await using arena = await openArena();
  const folder = join(arena.folder, "hostile");
  Deno.mkdirSync(folder);
  await assert.rejects(arena.host.open("hostile", folder), /Cannot use .*\/hostile as an agent: it has no context\.ts/);
  assert.equal(arena.host.changed("hostile"), false);
  writeAgent(folder, {});
  assert.equal(arena.host.changed("hostile"), true);
  assert.deepEqual(await contentsFrom(arena, rendererOf(arena, await arena.host.reload("hostile"))), ["fine"]);
});

Deno.test("a folder too large for an agent is refused", async () => {
  await using arena = await openArena();
  const folder = join(arena.folder, "hostile");
  writeAgent(folder, {});
  Deno.truncateSync(join(folder, "file.eta"), 1024 * 1024 + 1);
  await assert.rejects(
    arena.host.open("hostile", folder),
    /file\.eta in an agent: 1048577 bytes are more than 1048576$/,
  );
  for (let i = 0; i < 200; i++) Deno.writeTextFileSync(join(folder, `${i}.txt`), "");
  Deno.truncateSync(join(folder, "file.eta"), 0);
  await assert.rejects(arena.host.open("hostile", folder), /it has more than 200 files or \d+ bytes$/);
  await arena.checkPeace();
});

// Descriptions of an evil shape
const EVIL: readonly { readonly what: string; readonly source: string; readonly says: RegExp }[] = [
  { what: "nothing", source: "export {};", says: /context\.ts has no agent as its default export/ },
  { what: "a throw", source: "throw new Error('boo');", says: /^Agent hostile failed: boo \(context\.ts:\d+:\d+\)$/ },
  { what: "text without end", source: full({ summary: "'x'.repeat(1e7)" }), says: /answered with more than \d+ bytes/ },
  {
    what: "help of 500 KB",
    source: full({ help: "'x'.repeat(5e5)" }),
    says: /settings\.dest must have help, one line of text of at most 500/,
  },
  {
    what: "help that steers a terminal",
    source: full({ help: "'a\\u001b[2J'" }),
    says: /settings\.dest must have help/,
  },
  {
    what: "settings under the key __proto__",
    source: full({ settings: "['__proto__']: { env: 'WATCHER_HOSTILE_A', type: 'string', help: 'x' }," }),
    says: /settings\.__proto__ must have a camelCase name/,
  },
  {
    what: "a setting of another agent",
    source: full({ settings: "a: { env: 'WATCHER_SCALYR_API_KEY', type: 'string', help: 'x' }," }),
    says: /must start with WATCHER_HOSTILE_/,
  },
  {
    what: "a setting of the program",
    source: full({ settings: "a: { env: 'WATCHER_KUBE_URL', type: 'string', help: 'x' }," }),
    says: /must start with WATCHER_HOSTILE_/,
  },
  {
    what: "a place that the operator did not name",
    source: full({
      settings: "a: { env: 'WATCHER_HOSTILE_A', type: 'directory', help: 'x', default: '/etc/cron.d' },",
    }),
    says: /has the default "\/etc\/cron\.d", which is not in a folder named after the agent; make it required/,
  },
  {
    what: "a fixed absolute path",
    source: full({ path: "'/etc/x-{id}'" }),
    says: /outputs\.file has a path that cannot be used: Path "\/etc\/x-\{id\}" does not start with/,
  },
  { what: "a path with ..", source: full({ path: "'{dest}/../{id}'" }), says: /has the part "\.\."/ },
  {
    what: "a template outside of its folder",
    source: full({ template: "'../x.eta'" }),
    says: /has template "\.\.\/x\.eta", must be the name of an \.eta file/,
  },
  { what: "an executable file", source: full({ mode: "0o777" }), says: /has mode 0o777, must be within 0o664/ },
  { what: "a setuid file", source: full({ mode: "0o4640" }), says: /has mode 0o4640, must be within 0o664/ },
  {
    what: "a mode that looks small in 32 bits",
    source: full({ mode: "2 ** 32 + 0o640" }),
    says: /has mode 0o40000000640, must be within 0o664/,
  },
  {
    what: "a getter that throws",
    source: full({}).replace(
      "summary:",
      "get settings2() { throw 1; }, get minSecondsBetweenWrites() { throw new Error('boo'); }, summary:",
    ),
    says: /^Agent hostile failed: boo \(context\.ts:\d+:\d+\)$/,
  },
  {
    what: "a cyclic value",
    source:
      `const settings = {}; settings.a = settings; export default { summary: "x", settings, outputs: {}, context: () => ({}) };`,
    says: /circular structure/,
  },
];

function full(
  { summary = "'x'", help = "'x'", settings = "", path = "'{dest}/{id}'", template = "'file.eta'", mode = "0o640" }:
    Partial<Record<"summary" | "help" | "settings" | "path" | "template" | "mode", string>>,
): string {
  return `export default { summary: ${summary},
    settings: { dest: { env: "WATCHER_HOSTILE_DEST", type: "directory", help: ${help} }, ${settings} },
    outputs: { file: { template: ${template}, format: "text", each: "container", path: ${path}, mode: ${mode} } },
    context: () => ({}) };`;
}

const shared = shareArena();

for (const { what, source, says } of EVIL) {
  Deno.test(`an agent that describes itself with ${what} is refused`, async () => {
    const arena = shared();
    const { said, rendering } = await arena.run({ source });
    assert.equal(rendering, undefined);
    assert.match(said, /^Agent hostile /);
    assert.match(said, says);
    await arena.checkPeace();
  });
}
