import assert from "node:assert/strict";
import { join } from "node:path";
import { SAMPLE_IDS, Scene } from "./scene.ts";

const ALL = "scalyr,appdynamics,symlinker";

/** Makes an agent folder that writes one file. */
async function makeAgent(scene: Scene, code: string): Promise<string> {
  const folder = join(scene.folder, "agents/lines");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "context.ts"), code);
  await Deno.writeTextFile(
    join(folder, "lines.txt.eta"),
    "<% for (const log of it.containers) { %>\n<%= log.path %>\n<% } %>\n",
  );
  return folder;
}

const GOOD = `export default {
  summary: "One line per log",
  settings: { dir: { env: "WATCHER_LINES_DIR", type: "directory", required: true, help: "Folder" } },
  outputs: { lines: { template: "lines.txt.eta", format: "text", each: "node", path: "{dir}/lines.txt" } },
  context: (target) => ({ path: target.log.path }),
};
`;

function countLines(path: string): number {
  try {
    return Deno.readTextFileSync(path).trimEnd().split("\n").length;
  } catch {
    return 0;
  }
}

Deno.test("an agent whose folder is broken at the start keeps no other from its work, and comes in once it is mended", async () => {
  await using scene = await Scene.open();
  const folder = await makeAgent(scene, "export default {");
  const output = join(scene.folder, "lines");
  const env = {
    WATCHER_AGENTS: `${ALL},lines`,
    WATCHER_AGENTS_PATH: join(scene.folder, "agents"),
    WATCHER_LINES_DIR: output,
  };
  await using watcher = await scene.watchUntilComplete(["--interval", "1"], { env });
  const told = await watcher.logged(/Agent lines .*tried again later, the others go on/);
  assert.equal(told.level, "error");
  await Deno.writeTextFile(join(folder, "context.ts"), GOOD);
  await watcher.until(
    "the mended agent writes its file",
    () => countLines(join(output, "lines.txt")) === SAMPLE_IDS.length,
  );
  assert.equal(watcher.said(/tried again later/).length, 1);
});

Deno.test("an agent whose output cannot be used keeps no other from its work, and comes in once it can", async () => {
  await using scene = await Scene.open();
  const blocked = join(scene.folder, "blocked");
  await Deno.writeTextFile(blocked, "a file where a folder should be");
  await makeAgent(scene, GOOD);
  const env = {
    WATCHER_AGENTS: `${ALL},lines`,
    WATCHER_AGENTS_PATH: join(scene.folder, "agents"),
    WATCHER_LINES_DIR: blocked,
  };
  await using watcher = await scene.watchUntilComplete(["--interval", "1"], { env });
  await watcher.logged(/blocked.*agent lines is tried again later/);
  await Deno.remove(blocked);
  await watcher.until("its file is there", () => countLines(join(blocked, "lines.txt")) === SAMPLE_IDS.length);
});

Deno.test("--once fails when one of several agents cannot be used, and the others have done their work", async () => {
  await using scene = await Scene.open();
  await makeAgent(scene, "throw new Error('no');");
  const env = { WATCHER_AGENTS: `${ALL},lines`, WATCHER_AGENTS_PATH: join(scene.folder, "agents") };
  await using watcher = scene.watch(["--once"], { env });
  assert.equal(await watcher.ended(), 1);
  assert.deepEqual(scene.outputs.complete(), SAMPLE_IDS);
});
