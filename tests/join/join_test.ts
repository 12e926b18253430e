import assert from "node:assert/strict";
import type { Container, Discovery } from "../../lib/discover/container.ts";
import { HintReader } from "../../lib/hints/hint_reader.ts";
import type { Pod, PodView } from "../../lib/pods/pod.ts";
import { join, type Joined, type JoinInput, type JoinMemory } from "../../lib/join/join.ts";
import { NO_HINTS } from "../../lib/join/log_target.ts";
import { targetsFor } from "../../lib/join/targets_for.ts";
import { memoryFromText, memoryToText } from "../../lib/join/join_memory_file.ts";

const UID = "0b5e2c52-6d2c-4b0e-9c35-0d9a4d1f7a11";
const OTHER_UID = "1c6f3d63-7e3d-4c1f-8d46-1e0b5e2f8b22";
const OTHER_ID = "b".repeat(64);
const ID = "a67ba03e1253cec07b5444fe84474699eb868defa0bbd9e39595d7d594eab443";

function container(change: Partial<Container> = {}): Container {
  const { podUid = UID, containerName = "app", restart = 0 } = change;
  return {
    key: `${podUid}/${containerName}/${restart}`,
    layout: "cri",
    id: ID,
    containerName,
    restart,
    podName: "web-1",
    namespace: "shop",
    podUid,
    logPath: `/var/log/pods/shop_web-1_${podUid}/${containerName}/${restart}.log`,
    logFormat: "cri",
    image: undefined,
    ...change,
  };
}

function pod(change: Partial<Pod> = {}): Pod {
  return {
    uid: UID,
    name: "web-1",
    namespace: "shop",
    labels: { application: "shop-web", version: "1.10" },
    annotations: {},
    containers: [{
      name: "app",
      kind: "container",
      image: "registry.example:5000/shop/web:1.10",
      ids: new Map([[0, ID]]),
    }],
    configHash: undefined,
    ...change,
  };
}

function view(...pods: Pod[]): PodView {
  return { hasSynced: true, find: (uid) => pods.find((one) => one.uid === uid || one.configHash === uid) };
}

function found(...containers: Container[]): Discovery {
  return { containers, notFollowed: [], isComplete: true };
}

/** One for all passes: what it gives stays the same object. */
const HINTS = new HintReader();
const NOTHING: JoinMemory = new Map();

function pass(change: Partial<JoinInput>): Joined {
  return join({
    discovery: found(container()),
    pods: view(pod()),
    memory: NOTHING,
    rules: { requiredLabels: [] },
    hints: HINTS,
    clusterEnvironment: "production",
    nowMs: 0,
    waitMs: 3000,
    graceMs: 300_000,
    ...change,
  });
}

Deno.test("a container whose pod is known becomes a target with the pod's labels", () => {
  const { targets, statuses } = pass({});
  assert.equal(targets.length, 1);
  const [target] = targets;
  assert.equal(target!.id, ID);
  assert.equal(target!.application, "shop-web");
  assert.equal(target!.version, "1.10");
  assert.equal(target!.environment, "production");
  assert.deepEqual([target!.container.image, target!.container.imageVersion], ["web", "1.10"]);
  assert.equal(target!.log.name, "0.log");
  assert.equal(statuses[0]!.state, "collected");
});

Deno.test("without a label application the pod's name takes its place", () => {
  const { targets } = pass({ pods: view(pod({ labels: {} })) });
  assert.equal(targets[0]!.application, "web-1");
});

Deno.test("a container whose pod is not known waits a bounded time, then is followed with its path's identity, then upgraded in place", () => {
  const first = pass({ pods: view() });
  assert.deepEqual([first.targets.length, first.statuses[0]!.state, first.nextDueMs], [0, "waiting", 3000]);
  const second = pass({ pods: view(), memory: first.memory, nowMs: 3000 });
  assert.equal(second.targets[0]!.pod.name, "web-1");
  assert.deepEqual(second.targets[0]!.pod.labels, {});
  const third = pass({ memory: second.memory, nowMs: 4000 });
  assert.equal(third.targets[0]!.application, "shop-web");
  assert.equal(third.targets[0]!.id, second.targets[0]!.id);
});

Deno.test("a pod that the API does not show any more strips nothing from its targets", () => {
  const first = pass({});
  const second = pass({ pods: view(), memory: first.memory, nowMs: 1000 });
  assert.equal(second.targets[0], first.targets[0]);
});

Deno.test("an unchanged container keeps its target object, a changed label makes a new one", () => {
  const first = pass({});
  const second = pass({ discovery: found(container()), pods: view(pod()), memory: first.memory });
  assert.equal(second.targets[0], first.targets[0]);
  const third = pass({ pods: view(pod({ labels: { application: "other" } })), memory: second.memory });
  assert.notEqual(third.targets[0], first.targets[0]);
});

