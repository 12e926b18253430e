import assert from "node:assert/strict";
import type { Container } from "../../lib/discover/container.ts";
import { findProblems } from "../../lib/events/find_problems.ts";
import { HintReader } from "../../lib/hints/hint_reader.ts";
import { join } from "../../lib/join/join.ts";
import type { Pod } from "../../lib/pods/pod.ts";
import { PodStore } from "../../lib/pods/pod_store.ts";
import type { Rendering } from "../../lib/render/rendered.ts";

function pod(
  uid: string,
  { annotations = {}, configHash }: Partial<Pick<Pod, "annotations" | "configHash">> = {},
): Pod {
  const containers = ["app", "db"].map((name) => ({ name, kind: "container", image: "i", ids: new Map() } as const));
  return { uid, name: `pod-${uid}`, namespace: "shop", labels: {}, annotations, containers, configHash };
}

function container(name: string, { podUid, podName }: { podUid: string; podName: string }): Container {
  return {
    key: `${podUid}/${name}/0`,
    layout: "cri",
    id: name.padEnd(64, "0"),
    containerName: name,
    restart: 0,
    podName,
    namespace: "shop",
    podUid,
    logPath: `/var/log/pods/shop_${podName}_${podUid}/${name}/0.log`,
    logFormat: "cri",
    image: undefined,
  };
}

/** Finds what is wrong with one pod of two containers; its folder bears its uid, or the one given. */
function find(one: Pod, { folderUid = one.uid, isRetired = false, rendering = {} }: {
  folderUid?: string;
  isRetired?: boolean;
  rendering?: Partial<Rendering & { isUnfinished: boolean }>;
} = {}) {
  const store = new PodStore();
  store.replaceAll([one]);
  if (isRetired) store.retire(one);
  const containers = ["app", "db"].map((name) => container(name, { podUid: folderUid, podName: one.name }));
  const joined = join({
    discovery: { containers, notFollowed: [], isComplete: true },
    pods: store,
    memory: new Map(),
    rules: { requiredLabels: [] },
    hints: new HintReader({ agents: ["scalyr"] }),
    clusterEnvironment: "production",
    nowMs: 0,
    waitMs: 0,
    graceMs: 0,
  });
  const whole = { wanted: [], refused: [], warnings: [], unexpressed: [], ...rendering };
  const agents = [{ agent: "scalyr", rendered: { targets: joined.targets, rendering: whole } }, {
    agent: "late",
    rendered: undefined,
  }];
  return findProblems({ joined, agents, pods: store, isRetired: (uid) => store.isRetired(uid) });
}

Deno.test("malformed and misspelt annotations of a pod are found, each once with the containers that it is so for", () => {
  const annotations = {
    "kubernetes-log-watcher/exclude": "perhaps",
    "kubernetes-log-watcher/exclude.db": "never",
    "kubernetes-log-watcher/sampling_rules": "[]",
  };
  const found = find(pod("u1", { annotations }));
  assert.deepEqual(
    found.map(({ text, containers }) => [/annotation kubernetes-log-watcher\/\S+/i.exec(text)![0], containers]),
    [
      ["Annotation kubernetes-log-watcher/sampling_rules", ["app", "db"]],
      ["Annotation kubernetes-log-watcher/exclude", ["app", "db"]],
      ["Annotation kubernetes-log-watcher/exclude.db", ["db"]],
    ],
  );
  assert.ok(found.every(({ reason, pod }) => reason === "LogAnnotationInvalid" && pod.uid === "u1"));
});

Deno.test("what an agent cannot use and what it refuses is found, with the agent", () => {
  const id = "app".padEnd(64, "0");
  const found = find(pod("u1"), {
    rendering: {
      warnings: [{ targetId: id, subject: "annotation x", expected: "a list" }],
      refused: [
        { targetId: id, reason: "Agent scalyr cannot render it: no" },
        { targetId: "unknown", reason: "of a container that is gone" },
      ],
    },
  });
  assert.deepEqual(found.map(({ reason, text, containers }) => [reason, text, ...containers]), [
    [
      "LogAnnotationInvalid",
      "Agent scalyr cannot use annotation x as it is: its default is taken, or the faulty part left out; expected: a list",
      "app",
    ],
    ["LogConfigurationRefused", "Agent scalyr cannot render it: no", "app"],
  ]);
});

Deno.test("nobody is told that a container is not checked yet because the search for the one to blame is not over", () => {
  const refused = [{ targetId: "app".padEnd(64, "0"), reason: "It is not checked yet" }];
  assert.equal(find(pod("u1"), { rendering: { refused, isUnfinished: true } }).length, 0);
  assert.equal(find(pod("u1"), { rendering: { refused } }).length, 1);
});

Deno.test("a mistake of a static pod is told of its mirror, by the uid that the API knows", () => {
  const annotations = { "kubernetes-log-watcher/exclude": "perhaps" };
  const mirror = pod("uid-of-mirror", { annotations, configHash: "hash" });
  assert.deepEqual(find(mirror, { folderUid: "hash" }).map(({ pod: { uid } }) => uid), ["uid-of-mirror"]);
});

Deno.test("nothing is told of a pod that the API has deleted, nor of annotations that are right", () => {
  const annotations = { "kubernetes-log-watcher/exclude": "perhaps" };
  assert.equal(find(pod("u1", { annotations }), { isRetired: true }).length, 0);
  assert.equal(find(pod("u1", { annotations: { "kubernetes-log-watcher/exclude": "true" } })).length, 0);
});
