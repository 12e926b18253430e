/**
 * Steps: all pods but the watcher's go, and what the run has shown is said.
 *
 * @module
 */
import { join } from "node:path";
import { watcherProcess } from "./deploy.ts";
import { figures, latencies, type Latency } from "./latency.ts";
import { names } from "./node_logs.ts";
import { checkSettled, type Scene } from "./scene.ts";
import { until } from "./until.ts";
import { WATCHER } from "./watcher_pod.ts";
import { CALM } from "./workload.ts";

/** Deletes everything, and checks that nothing owned stays behind. */
export async function checkRemoval(scene: Scene): Promise<void> {
  const { node, checks, places } = scene;
  Deno.removeSync(join(node.staticPods, "proxy.json"));
  const others = (await node.api.pods()).filter(({ metadata }) => metadata.name !== WATCHER.name);
  await Promise.all(
    others.map(({ metadata: { namespace, name } }) =>
      node.api.request(`/api/v1/namespaces/${namespace}/pods/${name}`, { method: "DELETE" })
    ),
  );
  await checks.works(
    "the kubelet removes the logs of deleted pods",
    () =>
      until("the logs to go", () => names(join(node.varLog, "pods")).filter((name) => !name.includes(WATCHER.name)), {
        timeoutMs: 90_000,
      }),
  );
  await checkSettled(scene, { sentence: "after deletion and grace period only the watcher's own pod is configured" });
  const live = new Set([...scene.reader.entries].filter(([, { goneMs }]) => goneMs === undefined).map(([id]) => id));
  const left = [places.scalyrLinks, places.symlinks, places.jobs].flatMap((folder) =>
    names(folder).filter((name) => !name.startsWith(".")).map((name) => join(folder, name))
  );
  checks.none(
    "no file, link or empty folder of a container that is gone stays behind",
    left.filter((path) => !live.has(/[0-9a-f]{64}/.exec(path)?.[0] ?? "")),
  );
  checks.none(
    "no temporary file stays behind",
    [places.scalyrLinks, places.symlinks, places.jobs, join(places.config, "..")].flatMap(names)
      .filter((name) => name.endsWith(".tmp")),
  );
}

/** Checks what the reader saw in all the time. */
export function checkReader({ reader, checks }: Scene): void {
  console.log(`       ${reader.looks} looks, ${reader.versions} versions of files read`);
  checks.none("nothing that lay on disk was ever half-written, and agent.json never went missing", reader.violations);
  const wrong = [...reader.seenTargets].filter(([, [id, target]]) => reader.logOf.get(id) !== target);
  checks.none("no link ever led to anything but its own container's log", wrong.map(([link]) => link));
}

/** Prints what memory the watcher's container takes. Nothing is asserted of it. */
export async function printMemory(scene: Scene): Promise<void> {
  const pid = await watcherProcess(scene);
  const groups = Deno.readTextFileSync(`/proc/${pid}/cgroup`);
  const group = join("/sys/fs/cgroup/memory", /:memory:(.*)$/m.exec(groups)?.[1] ?? "");
  const resident = Number(/^total_rss (\d+)$/m.exec(Deno.readTextFileSync(join(group, "memory.stat")))?.[1]);
  const most = Number(Deno.readTextFileSync(join(group, "memory.max_usage_in_bytes")));
  const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
  console.log(`memory of the watcher's container: resident ${mib(resident)}, at most ${mib(most)} with the page cache`);
}

/** Prints how long things took. Nothing is asserted of it. */
export function printFigures(scene: Scene, sinceMs: number): void {
  const times = latencies(scene.reader, { sinceMs, pauses: scene.pauses });
  const isCalm = ({ log }: Latency) => log.includes(`_${CALM}-`);
  print("pods one at a time", times.filter(isCalm));
  print("all others, most of them at once", times.filter((time) => !isCalm(time)));
}

function print(which: string, times: readonly Latency[]): void {
  console.log(`${which}:`);
  console.log(`  from "log file exists" to all three agents' files: ${figures(times.map((one) => one.fromLogMs))}`);
  console.log(`  from the kubelet's link, which tells the id: ${figures(times.map((one) => one.fromLinkMs))}`);
  for (const { log, fromLogMs, fromLinkMs } of times.toSorted((a, b) => b.fromLogMs - a.fromLogMs)) {
    console.log(`    ${String(fromLogMs).padStart(6)} ms ${String(fromLinkMs).padStart(6)} ms  ${log.slice(14)}`);
  }
}