Deno.test("a vanished log stays configured for the grace period and is then dropped and named", () => {
  const first = pass({});
  const second = pass({ discovery: found(), memory: first.memory, nowMs: 1000 });
  assert.equal(second.targets.length, 1);
  assert.equal(second.nextDueMs, 301_000);
  const third = pass({ discovery: found(), memory: second.memory, nowMs: 300_999 });
  assert.equal(third.targets.length, 1);
  const fourth = pass({ discovery: found(), memory: third.memory, nowMs: 301_000 });
  assert.equal(fourth.targets.length, 0);
  assert.equal(fourth.dropped[0]!.container.key, container().key);
});

Deno.test("a log that comes back within the grace period is as if it had never been gone", () => {
  const first = pass({});
  const gone = pass({ discovery: found(), memory: first.memory, nowMs: 1000 });
  const back = pass({ memory: gone.memory, nowMs: 2000 });
  const later = pass({ discovery: found(), memory: back.memory, nowMs: 301_500 });
  assert.equal(later.targets.length, 1);
});

Deno.test("an incomplete look at the disk proves no absence", () => {
  const first = pass({});
  const incomplete = { ...found(), isComplete: false };
  const second = pass({ discovery: incomplete, memory: first.memory, nowMs: 1000 });
  const third = pass({ discovery: incomplete, memory: second.memory, nowMs: 10_000_000 });
  assert.equal(third.targets[0], first.targets[0]);
});

Deno.test("an exclusion names all labels that are missing", () => {
  const { statuses } = pass({
    discovery: found(container()),
    pods: view(pod({ labels: {} })),
    rules: { requiredLabels: ["application", "version"] },
  });
  assert.match(statuses[0]!.reason, /^Labels application and version are missing on pod /);
});

Deno.test("a pod without a required label is excluded with the label and the rule as the reason, and only it", () => {
  const other = "7c9d8f6b-5555-4b0e-9c35-0d9a4d1f7a11";
  const { targets, statuses } = pass({
    discovery: found(container(), container({ podUid: other, podName: "bare" })),
    pods: view(pod(), pod({ uid: other, name: "bare", labels: { application: "x" } })),
    rules: { requiredLabels: ["application", "version"] },
  });
  assert.deepEqual(targets.map((target) => target.pod.uid), [UID]);
  const excluded = statuses.find((status) => status.state === "excluded");
  assert.match(
    excluded!.reason,
    /Label version is missing on pod shop\/bare .*WATCHER_STRICT_LABELS=application,version/,
  );
});

Deno.test("a label that appears lifts the exclusion", () => {
  const rules = { requiredLabels: ["team"] };
  const first = pass({ rules });
  assert.equal(first.targets.length, 0);
  const second = pass({ rules, memory: first.memory, pods: view(pod({ labels: { team: "a" } })) });
  assert.equal(second.targets.length, 1);
});

Deno.test("a container without a known id gets one that depends on pod uid, container and restart alone, and keeps it", () => {
  const noId = container({ id: undefined });
  const noIdPod = view(pod({ containers: [] }));
  const first = pass({ discovery: found(noId), pods: noIdPod });
  assert.equal(first.statuses[0]!.state, "waiting");
  const second = pass({ discovery: found(noId), pods: noIdPod, memory: first.memory, nowMs: 3000 });
  const made = second.targets[0]!.id;
  assert.match(made, /^[0-9a-f]{64}$/);
  const again = pass({ discovery: found(noId), pods: noIdPod, nowMs: 3000, waitMs: 0 });
  assert.equal(again.targets[0]!.id, made);
  const learned = pass({ discovery: found(container()), memory: second.memory, nowMs: 4000 });
  assert.equal(learned.targets[0]!.id, made);
});

Deno.test("a container's id is taken from the pod's status where no link tells it", () => {
  const { targets } = pass({ discovery: found(container({ id: undefined })) });
  assert.equal(targets[0]!.id, ID);
});

Deno.test("after a restart of the watcher a container is followed at once, with its id, even while the API is away", () => {
  const before = pass({
    discovery: found(container({ id: undefined })),
    pods: view(pod({ containers: [] })),
    waitMs: 0,
  });
  const memory = memoryFromText(memoryToText(before.memory), 0);
  const after = pass({ discovery: found(container()), pods: view(), memory });
  assert.equal(after.targets[0]!.id, before.targets[0]!.id);
});

Deno.test("after a restart of the watcher a log that vanished meanwhile gets its grace period", () => {
  const memory = memoryFromText(memoryToText(pass({}).memory), 0);
  const after = pass({ discovery: found(), memory, nowMs: 0 });
  assert.equal(after.targets[0]!.id, ID);
  assert.equal(after.targets[0]!.application, "shop-web");
  const later = pass({ discovery: found(), memory: after.memory, nowMs: 300_000 });
  assert.equal(later.targets.length, 0);
});

Deno.test("a memory file that is damaged or foreign is ignored", () => {
  for (
    const text of [
      "",
      "{",
      "[]",
      "null",
      '{"version":2,"containers":[]}',
      '{"version":1,"containers":[null,{"key":""},7]}',
    ]
  ) {
    assert.equal(memoryFromText(text, 0).size, 0, text);
  }
});

