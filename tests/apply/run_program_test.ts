import assert from "node:assert/strict";
import { join } from "node:path";
import { TemporaryFolder } from "./temporary_folder.ts";
import { ProgramError, runProgram } from "../../lib/apply/run_program.ts";

/** Runs a shell script as a program, in a folder. */
async function run(
  folder: string,
  script: string,
  change: { timeoutMs?: number; signal?: AbortSignal; args?: string[] } = {},
) {
  const program = join(folder, "program");
  await Deno.writeTextFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const options = { args: [], folder, searchPath: "/usr/bin:/bin", timeoutMs: 60_000, ...change };
  return await runProgram(program, options);
}

/** Waits until a process is gone, or dead and waiting for its parent. */
async function gone(pid: number) {
  for (;;) {
    try {
      if (/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`))) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("a program is run with its arguments, and its exit code and outputs come back", async () => {
  using folder = new TemporaryFolder();
  const result = await run(folder.path, 'echo "$1|$2"; echo bad >&2; exit 3', { args: ["a b", "$HOME"] });
  assert.deepEqual(result, {
    kind: "ended",
    code: 3,
    signal: null,
    stdout: "a b|$HOME\n",
    stderr: "bad\n",
    isLeft: false,
  });
});

Deno.test("a program sees a search path and nothing else of the watcher's environment", async () => {
  using folder = new TemporaryFolder();
  Deno.env.set("WATCHER_SECRET", "s3cret");
  const result = await run(folder.path, "/usr/bin/env").finally(() => Deno.env.delete("WATCHER_SECRET"));
  assert.equal(result.kind, "ended");
  assert.match(result.kind === "ended" ? result.stdout : "", /^PATH=\/usr\/bin:\/bin$/m);
  assert.doesNotMatch(JSON.stringify(result), /s3cret|HOME=/);
});

Deno.test("a program that floods is not waited for by its output, and little of it is kept", async () => {
  using folder = new TemporaryFolder();
  const result = await run(folder.path, "head -c 5000000 /dev/zero | tr '\\0' x; exit 1");
  assert.ok(result.kind === "ended");
  assert.equal(result.code, 1);
  assert.equal(result.stdout.length, 16 * 1024);
});

Deno.test("a program that hangs is ended with all that it started", async () => {
  using folder = new TemporaryFolder();
  const result = await run(folder.path, "sleep 1000 & echo $! > child.tmp; mv child.tmp child; wait", {
    timeoutMs: 3_000,
  });
  assert.deepEqual(result, { kind: "timeout" });
  await gone(Number(await Deno.readTextFile(join(folder.path, "child"))));
});

Deno.test("what a program leaves running in its group is ended", async () => {
  using folder = new TemporaryFolder();
  const result = await run(folder.path, "sleep 1000 & echo $! > child; exit 0");
  assert.ok(result.kind === "ended" && result.code === 0);
  await gone(Number(await Deno.readTextFile(join(folder.path, "child"))));
});

Deno.test("a program is ended when nobody wants it any more", async () => {
  using folder = new TemporaryFolder();
  const stop = new AbortController();
  const running = run(folder.path, "exec sleep 1000", { signal: stop.signal });
  setTimeout(() => stop.abort(), 300);
  assert.deepEqual(await running, { kind: "aborted" });
});

Deno.test("a file that is no program cannot be run", async () => {
  using folder = new TemporaryFolder();
  await Deno.writeTextFile(join(folder.path, "x"), "exit 0", { mode: 0o644 });
  const options = { args: [], folder: folder.path, searchPath: "", timeoutMs: 60_000 };
  await assert.rejects(runProgram(join(folder.path, "x"), options), ProgramError);
  await assert.rejects(runProgram(join(folder.path, "none"), options), ProgramError);
});
