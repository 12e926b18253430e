/**
 * Profiles a first sync of the program, instead of measuring it, and says where the time went.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { permissionFlags } from "../lib/cli/permissions.ts";
import { freePort } from "../tests/faults/metrics_scrape.ts";
import type { BenchOptions } from "./bench_options.ts";
import { BenchNode } from "./bench_node.ts";
import { untilComplete } from "./completion.ts";
import { type CpuProfile, Inspector } from "./inspector.ts";
import { fileTimes, selfTimes, type Spent } from "./profile_summary.ts";

const ROOT = new URL("../", import.meta.url).href;
const SHOWN = 25;

/** Profiles each node that the options name. Writes a `.cpuprofile` and a `.heapsnapshot` for DevTools, and lists the dearest functions and files. */
export async function profile({ sizes, layouts }: BenchOptions, { folder, onLine }: {
  folder: string;
  onLine: (text: string) => void;
}): Promise<void> {
  Deno.mkdirSync(folder, { recursive: true });
  for (const containers of sizes) {
    for (const layout of layouts) {
      await using node = await BenchNode.open({ containers, layout });
      const { cpu, heap } = await profileOf(node);
      const path = join(folder, `${containers}-${layout}`);
      Deno.writeTextFileSync(`${path}.cpuprofile`, JSON.stringify(cpu));
      Deno.writeTextFileSync(`${path}.heapsnapshot`, heap);
      onLine(`${node.name}: ${path}.cpuprofile, ${path}.heapsnapshot`);
      onLine(`ms in each function itself\n${lines(selfTimes(cpu))}`);
      onLine(`ms in each file and what it calls, below ${fileURLToPath(ROOT)}\n${lines(fileTimes(cpu, ROOT))}`);
    }
  }
}

async function profileOf(node: BenchNode): Promise<{ cpu: CpuProfile; heap: string }> {
  const port = freePort();
  const flags = [...permissionFlags(Deno.execPath()), `--inspect-wait=127.0.0.1:${port}`];
  await using watcher = node.watch({ flags });
  await using inspector = await Inspector.open(port);
  await inspector.startProfile();
  await untilComplete(node, { containers: node.subject.containers, watcher });
  return { cpu: await inspector.endProfile(), heap: await inspector.heapSnapshot() };
}

function lines(spent: readonly Spent[]): string {
  return spent.slice(0, SHOWN).map(({ name, selfMs }) => `${selfMs.toFixed(0).padStart(8)}  ${name}`).join("\n");
}
