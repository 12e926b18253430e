import assert from "node:assert/strict";
import { type LogTarget, NO_HINTS } from "../../lib/join/log_target.ts";
import { createLog } from "../../lib/observe/log.ts";
import { AgentLane, type Wanted } from "../../lib/reconcile/agent_lane.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import type { Applied, ApplyOptions } from "../../lib/write/writer.ts";

function target(id: string): LogTarget {
  return {
    id,
    log: { path: `/var/log/pods/${id}.log`, directory: "/var/log/pods", name: `${id}.log`, format: "cri" },
    container: { name: "app", restart: 0, kind: "container", imageReference: "", image: "", imageVersion: "" },
    pod: { uid: "u", name: `pod-${id}`, namespace: "shop", labels: {}, annotations: {} },
    application: "a",
    component: "",
    environment: "production",
    version: "",
    release: "",
    attributes: {},
    hints: NO_HINTS,
  };
}

function wish(targets: readonly LogTarget[], change: Partial<Wanted> = {}): Wanted {
  return { targets, mayRemove: true, verify: false, reasons: ["test"], ...change };
}

const CLEAN: Rendering = { wanted: [], refused: [], warnings: [], unexpressed: [] };
const DONE: Applied = { operations: [{ path: "/o/a", kind: "file", reason: "created" }], failures: [] };

/** A lane whose renderer and writer are told what to do, with what they were asked and what was logged. */
class Bench implements AsyncDisposable {
  readonly rendered: (readonly LogTarget[])[] = [];
  readonly applied: ApplyOptions[] = [];
  readonly lines: string[] = [];
  renderNext: (targets: readonly LogTarget[]) => Promise<Rendering> = () => Promise.resolve(CLEAN);
  applyNext: () => Applied = () => DONE;
  readonly lane: AgentLane;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;

  constructor(minSecondsBetweenWrites = 0) {
    this.lane = new AgentLane({
      agent: "one",
      minSecondsBetweenWrites,
      log: createLog({ format: "json", write: (line) => this.lines.push(JSON.parse(line).message) }),
      renderer: { render: (targets) => (this.rendered.push(targets), this.renderNext(targets)) },
      writer: { apply: (options) => (this.applied.push(options), Promise.resolve(this.applyNext())) },
    });
    this.#running = this.lane.run(this.#ending.signal);
  }

  async [Symbol.asyncDispose]() {
    this.#ending.abort();
    await this.#running;
  }
}

Deno.test("a lane brings about the newest wish, and of a burst that comes while it works one more", async () => {
  await using bench = new Bench();
  const gate = Promise.withResolvers<Rendering>();
  const began = Promise.withResolvers<void>();
  bench.renderNext = () => (began.resolve(), gate.promise);
  bench.lane.want(wish([target("1")]));
  await began.promise;
  bench.renderNext = () => Promise.resolve(CLEAN);
  for (let index = 2; index <= 500; index++) {
    bench.lane.want(wish([target(String(index))], { reasons: [`event ${index}`] }));
  }
  gate.resolve(CLEAN);
  await bench.lane.settled();
  assert.deepEqual(bench.rendered.map(([first]) => first!.id), ["1", "500"]);
  assert.deepEqual(bench.lane.generations, { wanted: 500, applied: 500, inForce: 500 });
});

Deno.test("a wish to compare with the disk is not forgotten when a newer wish comes first", async () => {
  await using bench = new Bench();
  bench.lane.want(wish([target("1")], { verify: true, reasons: ["timer"] }));
  bench.lane.want(wish([target("2")], { reasons: ["pod changed"] }));
  await bench.lane.settled();
  assert.equal(bench.applied.length, 1);
  assert.equal(bench.applied[0]!.verify, true);
});

