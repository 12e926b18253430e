import assert from "node:assert/strict";
import { MEMORY_FLAGS } from "../../lib/cli/memory_flags.ts";
import { permissionFlags, PERMISSIONS } from "../../lib/cli/permissions.ts";
import { REAL_MAIN, runProgram } from "./program.ts";

const ENV = { WATCHER_AGENTS: "links", WATCHER_LINKS_DIR: "/a" };
const ALL = permissionFlags(Deno.execPath());
const without = (...names: string[]) => ALL.filter((flag) => !names.some((name) => flag.startsWith(`--allow-${name}`)));

/** Finds the permission flags in a text, the path of Deno left out. */
function flagsIn(text: string): readonly string[] {
  const flags = text.match(
    /--(?:allow-[a-z]+|no-prompt|deny-[a-z]+|unstable[a-z-]*|allow-all)\b(?:=\$\([^)]*\)|=[^\s"',\]]+)?|(?<=\s)-A\b/g,
  ) ?? [];
  return flags.map((flag) => flag.replace(/^(--allow-run)=.*/, "$1=<deno>"));
}

const EXPECTED = permissionFlags("<deno>");

async function readIfThere(name: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(new URL(`../../${name}`, import.meta.url));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("the program runs with five permissions, and may run Deno itself only", () => {
  assert.deepEqual(permissionFlags("/bin/deno"), [
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-net",
    "--allow-env",
    "--allow-run=/bin/deno",
  ]);
});

Deno.test("the task start has exactly the permissions of the program", async () => {
  const { tasks } = JSON.parse(await readIfThere("deno.json") ?? "{}");
  assert.deepEqual(flagsIn(tasks.start.command), EXPECTED);
});

Deno.test("the task start has the flags that keep the program's memory small", async () => {
  const { tasks } = JSON.parse(await readIfThere("deno.json") ?? "{}");
  for (const flag of MEMORY_FLAGS) assert.ok(tasks.start.command.includes(` ${flag} `), flag);
});

for (const name of ["Dockerfile", "README.md"]) {
  Deno.test(`${name}, where it starts the program, has exactly the permissions of the program`, async () => {
    const text = await readIfThere(name);
    if (text === undefined) return console.log(`${name} is not there yet`);
    const joined = text.replaceAll(/\\\n\s*/g, " ");
    // The health check has less; the Dockerfile's own test looks at it.
    const starts = joined.split("\n").filter((line) => /main\.ts/.test(line) && /--allow-/.test(line))
      .filter((line) => !line.includes('"health"'));
    assert.ok(name === "README.md" || starts.length > 0, "The Dockerfile starts the program");
    for (const line of starts) assert.deepEqual(flagsIn(line), EXPECTED, line);
  });
}

Deno.test("a missing permission is named with what it is for, once, and nothing is asked or thrown", async () => {
  const needed = { read: true, write: true, net: false, env: false, run: true };
  const results = await Promise.all(
    PERMISSIONS.map(({ name }) =>
      runProgram(["watch", "--agents", "links", "--links-dir", "/a"], { flags: without(name), env: ENV })
    ),
  );
  for (const [index, { name, why }] of PERMISSIONS.entries()) {
    const { code, err } = results[index]!;
    const lines = err.trimEnd().split("\n");
    assert.equal(lines.length, 1, err);
    assert.ok(lines[0]!.startsWith(`${needed[name] ? "error" : "warning"}: Missing --allow-${name}`), err);
    assert.ok(lines[0]!.includes(why) && lines[0]!.includes("deno task start watch"), err);
    assert.equal(code, needed[name] ? 1 : 0, name);
  }
});

Deno.test("without --allow-net watch goes on without the API", async () => {
  const env = { ...ENV, WATCHER_KUBE_URL: "http://127.0.0.1:8001", CLUSTER_NODE_NAME: "n" };
  const { code, out } = await runProgram(["watch"], { flags: without("net"), env });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out).api, { kind: "none", reason: "Deno was started without --allow-net" });
  const scoped = await runProgram(["watch"], { flags: [...without("net"), "--allow-net=127.0.0.1:8001"], env });
  assert.equal(scoped.err, "");
  assert.deepEqual(JSON.parse(scoped.out).api, { kind: "proxy", url: "http://127.0.0.1:8001" });
});

Deno.test("without --allow-env flags and defaults count; with some variables those count", async () => {
  const none = await runProgram(["watch", "--agents", "links", "--links-dir", "/b"], {
    flags: without("env"),
    env: ENV,
  });
  assert.equal(none.code, 0);
  assert.deepEqual(JSON.parse(none.out).agents, [["links", { dir: "/b", deep: false }]]);
  const some = await runProgram(["watch"], {
    flags: [...without("env"), "--allow-env=WATCHER_AGENTS,WATCHER_LINKS_DIR"],
    env: ENV,
  });
  assert.equal(some.code, 0);
  assert.deepEqual(JSON.parse(some.out).agents, [["links", { dir: "/a", deep: false }]]);
});

Deno.test("preview of the sample does not miss the network, preview of the real thing does", async () => {
  const sample = await runProgram(["preview", "links"], { flags: without("net") });
  assert.doesNotMatch(sample.err, /Missing/);
  assert.equal(sample.code, 0);
  const real = await runProgram(["preview", "links", "--containers-path", "/c"], { flags: without("net") });
  assert.match(real.err, /^warning: Missing --allow-net/);
  assert.equal(real.code, 0);
});

Deno.test("with only --allow-read and --allow-write the program names everything that it lacks", async () => {
  const { code, err } = await runProgram(["watch"], {
    flags: ["--no-prompt", "--allow-read", "--allow-write"],
    env: ENV,
    main: REAL_MAIN,
  });
  assert.equal(code, 1);
  assert.match(
    err,
    /^warning: Missing --allow-net.*\nwarning: Missing --allow-env.*\nerror: Missing --allow-run=.*\n$/,
  );
});

Deno.test("help needs no permission and never asks, with or without --no-prompt", async () => {
  for (const flags of [["--no-prompt"], []]) {
    const { code, out, err } = await runProgram(["watch", "--help"], { flags, main: REAL_MAIN });
    assert.equal(code, 0);
    assert.match(out, /\[env: WATCHER_INTERVAL\]/);
    assert.match(err, /^The settings of agents are not shown: /);
  }
});
