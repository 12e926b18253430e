/**
 * Runs the watcher in a pod of a real node and checks that its main job is done there.
 *
 * `REALNODE_KIT=<folder with up, down, pod, in-node> deno run -A tests/e2e/realnode/main.ts`. Needs root. Ends with `N passed, N failed`.
 *
 * @module
 */
import { join } from "node:path";
import { Checks } from "./checks.ts";
import { downNow, RealNode } from "./real_node.ts";
import { runScenario } from "./scenario.ts";
import { watcherLog } from "./scene.ts";

/** Folder of the kit that makes nodes. */
const KIT = Deno.env.get("REALNODE_KIT") ?? "";

/** Says why there can be no node here; undefined if there can. */
function whyNot(): string | undefined {
  if (KIT === "") return "the variable REALNODE_KIT does not name the folder of a kit that makes nodes";
  try {
    Deno.statSync(join(KIT, "up"));
  } catch {
    return `there is no ${join(KIT, "up")} (the variable REALNODE_KIT names the folder)`;
  }
  return Deno.uid() === 0 ? undefined : "a real node needs root";
}

async function run(checks: Checks): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "klw-node-" });
  const stop = (code: number) => () => {
    downNow(KIT, folder);
    Deno.exit(code);
  };
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    Deno.addSignalListener(signal, stop(code));
  }
  console.log(`Bringing up a node in ${folder}`);
  await using node = await RealNode.up(KIT, folder);
  await checks.works("the scenario runs to its end", () => runScenario(node, checks));
  if (checks.hasFailed) console.log(await watcherLog({ node }).catch((error) => `no log of the watcher: ${error}`));
}

if (import.meta.main) {
  const checks = new Checks();
  const reason = whyNot();
  if (reason !== undefined) checks.skip(reason);
  else await checks.works("a real node comes up and goes down", () => run(checks));
  console.log(checks.totals());
  Deno.exit(checks.hasFailed ? 1 : 0);
}