Deno.test("an agent that fails writes nothing, says so once, and is tried again until it works", async () => {
  await using bench = new Bench();
  bench.renderNext = () => Promise.reject(new Error("Agent one failed: boom"));
  bench.lane.want(wish([target("1")]));
  await bench.lane.settled();
  assert.equal(bench.lane.hasFailed, true);
  assert.equal(bench.applied.length, 0);
  bench.lane.want(wish([target("2")]));
  await bench.lane.settled();
  assert.deepEqual(bench.lines, ["Agent one failed: boom; its files stay as they are"]);
  const applied = Promise.withResolvers<void>();
  bench.renderNext = () => Promise.resolve(CLEAN);
  bench.applyNext = () => (applied.resolve(), DONE);
  await applied.promise;
  assert.equal(bench.applied[0]!.wanted.length, 0);
});

Deno.test("a file that could not be written is tried again without being asked", async () => {
  await using bench = new Bench();
  bench.applyNext = () => ({
    operations: [],
    failures: [{ path: "/o/a", reason: "Cannot write /o/a: the disk is full" }],
  });
  bench.lane.want(wish([target("1")]));
  await bench.lane.settled();
  assert.equal(bench.lane.hasFailed, true);
  const again = Promise.withResolvers<void>();
  bench.applyNext = () => (again.resolve(), DONE);
  await again.promise;
});

Deno.test("an incomplete look at the disk is passed on: nothing may be removed", async () => {
  await using bench = new Bench();
  bench.lane.want(wish([], { mayRemove: false }));
  await bench.lane.settled();
  assert.equal(bench.applied[0]!.mayRemove, false);
});

Deno.test("a warning about a pod's input is said once, with pod, container and what was expected", async () => {
  await using bench = new Bench();
  const one = target("1");
  bench.renderNext = () =>
    Promise.resolve({ ...CLEAN, warnings: [{ targetId: "1", subject: "annotation x", expected: "a JSON list" }] });
  for (let index = 0; index < 3; index++) {
    bench.lane.want(wish([one]));
    await bench.lane.settled();
  }
  const warnings = bench.lines.filter((line) => line.includes("annotation"));
  assert.deepEqual(warnings, [
    "one: annotation x of shop/pod-1, container app is not usable as it is: its default is taken, or the faulty part left out; expected: a JSON list",
  ]);
});

Deno.test("a target that is refused makes the lane report failure but is not tried again by itself", async () => {
  await using bench = new Bench();
  bench.renderNext = () =>
    Promise.resolve({ ...CLEAN, refused: [{ targetId: "1", reason: "Agent one cannot render shop/pod-1/app: bad" }] });
  bench.lane.want(wish([target("1")]));
  await bench.lane.settled();
  assert.equal(bench.lane.hasFailed, true);
  assert.ok(bench.lines.includes("Agent one cannot render shop/pod-1/app: bad"));
});

Deno.test("a change is told as on disk once, by the attempt that brings it there, and those of failed attempts are kept until one works", async () => {
  await using bench = new Bench();
  const told: (readonly { sinceMs: number; count: number }[])[] = [];
  bench.lane.onAttempt(({ agent, onDisk }) => (assert.equal(agent, "one"), told.push(onDisk)));
  bench.applyNext = () => ({ operations: [], failures: [{ path: "/o/a", reason: "Cannot write /o/a: full" }] });
  bench.lane.want(wish([target("1")], { changes: [{ sinceMs: 5, count: 2 }] }));
  await bench.lane.settled();
  assert.equal(bench.lane.stats().backoffMs, 1_000);
  bench.applyNext = () => DONE;
  bench.lane.want(wish([target("1"), target("2")], { changes: [{ sinceMs: 9, count: 1 }] }));
  await bench.lane.settled();
  bench.lane.want(wish([target("1"), target("2")]));
  await bench.lane.settled();
  assert.deepEqual(told, [[], [{ sinceMs: 5, count: 2 }, { sinceMs: 9, count: 1 }], []]);
  assert.equal(bench.lane.stats().backoffMs, 0);
});

Deno.test("refusals are counted over all attempts", async () => {
  await using bench = new Bench();
  bench.renderNext = () => Promise.resolve({ ...CLEAN, refused: [{ targetId: "1", reason: "No" }] });
  for (let attempt = 0; attempt < 2; attempt++) {
    bench.lane.want(wish([target("1")]));
    await bench.lane.settled();
  }
  assert.equal(bench.lane.stats().refusals, 2);
  assert.equal(bench.lane.stats().refusedTargets, 1);
});
