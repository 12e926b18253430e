import assert from "node:assert/strict";
import { join } from "node:path";
import { StagingArea } from "../../lib/render/staging_area.ts";

Deno.test("copies of agents are swept when their process died, however far it had come, and stay while it lives", () => {
  const parent = Deno.makeTempDirSync();
  const names = () => [...Deno.readDirSync(parent)].map(({ name }) => name).sort();
  const abandoned = ["just-made", "half-removed"].map((name) => `kube-log-watcher-agents-${name}`);
  for (const name of [...abandoned, "another-program"]) {
    Deno.mkdirSync(join(parent, name, "1-agent"), { recursive: true });
  }
  Deno.writeTextFileSync(join(parent, abandoned[1]!, "1-agent/context.ts"), "");
  Deno.removeSync(join(parent, abandoned[0]!, "1-agent"));
  const first = StagingArea.open(parent);
  const second = StagingArea.open(parent);
  const base = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  assert.deepEqual(names(), ["another-program", base(first.path), base(second.path)].sort());
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  assert.deepEqual(names(), ["another-program"]);
  Deno.removeSync(parent, { recursive: true });
});