Deno.test("what a pod wishes for its logs is in its targets; a changed wish makes a new target, another changed annotation none", () => {
  const wish = (annotations: Record<string, string>) => view(pod({ annotations }));
  const first = pass({ pods: wish({ "kubernetes-log-watcher/parser": "nginx" }) });
  assert.equal(first.targets[0]!.hints.parser, "nginx");
  assert.equal(pass({}).targets[0]!.hints, NO_HINTS);
  const second = pass({ pods: wish({ "kubernetes-log-watcher/parser": "apache" }), memory: first.memory });
  assert.notEqual(second.targets[0], first.targets[0]);
  assert.equal(second.targets[0]!.hints.parser, "apache");
  const third = pass({ pods: wish({ "kubernetes-log-watcher/parser": "apache" }), memory: second.memory });
  assert.equal(third.targets[0], second.targets[0]);
});

Deno.test("a pod excludes a container by annotation, with the annotation as the reason, and takes it back", () => {
  const excluded = pass({ pods: view(pod({ annotations: { "kubernetes-log-watcher/exclude.app": "true" } })) });
  assert.equal(excluded.targets.length, 0);
  assert.equal(excluded.statuses[0]!.state, "excluded");
  assert.match(
    excluded.statuses[0]!.reason,
    /^Excluded by annotation kubernetes-log-watcher\/exclude\.app: container app of pod shop\/web-1$/,
  );
  assert.equal(pass({ memory: excluded.memory }).targets.length, 1);
});

Deno.test("a wrong annotation is told once for all containers and restarts of the pod, and costs none of them its target", () => {
  const bad = pod({ annotations: { "kubernetes-log-watcher/parser": "" } });
  const { problems, targets } = pass({
    discovery: found(container(), container({ restart: 1, id: "b".repeat(64) }), container({ containerName: "side" })),
    pods: view(bad),
    waitMs: 0,
  });
  assert.equal(targets.length, 3);
  assert.equal(problems.length, 1);
  assert.deepEqual(problems[0], {
    kind: "invalid",
    podUid: UID,
    namespace: "shop",
    podName: "web-1",
    text: problems[0]!.text,
  });
  assert.match(problems[0]!.text, /^Annotation kubernetes-log-watcher\/parser of pod shop\/web-1 is not usable/);
});

Deno.test("the end of an operator's rule makes new targets though nothing else changed", () => {
  let nowMs = 0;
  const operator = [{ name: "rule 1", match: { namespaces: ["shop"] }, hints: { parser: "x" }, untilMs: 10 }];
  const hints = new HintReader({ operator, now: () => nowMs });
  const first = pass({ hints });
  const second = pass({ hints, memory: first.memory });
  assert.equal(second.targets[0], first.targets[0]);
  nowMs = 10;
  const third = pass({ hints, memory: second.memory });
  assert.deepEqual([first, third].map(({ targets }) => targets[0]!.hints.parser), ["x", ""]);
});

Deno.test("an agent gets the logs that name no agents, and those that name it", () => {
  const agents = (text: string) =>
    pass({ pods: view(pod({ annotations: { "kubernetes-log-watcher/agents": text } })) });
  const [scalyr, all] = [agents("scalyr").targets, pass({}).targets];
  assert.deepEqual(targetsFor("scalyr", [...scalyr, ...all]), [...scalyr, ...all]);
  assert.deepEqual(targetsFor("symlinker", [...scalyr, ...all]), all);
});

Deno.test("a pass in which nothing changed hands out the lists of the pass before", () => {
  const containers = [container(), container({ key: `${UID}/app/1`, restart: 1, id: OTHER_ID })];
  const pods = view(pod());
  const first = pass({ discovery: found(...containers), pods });
  const second = pass({ discovery: found(...containers), pods, memory: first.memory, last: first, nowMs: 10 });
  assert.equal(second.targets, first.targets);
  assert.equal(second.statuses, first.statuses);
  assert.equal(second.memory, first.memory);
});

Deno.test("of a pass in which one container changed, the others keep their targets as the same objects", () => {
  const containers = [
    container(),
    container({ key: `${OTHER_UID}/app/0`, podUid: OTHER_UID, podName: "web-2", id: OTHER_ID }),
  ];
  const [one, two] = [pod(), pod({ uid: OTHER_UID, name: "web-2" })];
  const first = pass({ discovery: found(...containers), pods: view(one, two) });
  const changed = { ...two, labels: { application: "other" } };
  const second = pass({ discovery: found(...containers), pods: view(one, changed), memory: first.memory, last: first });
  assert.equal(second.targets[0], first.targets[0]);
  assert.equal(second.targets[1]!.application, "other");
});

Deno.test("a rule that ends lets a container in at the next pass, though nothing else changed", () => {
  let nowMs = 1_000;
  const rules = {
    requiredLabels: [],
    constraints: [{ kind: "exclude", name: "for a while", match: {}, untilMs: 2_000 }],
    now: () => nowMs,
  } satisfies JoinInput["rules"];
  const [discovery, pods] = [found(container()), view(pod())];
  const first = pass({ discovery, pods, rules });
  const state = first.statuses[0]!.state;
  nowMs = 3_000;
  const second = pass({ discovery, pods, rules, memory: first.memory, last: first });
  assert.deepEqual([state, second.statuses[0]!.state], ["excluded", "collected"]);
});
