/**
 * Steps: the watcher ends and comes back.
 *
 * @module
 */
import { join } from "node:path";
import { watcherProcess } from "./deploy.ts";
import { recordDifferences } from "./difference.ts";
import { type RecordedRequest, recordedRequests } from "./audit.ts";
import { checkSettled, type Scene, watcherStatus, wrongNow } from "./scene.ts";
import { until } from "./until.ts";
import { WATCHER } from "./watcher_pod.ts";
import { pod, RESTLESS } from "./workload.ts";
import { leaves, readWritten } from "./written.ts";

/** Ends the watcher as a node's kubelet does, and checks that it ends well and changes nothing when it comes back. */
export async function checkTermination(scene: Scene): Promise<void> {
  // What the steps before have changed is on disk for each agent at its own time.
  await until("the right state on disk", () => wrongNow(scene));
  const before = steadyState(scene);
  await restart(scene, "SIGTERM");
  const { lastState } = await watcherStatus(scene);
  scene.checks.same("SIGTERM ends the watcher with exit code 0", lastState?.terminated?.exitCode, 0);
  await checkSettled(scene, { sentence: "after SIGTERM and a new start the disk is right again" });
  scene.checks.none(
    "the new start touches no file, link or entry of a container that did not change",
    recordDifferences(steadyState(scene), before),
  );
}

/** Kills the watcher, changes pods while it is away, and checks that it catches up. */
export async function checkKill(scene: Scene): Promise<void> {
  // What the steps before have changed is on disk for each agent at its own time.
  await until("the right state on disk", () => wrongNow(scene));
  const before = steadyState(scene);
  await restart(scene, "SIGKILL", async () => {
    await scene.node.apply(pod("late", { labels: { application: "late", version: "1" } }));
    await scene.node.api.request("/api/v1/namespaces/shop/pods/silent", { method: "DELETE" });
  });
  await checkSettled(scene, { sentence: "after SIGKILL it catches up with what happened meanwhile" });
  const ids = new Set(Object.keys(readWritten(scene.places).entries));
  const lasting = Object.fromEntries(Object.entries(before).filter(([key]) => ids.has(idIn(key))));
  const after = Object.fromEntries(Object.entries(steadyState(scene)).filter(([key]) => key in lasting));
  scene.checks.none("and touches nothing of a container that did not change", recordDifferences(after, lasting));
}

/** Checks that each start of the watcher made one list and one watch, of this node's pods, and no other request ever. */
export function checkRequests({ node, checks }: Scene, starts: number): void {
  const requests = recordedRequests(node.auditLog);
  const own = encodeURIComponent(`spec.nodeName=${node.name}`);
  const isOwn = ({ uri }: RecordedRequest) => uri.startsWith("/api/v1/pods?") && uri.includes(`fieldSelector=${own}`);
  const count = (verb: string) => requests.filter((one) => one.verb === verb && isOwn(one)).length;
  const lines = requests.map(({ verb, uri }) => `${verb} ${uri}`);
  console.log(`       requests of the watcher in ${starts} starts:\n         ${lines.join("\n         ")}`);
  checks.same(`the API got one list and one watch per start of the watcher (${starts} starts) and nothing else`, {
    list: count("list"),
    watch: count("watch"),
    all: requests.length,
  }, { list: starts, watch: starts, all: 2 * starts });
  const fresh = requests.filter(({ verb, uri }) => verb === "list" && !uri.includes("resourceVersion=0"));
  checks.same("each list is served from the API server's cache (resourceVersion=0)", fresh, []);
}

/** Sends a signal and waits for the container's next run. */
export async function restart(
  scene: Scene,
  signal: "SIGTERM" | "SIGKILL",
  meanwhile?: () => Promise<void>,
): Promise<void> {
  const { restartCount } = await watcherStatus(scene);
  const startMs = Date.now();
  Deno.kill(await watcherProcess(scene), signal);
  await meanwhile?.();
  await scene.checks.works(
    `after ${signal} the watcher's container is started again`,
    () =>
      until("the next run", async () => {
        const status = await watcherStatus(scene);
        return status.restartCount > restartCount && status.state?.running ? "" : JSON.stringify(status);
      }),
  );
  await scene.checks.works(`after ${signal} the new run configures its own log, too`, () =>
    until("its entry", () => {
      const log = [...scene.reader.logOf].find(([, path]) =>
        path.includes(`_${WATCHER.name}_`) && path.endsWith(`/watcher/${restartCount + 1}.log`)
      );
      return log && scene.reader.entries.has(log[0]) ? "" : "it has none";
    }));
  scene.pauses.push([startMs, Date.now()]);
}

/**
 * Tells what must not change when nothing happens: each file and link with its inode and time, each entry of agent.json. What restarts
 * by itself is left out: the watcher's own pod and the crashing one.
 */
function steadyState(scene: Scene): Record<string, unknown> {
  const { places, reader } = scene;
  const isRestless = (id: string) => {
    const log = reader.logOf.get(id) ?? "";
    return log.includes(`_${WATCHER.name}_`) || log.includes(`_${RESTLESS}_`);
  };
  const paths = [places.scalyrLinks, places.jobs, places.symlinks].flatMap(leaves);
  const files = paths.map((path) => {
    const { ino, mtime, birthtime } = Deno.lstatSync(path);
    return [path, [ino, mtime, birthtime]] as const;
  });
  const entries = Object.entries(readWritten(places).entries).map(([id, entry]) => [join("entry", id), entry] as const);
  return Object.fromEntries([...files, ...entries].filter(([key]) => !isRestless(idIn(key))));
}

/** Finds the container id in a path. */
function idIn(path: string): string {
  return /[0-9a-f]{64}/.exec(path)?.[0] ?? "";
}
