/**
 * Recorded nodes that are large or hostile, as files that `preview --snapshot` takes.
 *
 * @module
 */
import { formatSnapshot } from "../../lib/cli/node_snapshot.ts";
import type { Container } from "../../lib/discover/container.ts";
import type { Pod } from "../../lib/pods/pod.ts";

/** What differs from a plain pod. */
export type PodTexts = Partial<Pick<Pod, "labels" | "annotations">>;

/** Writes a node with a container for each pod. @returns The file. */
export async function recordPods(pods: readonly PodTexts[]): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "klw-node-", suffix: ".json" });
  await Deno.writeTextFile(
    path,
    formatSnapshot({
      node: { name: "large-1", clusterId: "c", clusterEnvironment: "production", clusterAlias: "none" },
      discovery: { containers: pods.map((_, index) => container(index)), notFollowed: [], isComplete: true },
      pods: pods.map(pod),
      settings: {},
      rules: {},
    }),
  );
  return path;
}

function uidOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}

function container(index: number): Container {
  const [podUid, podName] = [uidOf(index), `web-${index}`];
  return {
    key: `${podUid}/app/0`,
    layout: "cri",
    id: String(index).padStart(64, "0"),
    containerName: "app",
    restart: 0,
    podName,
    namespace: `team-${index % 40}`,
    podUid,
    logPath: `/var/log/pods/team-${index % 40}_${podName}_${podUid}/app/0.log`,
    logFormat: "cri",
    image: undefined,
  };
}

function pod({ labels = {}, annotations = {} }: PodTexts, index: number): Pod {
  return {
    uid: uidOf(index),
    name: `web-${index}`,
    namespace: `team-${index % 40}`,
    labels,
    annotations,
    containers: [{ name: "app", kind: "container", image: "registry.example/web:1", ids: new Map() }],
    configHash: undefined,
  };
}
