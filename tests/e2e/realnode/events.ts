/**
 * Steps: pods with wrong annotations get no event until that is asked for, and then each its own.
 *
 * @module
 */
import type { KubeObject } from "./kube_api.ts";
import { readManifest } from "./manifest.ts";
import { restart } from "./restarts.ts";
import { readPod, type Scene } from "./scene.ts";
import { until } from "./until.ts";
import { MALFORMED } from "./workload.ts";

/** Checks both; afterwards the watcher runs with events. */
export async function checkEvents(scene: Scene): Promise<void> {
  const { node, checks } = scene;
  checks.same("without the setting no pod has got an event of the watcher", await messages(scene), []);
  await checks.works("the API server accepts the manifest with events", async () => {
    // As kubectl would: the DaemonSet's controller is missing here, so its pod is restarted below.
    for (const object of await readManifest(["scalyr"], ["--events"])) await node.api.apply(object);
  });
  await restart(scene, "SIGTERM");
  const pods: [string, { namespace: string; name: string }][] = [
    ["a pod", { namespace: "shop", name: MALFORMED }],
    ["a static pod, by its mirror", { namespace: "default", name: `proxy-${node.name}` }],
  ];
  for (const [what, pod] of pods) {
    const uid = (await readPod(scene, pod))?.metadata.uid;
    await checks.works(
      `with the account of manifest --events ${what} gets the event about its wrong annotation`,
      () =>
        until(`an event of ${pod.name}`, async () => {
          const found = (await events(scene)).filter(({ involvedObject }) => involvedObject.uid === uid);
          return found.length === 1 && isAsDescribed(found[0]!, node.name) ? "" : JSON.stringify(found);
        }),
    );
  }
  const before = await messages(scene);
  await node.api.patchPod({ namespace: "shop", name: MALFORMED }, {
    metadata: { annotations: { "kubernetes-log-watcher/multiline": "[" } },
  });
  await checks.works(
    "a new mistake gets a further event",
    () => until("a further event", async () => (await messages(scene)).length > before.length ? "" : "none yet"),
  );
  checks.same(
    "and what was told before is not told again",
    (await messages(scene)).filter((message) => before.includes(message)),
    before,
  );
  for (const message of await messages(scene)) console.log(`       ${message}`);
}

async function events({ node }: Scene): Promise<KubeObject[]> {
  const { items } = await node.api.get("/api/v1/events?fieldSelector=source%3Dkube-log-watcher");
  return items;
}

async function messages(scene: Scene): Promise<string[]> {
  return (await events(scene)).map(({ involvedObject, reason, message }) =>
    `${involvedObject.namespace}/${involvedObject.name}: ${reason}: ${message}`
  ).sort();
}

function isAsDescribed({ type, reason, message, source, involvedObject, count }: KubeObject, node: string): boolean {
  return type === "Warning" && reason === "LogAnnotationInvalid" && involvedObject.kind === "Pod" && count === 1 &&
    source.component === "kube-log-watcher" && source.host === node &&
    /^Container \S+: .*annotation kubernetes-log-watcher\/\S+ .*expected: /i.test(message);
}
