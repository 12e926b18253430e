import assert from "node:assert/strict";
import { eventOf } from "../../lib/events/event_object.ts";
import type { PodProblem } from "../../lib/events/pod_problem.ts";

const PROBLEM: PodProblem = {
  pod: { uid: "uid-1", namespace: "shop", name: "web-1" },
  reason: "LogAnnotationConflict",
  text: "Annotations disagree",
  containers: ["app"],
};
const OPTIONS = { nodeName: "node-1", now: Date.parse("2026-11-23T21:00:00.123Z") };
/** RFC 1123, which names of events follow. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

Deno.test("an event's name follows from pod, mistake and containers, and is a name of Kubernetes however long the pod's is", () => {
  const nameOf = (problem: PodProblem, now = OPTIONS.now) => eventOf(problem, { ...OPTIONS, now }).metadata.name;
  assert.equal(nameOf(PROBLEM), nameOf(PROBLEM, OPTIONS.now + 1e6));
  const others = [
    { ...PROBLEM, pod: { ...PROBLEM.pod, uid: "uid-2" } },
    { ...PROBLEM, text: "Annotations disagree still" },
    { ...PROBLEM, containers: ["app", "db"] },
    { ...PROBLEM, reason: "LogAnnotationInvalid" as const },
  ];
  assert.equal(new Set([PROBLEM, ...others].map((one) => nameOf(one))).size, 5);
  for (const name of ["a", "a".repeat(253), `${"a".repeat(235)}-${"b".repeat(17)}`, `${"a.".repeat(117)}-.b`]) {
    const found = nameOf({ ...PROBLEM, pod: { ...PROBLEM.pod, name } });
    assert.match(found, SUBDOMAIN);
    assert.ok(found.length <= 253, found);
  }
});

Deno.test("an event's message is one line of bounded length, whatever the pod's texts are", () => {
  const text = `\x1b[31m\n${"ä🦕".repeat(2_000)}`;
  const containers = Array.from({ length: 90 }, (_, number) => `container-${number}`);
  const { message } = eventOf({ ...PROBLEM, text, containers }, OPTIONS);
  assert.ok(new TextEncoder().encode(message).length <= 1024);
  assert.ok(message.isWellFormed());
  assert.match(
    message,
    /^Containers container-0, container-1, container-2, container-3, container-4 and 85 more: {1,2}\[31m ä🦕.*\.\.\.$/,
  );
});

Deno.test("an event's times are those of Kubernetes: without fractions of seconds", () => {
  const { firstTimestamp, lastTimestamp } = eventOf(PROBLEM, OPTIONS);
  assert.deepEqual([firstTimestamp, lastTimestamp], ["2026-11-23T21:00:00Z", "2026-11-23T21:00:00Z"]);
});
