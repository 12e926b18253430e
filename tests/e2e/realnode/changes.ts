/**
 * Steps: what happens to pods while the watcher runs.
 *
 * @module
 */
import { join } from "node:path";
import { names } from "./node_logs.ts";
import { readPod, type Scene, subjectsOf, watcherLog, wrongNow } from "./scene.ts";
import { pause, until } from "./until.ts";
import { GRACE_SECONDS } from "./watcher_pod.ts";
import { calmPods, LEAVER, MALFORMED, NOISY, PATCHED, RESTLESS, staticPod } from "./workload.ts";
import { readWritten } from "./written.ts";

const NAMESPACE = "shop";

/** Gives the kubelet a pod that the API did not ask for. */
export function startStaticPod({ node }: Scene): void {
  Deno.writeTextFileSync(join(node.staticPods, "proxy.json"), JSON.stringify(staticPod()));
}

/** Checks that a pod of the kubelet's own is known by its labels, although its folder bears another uid than the API's pod. */
export async function checkStaticPod(scene: Scene): Promise<void> {
  const [subject] = await subjectsOf(scene, `proxy-${scene.node.name}`);
  const pod = await readPod(scene, { namespace: "default", name: `proxy-${scene.node.name}` });
  const entry = entryOf(scene, subject?.id);
  scene.checks.none("the static pod's log has its labels, and its folder another uid than the API's pod", [
    ...(entry?.attributes?.application === "proxy" ? [] : [`entry: ${JSON.stringify(entry)}`]),
    ...(pod?.metadata.uid !== subject?.log.podUid ? [] : ["the uids are the same: nothing was shown"]),
  ]);
}

/** Checks that an unusable annotation costs its own container its own setting, and is said once. */
export async function checkMalformed(scene: Scene): Promise<void> {
  const [subject] = await subjectsOf(scene, MALFORMED);
  const entry = entryOf(scene, subject?.id);
  scene.checks.same("a malformed annotation leaves its container with the default parser", [
    entry?.attributes?.application,
    entry?.attributes?.parser,
  ], ["malformed", undefined]);
  const lines = (await watcherLog(scene)).split("\n")
    .filter((line) => line.includes(MALFORMED) && line.includes("scalyr-parser"));
  scene.checks.same("the watcher's log names the pod and the annotation once", lines.length, 1);
}

/** Starts pods one at a time, each when the one before is configured: the figures of a node that is not busy come from them. */
export async function checkCalmPods(scene: Scene): Promise<void> {
  await scene.checks.works("pods that come one at a time are configured one at a time", async () => {
    for (const one of calmPods()) {
      await scene.node.apply(one);
      await until(`the entry of ${one.metadata.name}`, () => {
        const [id] = [...scene.reader.logOf].find(([, log]) => log.includes(`_${one.metadata.name}_`)) ?? [""];
        return scene.reader.entries.has(id) ? "" : "not there yet";
      }, { timeoutMs: 20_000 });
      await pause(500);
    }
  });
}

/** Changes annotations, then labels, and checks that both arrive. */
export async function checkPatches(scene: Scene): Promise<void> {
  const parser = JSON.stringify([{ container: "app", parser: "patched-parser" }]);
  const annotations = { "kubernetes-log-watcher/scalyr-parser": parser };
  await patch(
    scene,
    { what: "annotation", metadata: { annotations } },
    ({ entry }) => entry?.attributes?.parser === "patched-parser",
  );
  const labels = { application: "renamed", version: "2.10", component: "new" };
  await patch(
    scene,
    { what: "label", metadata: { labels } },
    ({ entry, links, job }) =>
      entry?.attributes?.application === "renamed" && links.some((path) => path.endsWith("/renamed-2.10.log")) &&
      job?.fields?.application_version === "2.10",
  );
  await patch(scene, {
    what: "removed annotation",
    metadata: { annotations: { "kubernetes-log-watcher/scalyr-parser": null } },
  }, ({ entry }) => entry?.attributes?.parser === undefined);
}

interface Patch {
  readonly what: string;
  readonly metadata: unknown;
}

interface Seen {
  // deno-lint-ignore no-explicit-any -- whatever lies on disk
  readonly entry: any;
  // deno-lint-ignore no-explicit-any -- whatever lies on disk
  readonly job: any;
  readonly links: readonly string[];
}

