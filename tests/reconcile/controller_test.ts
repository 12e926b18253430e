import assert from "node:assert/strict";
import type { Container, Discovery } from "../../lib/discover/container.ts";
import { createLog } from "../../lib/observe/log.ts";
import { NO_CONTAINER_HINTS } from "../../lib/hints/container_hints.ts";
import { HintReader } from "../../lib/hints/hint_reader.ts";
import { NO_HINTS } from "../../lib/join/log_target.ts";
import type { Pod } from "../../lib/pods/pod.ts";
import type { AgentLane, Wanted } from "../../lib/reconcile/agent_lane.ts";
import { Controller } from "../../lib/reconcile/controller.ts";
import { Trigger } from "../../lib/reconcile/trigger.ts";

function container(index: number): Container {
  const podUid = `uid-${index}`;
  return {
    key: `${podUid}/app/0`,
    layout: "cri",
    id: String(index).padStart(64, "0"),
    containerName: "app",
    restart: 0,
    podName: `pod-${index}`,
    namespace: "shop",
    podUid,
    logPath: `/var/log/pods/shop_pod-${index}_${podUid}/app/0.log`,
    logFormat: "cri",
    image: undefined,
  };
}

interface Setting {
  found: Discovery | Error;
  nowMs: number;
  readonly wishes: Wanted[];
  readonly lines: string[];
  fullScans: number;
  readonly controller: Controller;
  readonly trigger: Trigger;
}

function set(
  { waitMs = 0, hints = new HintReader(), isMemoryLost = false, find = () => undefined }: {
    waitMs?: number;
    find?: () => Pod | undefined;
    hints?: Pick<HintReader, "read" | "epoch">;
    isMemoryLost?: boolean;
  } = {},
): Setting {
  const wishes: Wanted[] = [];
  const lines: string[] = [];
  const trigger = new Trigger();
  const setting = {
    found: { containers: [container(1)], notFollowed: [], isComplete: true } as Discovery | Error,
    nowMs: 0,
    wishes,
    lines,
    fullScans: 0,
    trigger,
  };
  const controller = new Controller({
    discoverer: {
      scan() {
        if (setting.found instanceof Error) throw setting.found;
        return setting.found;
      },
      invalidateAll: () => void setting.fullScans++,
    },
    pods: { hasSynced: true, find },
    rules: { requiredLabels: [] },
    hints,
    clusterEnvironment: "production",
    waitMs,
    graceMs: 1000,
    intervalMs: 60_000,
    lanes: [{ agent: "scalyr", want: (wanted: Wanted) => void wishes.push(wanted) } as unknown as AgentLane],
    trigger,
    log: createLog({ format: "json", level: "debug", write: (line) => lines.push(JSON.parse(line).message) }),
    memory: new Map(),
    isMemoryLost,
    now: () => setting.nowMs,
  });
  return Object.assign(setting, { controller });
}

Deno.test("a lane gets those logs only that are for its agent, and a wrong annotation is logged once", () => {
  const problem = { kind: "invalid" as const, podUid: "uid-1", namespace: "shop", podName: "pod-1", text: "Wrong" };
  const read = ({ podUid }: { podUid: string }) =>
    podUid === "uid-1"
      ? { ...NO_CONTAINER_HINTS, hints: { ...NO_HINTS, agents: ["other"] }, problems: [problem] }
      : NO_CONTAINER_HINTS;
  const setting = set({ hints: { read, epoch: () => 1 } });
  setting.found = { containers: [container(1), container(2)], notFollowed: [], isComplete: true };
  setting.controller.pass(["start"]);
  setting.controller.pass(["again"]);
  assert.deepEqual(setting.wishes[0]?.targets.map(({ pod }) => pod.uid), ["uid-2"]);
  assert.deepEqual(setting.lines.filter((line) => line === "Wrong"), ["Wrong"]);
});

Deno.test("outputs of an earlier run that nothing is remembered of stay as they are while a container waits for its pod", () => {
  const setting = set({ waitMs: 3_000, isMemoryLost: true });
  setting.controller.pass(["start"]);
  setting.nowMs = 2_999;
  setting.controller.pass(["pod changed"]);
  assert.equal(setting.wishes.length, 0);
  setting.nowMs = 3_000;
  setting.controller.pass(["timer"]);
  assert.deepEqual(setting.wishes.map(({ targets, mayRemove }) => [targets.length, mayRemove]), [[1, true]]);
});

Deno.test("the disk that was read ahead of the first pass is not read again by it, but after the interval", () => {
  const setting = set();
  setting.controller.lookAhead();
  setting.controller.pass(["start"]);
  assert.equal(setting.fullScans, 1);
  assert.equal(setting.wishes.length, 1);
  setting.nowMs = 60_000;
  setting.controller.pass(["timer"]);
  assert.equal(setting.fullScans, 2);
});

Deno.test("a disk that cannot be read ahead of the first pass is read by it", () => {
  const setting = set();
  const { found } = setting;
  setting.found = new Error("no disk");
  setting.controller.lookAhead();
  setting.found = found;
  setting.controller.pass(["start"]);
  assert.equal(setting.fullScans, 2);
});

