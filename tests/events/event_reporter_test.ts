import assert from "node:assert/strict";
import { EventReporter } from "../../lib/events/event_reporter.ts";
import type { PodProblem } from "../../lib/events/pod_problem.ts";
import { createLog } from "../../lib/observe/log.ts";
import { type Connection, resolveConnection } from "../../lib/pods/connection.ts";
import { ApiServer } from "../api_server/api_server.ts";
import { eventually } from "../pods/informer_fixture.ts";
import { TestClock } from "../pods/test_clock.ts";

const GATHER_MS = 1_000;
const EVERY_MS = 6_000;
const REPEAT_MS = 65 * 60_000;
const FORBIDDEN_MS = 600_000;

function problem(number: number, namespace = "shop"): PodProblem {
  return {
    pod: { uid: `uid-${number}`, namespace, name: `web-${number}` },
    reason: "LogAnnotationInvalid",
    text: "Annotation kubernetes-log-watcher/exclude is not usable as it is; expected: true or false",
    containers: ["app"],
  };
}

/** A reporter at work against the test server, on a clock that the test moves. */
class Bench implements AsyncDisposable {
  problems: readonly PodProblem[] = [];
  readonly lines: string[] = [];
  readonly clock = new TestClock();
  readonly server: ApiServer;
  readonly reporter: EventReporter;
  readonly #connection: Connection;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;

  private constructor(server: ApiServer, connection: Connection) {
    this.server = server;
    this.#connection = connection;
    this.reporter = new EventReporter({
      connection,
      find: () => this.problems,
      nodeName: "node-1",
      log: createLog({ format: "json", level: "debug", write: (line) => this.lines.push(JSON.parse(line).message) }),
      clock: this.clock,
    });
    this.#running = this.reporter.run({ signal: this.#ending.signal });
  }

  static async start({ allowsEvents = true } = {}): Promise<Bench> {
    const server = ApiServer.start();
    server.allowsEvents = allowsEvents;
    return new Bench(server, await resolveConnection({ kubeUrl: server.url, env: {} }));
  }

  /** Lets the reporter see these mistakes, and no others. */
  async show(...problems: readonly PodProblem[]): Promise<void> {
    this.problems = problems;
    this.reporter.look();
    await this.pass(GATHER_MS);
  }

  /** Waits for a pause of a length, and lets it pass. */
  async pass(ms: number): Promise<void> {
    await this.clock.scheduled(ms);
    this.clock.advance(ms);
  }

  /** Waits until nothing is left to tell. */
  async told(events: number): Promise<void> {
    await eventually(() => this.server.events.length >= events && this.reporter.stats().waiting === 0);
  }

  said(pattern: RegExp): number {
    return this.lines.filter((line) => pattern.test(line)).length;
  }

  async [Symbol.asyncDispose]() {
    this.#ending.abort();
    await this.#running;
    this.#connection.close();
    await this.server.stop();
  }
}

Deno.test("a mistake is told once, with the pod's uid, the node and what was expected, however often it is seen", async () => {
  await using bench = await Bench.start();
  for (let look = 0; look < 3; look++) await bench.show(problem(1));
  await bench.told(1);
  const [event] = bench.server.events;
  assert.deepEqual(event!.involvedObject, {
    apiVersion: "v1",
    kind: "Pod",
    namespace: "shop",
    name: "web-1",
    uid: "uid-1",
  });
  assert.deepEqual([event!.type, event!.reason, event!.count], ["Warning", "LogAnnotationInvalid", 1]);
  assert.deepEqual(event!.source, { component: "kube-log-watcher", host: "node-1" });
  assert.match(event!.message, /^Container app: Annotation .* expected: true or false$/);
  assert.equal(bench.server.count("event"), 1);
});

Deno.test("a mistake that lasts is told again after the API server has forgotten the event, and one that flickers is not told more often", async () => {
  await using bench = await Bench.start();
  await bench.show(problem(1));
  await bench.told(1);
  await bench.show();
  await bench.show(problem(1));
  assert.equal(bench.server.count("event"), 1);
  bench.server.events.length = 0;
  await eventually(() => bench.clock.delays.some((ms) => ms > EVERY_MS));
  bench.clock.advance(REPEAT_MS);
  await bench.pass(GATHER_MS);
  await bench.told(1);
  assert.equal(bench.server.count("event"), 2);
});