async function patch(scene: Scene, { what, metadata }: Patch, hasArrived: (seen: Seen) => boolean): Promise<void> {
  const [subject] = await subjectsOf(scene, PATCHED);
  const id = subject?.id ?? "";
  const start = performance.now();
  await scene.node.api.patchPod({ namespace: NAMESPACE, name: PATCHED }, { metadata });
  const isThere = await scene.checks.works(`a patched pod's ${what} arrives on disk`, () =>
    until(`the ${what}`, () => {
      const { entries, jobs, scalyrLinks } = readWritten(scene.places);
      const links = Object.keys(scalyrLinks).filter((path) => path.startsWith(id));
      return hasArrived({ entry: entries[id], job: jobs[`container-${id}-jobfile.job`], links }) ? "" : "not there yet";
    }, { timeoutMs: 20_000, everyMs: 5 }));
  if (isThere) console.log(`       from the patch to the disk: ${Math.round(performance.now() - start)} ms`);
}

/** Waits for the kubelet to rotate a log, and checks that nothing of it shows. */
export async function checkRotation(scene: Scene): Promise<void> {
  const { checks, node } = scene;
  const [subject] = await subjectsOf(scene, NOISY);
  const before = entryOf(scene, subject?.id);
  const folder = join(node.varLog, (subject?.log.path ?? "").replace("/var/log/", ""), "..");
  await checks.works(
    "the kubelet rotates a log",
    () =>
      until("a rotated log", () => names(folder).some((name) => /^0\.log\.\d+/.test(name)) ? "" : names(folder), {
        timeoutMs: 40_000,
      }),
  );
  await pause(500); // what must not happen has this long to happen
  checks.same("a rotated log stays one entry with the same path", entryOf(scene, subject?.id), before);
  const seen = [...scene.reader.seenTargets.values()].map(([, target]) => target);
  checks.same("no link ever leads to a rotated file", seen.filter((target) => !/\/\d+\.log$/.test(target)), []);
}

/** Deletes a pod that logs, and checks that its log stays configured for the grace period after it vanished, and then goes. */
export async function checkDeletion(scene: Scene): Promise<void> {
  const { checks, node, reader } = scene;
  const [subject] = await subjectsOf(scene, LEAVER);
  const { id = "", log } = subject ?? {};
  await node.api.request(`/api/v1/namespaces/${NAMESPACE}/pods/${LEAVER}`, { method: "DELETE" });
  await checks.works(
    "a pod that is deleted while it logs leaves the configuration",
    () => until("its removal", () => reader.entries.get(id)?.goneMs ? "" : "its entry is still there"),
  );
  const configuredMs = (reader.entries.get(id)?.goneMs ?? 0) - (reader.logs.get(log?.path ?? "")?.goneMs ?? 0);
  checks.none(
    `not before its log is gone and the grace period of ${GRACE_SECONDS} s is over`, //
    configuredMs >= GRACE_SECONDS * 1000 - 100 ? [] : [`after ${configuredMs} ms`],
  );
  console.log(`       from the log's end to the entry's: ${configuredMs} ms`);
}

/** Checks that every run of a container that crashes had its entry, if its log could be seen. */
export async function checkCrashes(scene: Scene): Promise<void> {
  const logs = [...scene.reader.logOf].filter(([, log]) => log.includes(`/${NAMESPACE}_${RESTLESS}_`));
  await scene.checks.works(
    "each run of a crash-looping container is configured by itself",
    () =>
      until("its entries", () => {
        const missing = logs.filter(([id]) => !scene.reader.entries.has(id)).map(([, log]) => log);
        return logs.length < 3 ? `only ${logs.length} runs were seen` : missing;
      }, { timeoutMs: 5_000 }),
  );
}

/** Checks that the shipper's container can read what it is told to read. */
export async function checkShipper(scene: Scene): Promise<void> {
  const path = join(scene.node.folder, "host/var/lib/scalyr-agent/report");
  await scene.checks.works(
    "the shipper's container reads every configured log through its link",
    () =>
      until("the shipper to read all", async () => {
        const lines = Deno.readTextFileSync(path).trim().split("\n");
        const paths = Object.values(readWritten(scene.places).entries).map((entry) => (entry as { path: string }).path);
        const unread = paths.filter((one) => !lines.includes(`readable ${one}`));
        return [...unread, ...await wrongNow(scene)];
      }, { timeoutMs: 20_000, everyMs: 500 }),
  );
}

function entryOf({ places }: Scene, id: string | undefined) {
  // deno-lint-ignore no-explicit-any -- whatever lies on disk
  return readWritten(places).entries[id ?? ""] as any;
}
