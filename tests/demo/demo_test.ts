import assert from "node:assert/strict";
import { STORY } from "../../lib/demo/story.ts";
import { programCommand, REAL_MAIN } from "../cli/program.ts";

/** Starts the demo with a folder of its own for what it makes. */
async function startDemo(args: readonly string[] = []) {
  await using resources = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir();
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  const env = { TMPDIR: folder, WATCHER_AGENTS: "not-the-demo's", WATCHER_INTERVAL: "not-the-demo's" };
  const process = programCommand(["demo", ...args], { main: REAL_MAIN, env }).spawn();
  const owned = resources.move();
  return { process, folder, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

Deno.test("the demo's promises all come true, it ends by itself and leaves nothing behind", async () => {
  await using demo = await startDemo();
  const { code, stdout, stderr } = await demo.process.output();
  const out = new TextDecoder().decode(stdout);
  assert.equal(code, 0, out + new TextDecoder().decode(stderr));
  assert.equal(out.match(/^ {8}✓ /gm)?.length, STORY.length + 1, out);
  assert.doesNotMatch(out, /✗|demo-key/);
  assert.ok(!out.includes("\x1b"), "no colours where there is no terminal");
  assert.deepEqual([...Deno.readDirSync(demo.folder)], []);
});

Deno.test("a demo that is stopped ends at once, is no failure, and leaves nothing behind", async () => {
  await using demo = await startDemo(["--keep"]);
  const reader = demo.process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let out = "";
  while (!out.includes("✓")) {
    const { value, done } = await reader.read();
    assert.equal(done, false, out);
    out += value;
  }
  demo.process.kill("SIGINT");
  for (let { value, done } = await reader.read(); !done; { value, done } = await reader.read()) out += value;
  await demo.process.stderr.cancel();
  assert.equal((await demo.process.status).code, 0, out);
  assert.match(out, /The demo was stopped before its end\.\n$/);
  assert.deepEqual([...Deno.readDirSync(demo.folder)], []);
});