Deno.test("an event that the API server has already, from before a restart, is as good as created", async () => {
  await using bench = await Bench.start();
  await bench.show(problem(1));
  await bench.told(1);
  await using after = await Bench.start();
  after.server.events.push(...bench.server.events);
  await after.show(problem(1));
  await eventually(() => after.reporter.stats().sent.known === 1);
  assert.equal(after.server.events.length, 1);
  assert.equal(after.server.count("event"), 1);
});

Deno.test("many mistakes at once make a burst of bounded size, and then an event every few seconds, of what is wrong still", async () => {
  await using bench = await Bench.start();
  const all = Array.from({ length: 40 }, (_, number) => problem(number));
  await bench.show(...all);
  await bench.clock.scheduled(EVERY_MS);
  assert.equal(bench.server.events.length, 25);
  assert.equal(bench.reporter.stats().waiting, 15);
  await bench.pass(EVERY_MS);
  await bench.clock.scheduled(EVERY_MS);
  assert.equal(bench.server.events.length, 26);
  bench.problems = all.slice(0, 27);
  await bench.pass(EVERY_MS);
  await bench.told(27);
  assert.equal(bench.server.count("event"), 27);
});

Deno.test("a right that is missing is named once, asked for again after ten minutes only, and then everything is told", async () => {
  await using bench = await Bench.start({ allowsEvents: false });
  await bench.show(problem(1), problem(2));
  await bench.clock.scheduled(FORBIDDEN_MS);
  assert.equal(bench.server.count("event"), 1);
  await bench.pass(FORBIDDEN_MS);
  await bench.clock.scheduled(FORBIDDEN_MS);
  assert.equal(bench.server.count("event"), 2);
  assert.equal(bench.said(/RBAC verb "create" on the resource "events" .* manifest --events/), 1);
  bench.server.allowsEvents = true;
  await bench.pass(FORBIDDEN_MS);
  await bench.told(2);
});

Deno.test("an API server that is busy is given the time it asks for, and one that is away is asked again", async () => {
  await using bench = await Bench.start();
  bench.server.failNext({ status: 429, verb: "event", headers: { "retry-after": "77" } });
  bench.server.failNext({ status: 503, verb: "event" });
  await bench.show(problem(1));
  await bench.pass(77_000);
  await bench.pass(2_000);
  await bench.told(1);
  assert.deepEqual(bench.reporter.stats().sent, { created: 1, known: 0, dropped: 0, failed: 2 });
  await bench.server.stop();
  await bench.show(problem(1), problem(2));
  await bench.clock.scheduled(1_000);
  bench.server.listen();
  await bench.pass(1_000);
  await bench.told(2);
});

Deno.test("an event whose namespace is gone or going is dropped, and so is one that the API server finds fault with; the others are told", async () => {
  await using bench = await Bench.start();
  const terminating = JSON.stringify({ message: "unable to create new content: it is being terminated" });
  bench.server.failNext({ status: 404, verb: "event" });
  bench.server.failNext({ status: 403, verb: "event", body: terminating });
  bench.server.failNext({ status: 422, verb: "event" });
  await bench.show(problem(1), problem(2), problem(3), problem(4));
  await bench.told(1);
  assert.equal(bench.server.events[0]!.involvedObject.uid, "uid-4");
  assert.deepEqual(bench.reporter.stats().sent, { created: 1, known: 0, dropped: 3, failed: 0 });
  assert.equal(bench.said(/events that the API server does not take are dropped/), 1);
});

Deno.test("a look that fails is said and made again", async () => {
  await using bench = await Bench.start();
  Object.defineProperty(bench, "problems", {
    configurable: true,
    get() {
      throw new Error("on purpose");
    },
  });
  bench.reporter.look();
  await bench.pass(GATHER_MS);
  await eventually(() => bench.said(/failed: on purpose/) === 1);
  Object.defineProperty(bench, "problems", { configurable: true, writable: true, value: [problem(1)] });
  await bench.pass(1_000);
  await bench.pass(GATHER_MS);
  await bench.told(1);
});