Deno.test("a pass in which nothing changed asks nothing of the agents", () => {
  const setting = set();
  setting.controller.pass(["start"]);
  setting.controller.pass(["event"]);
  setting.controller.pass(["event"]);
  assert.equal(setting.wishes.length, 1);
  assert.equal(setting.fullScans, 1);
});

Deno.test("a full scan comes every interval and has the agents compare their files with the disk", () => {
  const setting = set();
  setting.controller.pass(["start"]);
  setting.nowMs = 60_000;
  setting.controller.pass(["timer"]);
  assert.equal(setting.fullScans, 2);
  assert.deepEqual(setting.wishes.map(({ verify }) => verify), [true, true]);
});

Deno.test("an incomplete scan forbids removals, and the first complete one after it allows them", () => {
  const setting = set();
  setting.controller.pass(["start"]);
  setting.found = { containers: [], notFollowed: [], isComplete: false };
  setting.controller.pass(["event"]);
  setting.found = { containers: [container(1)], notFollowed: [], isComplete: true };
  setting.controller.pass(["event"]);
  assert.deepEqual(setting.wishes.map(({ mayRemove, targets }) => [mayRemove, targets.length]), [
    [true, 1],
    [false, 1],
    [true, 1],
  ]);
});

Deno.test("nothing is removed as long as containers that the first passes found wait for their pods", () => {
  const setting = set({ waitMs: 3_000 });
  setting.controller.pass(["start"]);
  setting.nowMs = 3_000;
  setting.controller.pass(["timer"]);
  setting.found = { containers: [container(1), container(2)], notFollowed: [], isComplete: true };
  setting.nowMs = 60_000;
  setting.controller.pass(["timer"]);
  assert.deepEqual(setting.wishes.map(({ targets, mayRemove }) => [targets.length, mayRemove]), [
    [0, false],
    [1, true],
    [1, true],
  ]);
});

Deno.test("a pass that breaks off asks nothing of the agents and is tried again", async () => {
  const setting = set();
  setting.found = new Error("disk on fire");
  const ending = new AbortController();
  const running = setting.controller.run(ending.signal);
  assert.equal(setting.wishes.length, 0);
  assert.match(setting.lines[0]!, /A pass broke off: disk on fire/);
  setting.found = { containers: [container(1)], notFollowed: [], isComplete: true };
  setting.trigger.fire("again");
  while (setting.wishes.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  ending.abort();
  await running;
  assert.equal(setting.wishes[0]!.targets.length, 1);
});

Deno.test("agents render again when something of theirs changed even if no target did", () => {
  const setting = set();
  setting.controller.pass(["start"]);
  setting.controller.refreshAgents("secret");
  setting.controller.pass(["secret"]);
  assert.equal(setting.wishes.length, 2);
});

Deno.test("a container that is dropped after its grace period is named in the log", () => {
  const setting = set();
  setting.controller.pass(["start"]);
  setting.found = { containers: [], notFollowed: [], isComplete: true };
  setting.controller.pass(["event"]);
  setting.nowMs = 1000;
  setting.controller.pass(["timer"]);
  assert.ok(setting.lines.includes("Container shop/pod-1/app is not followed any more: its log has been gone for 1 s"));
  assert.deepEqual(setting.wishes.map(({ targets }) => targets.length), [1, 0]);
});

Deno.test("a change counts from when it was seen: a log from its first pass even if it waited, a pod from the event that told of it", () => {
  const known = { labels: {} as Record<string, string>, pod: undefined as Pod | undefined };
  const setting = set({ waitMs: 3_000, find: () => known.pod });
  setting.nowMs = 100;
  setting.controller.pass(["start"]);
  assert.deepEqual(setting.wishes.at(-1)?.changes, []);
  const pod = (labels: Record<string, string>): Pod => ({
    uid: "uid-1",
    name: "pod-1",
    namespace: "shop",
    labels,
    annotations: {},
    containers: [],
    configHash: undefined,
  });
  known.pod = pod({});
  setting.nowMs = 700;
  setting.controller.pass(["pod changed"]);
  assert.deepEqual(setting.wishes.at(-1)?.changes, [{ sinceMs: 100, count: 1 }]);
  known.pod = pod({ a: "b" });
  setting.found = { containers: [container(1), container(2)], notFollowed: [], isComplete: true };
  setting.nowMs = 900;
  setting.controller.pass(["pod changed"]);
  assert.deepEqual(setting.wishes.at(-1)?.changes, [{ sinceMs: 900, count: 2 }]);
  setting.nowMs = 60_000 + 100;
  setting.controller.pass(["timer"]);
  assert.equal(setting.wishes.at(-1)?.verify, true);
  assert.deepEqual(setting.wishes.at(-1)?.changes, [], "a full scan in which nothing changed is no change");
  assert.equal(setting.controller.firstPassMs, 100);
});

Deno.test("a pass that breaks off is counted, and why it did can be asked, until one goes well", async () => {
  const setting = set();
  setting.found = new Error("on purpose");
  const stop = new AbortController();
  const running = setting.controller.run(stop.signal);
  while (setting.controller.stats().brokenPasses === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(setting.controller.failure, "on purpose");
  setting.found = { containers: [], notFollowed: [], isComplete: true };
  while (setting.controller.stats().passes === 0) {
    setting.trigger.fire("again");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.equal(setting.controller.failure, "");
  stop.abort();
  await running;
});
