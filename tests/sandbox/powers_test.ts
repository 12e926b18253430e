import assert from "node:assert/strict";
import { openArena, testAttempts } from "./arena.ts";

const got = (code: string) => `return { got: String(${code}) };`;
const RUN = /Requires run access.*, which the sandbox does not give/;

// Processes, native code, more rights
testAttempts([
  { cannot: "run a program", context: got(`new Deno.Command("/bin/true").outputSync()`), says: RUN },
  {
    cannot: "run Deno",
    context: got(`new Deno.Command(Deno.execPath(), { args: ["eval", "-A", "1"] }).outputSync()`),
    says: RUN,
  },
  {
    cannot: "run a program by node:child_process",
    top: `import { execFileSync } from "node:child_process"; execFileSync("/bin/true");`,
    says: /Requires (run|env) access/,
  },
  {
    cannot: "start a program by node:child_process with an environment of its own",
    top:
      `import { spawnSync } from "node:child_process"; const { error } = spawnSync("/bin/true", [], { env: {} }); if (error) throw error;`,
    says: /Requires (run|env) access/,
  },
  { cannot: "kill the host", context: got(`Deno.kill(Deno.ppid, "SIGKILL")`), says: RUN },
  { cannot: "kill the host by process.kill", context: got(`process.kill(process.ppid, "SIGKILL")`), says: RUN },
  { cannot: "learn whether a process runs", context: got(`process.kill(1, 0)`), says: RUN },
  {
    cannot: "load native code",
    context: got(`Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {})`),
    says: /Requires ffi access to ".*", which/,
  },
  {
    cannot: "load a native module of Node",
    context: got(`process.dlopen({ exports: {} }, "/tmp/native.node")`),
    says: /Requires ffi access/,
  },
  {
    cannot: "load an extension into a database",
    top:
      `import { DatabaseSync } from "node:sqlite"; new DatabaseSync(":memory:", { allowExtension: true }).loadExtension("/tmp/native.so");`,
    says: /Requires ffi access|extension|not authorized/i,
  },
  {
    cannot: "start a thread that may read",
    context: got(`new Worker("data:text/javascript,", { type: "module", deno: { permissions: { read: true } } })`),
    says: /Can't escalate parent thread permissions/,
  },
  {
    cannot: "start a thread that may use the network",
    context: got(`new Worker("data:text/javascript,", { type: "module", deno: { permissions: { net: true } } })`),
    says: /Can't escalate parent thread permissions/,
  },
  {
    cannot: "give a thread what it has not itself by inheritance",
    top: `const got = await new Promise((resolve, reject) => {
      const code = 'try { postMessage(Deno.readTextFileSync("OUTSIDE/secret.txt")) } catch (error) { postMessage(error) }';
      const thread = new Worker("data:text/javascript," + encodeURIComponent(code), { type: "module", deno: { permissions: "inherit" } });
      thread.onmessage = ({ data }) => data instanceof Error ? reject(data) : resolve(data);
    });`,
    says: /Requires read access to "OUTSIDE\/secret\.txt"/,
  },
  {
    cannot: "be granted more by asking",
    context: `const { state } = Deno.permissions.requestSync({ name: "read" }); throw new Error("read is " + state);`,
    says: /read is (denied|prompt) \(context\.ts:\d+:\d+\)$/,
  },
]);

Deno.test("flags that a hostile agent sets for V8 write nothing and lift no limit", async () => {
  await using arena = await openArena({ memoryBytes: 160 * 2 ** 20 });
  const flags = ["--log-all", "--logfile=OUTSIDE/made.log", "--prof", "--perf-basic-prof", "--max-old-space-size=8000"];
  const { said } = await arena.run({
    top: `import v8 from "node:v8";
    for (const flag of ${JSON.stringify(flags).replaceAll("OUTSIDE", arena.outside)}) v8.setFlagsFromString(flag);
    await new Promise((resolve) => { new Worker("data:text/javascript,postMessage(1)", { type: "module" }).onmessage = resolve; });`,
    context: `const all = []; for (;;) all.push(new Array(10_000).fill(all.length));`,
  });
  assert.match(said, /^Agent hostile used more than 160 MiB of memory, its process was ended$/);
  await arena.checkPeace();
});

Deno.test("one agent never sees another's settings, even when it declares the other's variable", async () => {
  await using arena = await openArena();
  const { said } = await arena.run({
    settings: `key: { env: "WATCHER_NEIGHBOUR_KEY", type: "string", help: "Another's", secret: true },`,
  });
  assert.match(
    said,
    /^Agent hostile .*settings\.key has env WATCHER_NEIGHBOUR_KEY, which is not the agent's own: it must start with WATCHER_HOSTILE_/,
  );
  await arena.checkPeace();
});

Deno.test("what an agent sees of settings are its own", async () => {
  await using arena = await openArena();
  const { rendering } = await arena.run({ context: `return { got: JSON.stringify(scope) };` });
  const [file] = rendering!.wanted;
  assert.ok(file?.kind === "file");
  assert.deepEqual(JSON.parse(file.contents).settings, { dest: arena.dest });
  await arena.checkPeace();
});
