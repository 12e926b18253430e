import assert from "node:assert/strict";
import { join } from "node:path";
import { SAMPLE_IDS, Scene } from "./scene.ts";

const AGENT = `export default {
  summary: "A file as a whole, or a fragment beside the operator's own",
  settings: {
    fragment: { env: "WATCHER_PARTS_FRAGMENT", type: "boolean", default: false, help: "Whether to write a fragment" },
    whole: { env: "WATCHER_PARTS_WHOLE", type: "file", required: "!fragment", help: "The whole file" },
    part: { env: "WATCHER_PARTS_PART", type: "file", required: "fragment", help: "The fragment" },
  },
  outputs: {
    whole: { template: "logs.json.eta", format: "json", each: "node", path: "{whole}", list: "logs", onlyIf: "!fragment" },
    part: { template: "logs.json.eta", format: "json", each: "node", path: "{part}", list: "logs", onlyIf: "fragment" },
  },
  context: (target) => ({ path: target.log.path }),
};
`;

Deno.test("an output is there only under its condition, and goes when that does not hold any more", async () => {
  await using scene = await Scene.open();
  const folder = join(scene.folder, "agents/parts");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "context.ts"), AGENT);
  await Deno.writeTextFile(
    join(folder, "logs.json.eta"),
    '{"logs": <%= it.containers.map(({ path }) => path) %>}\n',
  );
  const whole = join(scene.folder, "parts/whole.json");
  const part = join(scene.folder, "parts/d/part.json");
  const run = async (env: Record<string, string>) => {
    await using watcher = scene.watch(["--once"], {
      env: { WATCHER_AGENTS: "parts", WATCHER_AGENTS_PATH: join(scene.folder, "agents"), ...env },
    });
    return { code: await watcher.ended(), lines: watcher.lines.map(({ message }) => message).join("\n") };
  };
  const logsIn = (path: string) => JSON.parse(Deno.readTextFileSync(path)).logs.length;

  assert.equal((await run({ WATCHER_PARTS_WHOLE: whole })).code, 0);
  assert.equal(logsIn(whole), SAMPLE_IDS.length);
  assert.equal(
    (await run({ WATCHER_PARTS_WHOLE: whole, WATCHER_PARTS_PART: part, WATCHER_PARTS_FRAGMENT: "true" })).code,
    0,
  );
  assert.equal(logsIn(part), SAMPLE_IDS.length);
  assert.throws(() => Deno.statSync(whole), Deno.errors.NotFound);

  // A place that is not used, and never was, need not be one that can be used.
  const elsewhere = join(scene.folder, "elsewhere");
  await Deno.writeTextFile(elsewhere, "");
  const env = { WATCHER_PARTS_WHOLE: join(elsewhere, "whole.json"), WATCHER_PARTS_PART: part };
  assert.equal((await run({ ...env, WATCHER_PARTS_FRAGMENT: "true" })).code, 0);
  assert.equal((await run({ WATCHER_PARTS_WHOLE: whole, WATCHER_PARTS_PART: part })).code, 0);
  assert.equal(logsIn(whole), SAMPLE_IDS.length);

  const missing = await run({ WATCHER_PARTS_WHOLE: whole, WATCHER_PARTS_FRAGMENT: "yes" });
  assert.equal(missing.code, 2);
  assert.match(
    missing.lines,
    /WATCHER_PARTS_PART is required by agent parts if WATCHER_PARTS_FRAGMENT is set and not set/,
  );
});
