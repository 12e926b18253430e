import assert from "node:assert/strict";
import { CheckedRenderer } from "../../lib/apply/checked_renderer.ts";
import type { Verdict } from "../../lib/apply/shipper_checker.ts";
import { type LogTarget, NO_HINTS } from "../../lib/join/log_target.ts";
import { createLog } from "../../lib/observe/log.ts";
import type { AgentDescription } from "../../lib/render/agent_description.ts";
import type { Rendering } from "../../lib/render/rendered.ts";

const DESCRIPTION: AgentDescription = {
  name: "one",
  folder: "/agents/one",
  summary: "x",
  settings: {},
  outputs: {},
  minSecondsBetweenWrites: 0,
  languages: {},
  expresses: [],
  check: { program: "checkd", arguments: [], goodExitCodes: [0], timeoutSeconds: 1 },
};

/** Makes a version of a container; its words are what a check sees of it. */
function target(id: string, words: string): LogTarget {
  return {
    id,
    log: { path: `/var/log/pods/${id}.log`, directory: "/var/log/pods", name: `${id}.log`, format: "cri" },
    container: { name: "app", restart: 0, kind: "container", imageReference: "", image: "", imageVersion: "" },
    pod: { uid: "u", name: `pod-${id}`, namespace: "shop", labels: { words }, annotations: {} },
    application: "a",
    component: "",
    environment: "production",
    version: "",
    release: "",
    attributes: {},
    hints: NO_HINTS,
  };
}

/** An agent that renders a file per container, and a check of which it is told what to say. */
class Bench {
  readonly lines: string[] = [];
  checks = 0;
  epoch = 0;
  refused: readonly string[] = [];
  judge: (words: readonly string[]) => Verdict = (words) =>
    words.some((one) => one.startsWith("bad")) ? { kind: "bad", why: "checkd: error" } : { kind: "good" };
  readonly renderer: CheckedRenderer;
  #last: { key: string; rendering: Rendering } | undefined;

  constructor(mode: "warn" | "require" = "require") {
    const epochNow = () => this.epoch;
    this.renderer = new CheckedRenderer({
      mode,
      log: createLog({ format: "json", write: (line) => this.lines.push(JSON.parse(line).message) }),
      agent: {
        description: DESCRIPTION,
        settings: {},
        get epoch() {
          return epochNow();
        },
        renderMain: () => Promise.resolve(""),
        render: (targets) => Promise.resolve(this.#render(targets)),
      },
      checker: {
        printOf: wordsOf,
        stats: () => ({ good: 0, bad: 0, unavailable: 0 }),
        check: (rendering) => {
          this.checks++;
          return Promise.resolve(this.judge(wordsOf(rendering).split("\n")));
        },
      },
    });
  }

  /** Renders and lists what goes live, and the containers that are refused. */
  async live(targets: readonly LogTarget[]) {
    const { wanted, refused, quarantined, isUnfinished } = await this.renderer.render(targets);
    return {
      words: wanted.map((item) => item.kind === "file" ? item.contents : ""),
      refused: refused.map(({ targetId }) => targetId),
      quarantined,
      isUnfinished,
    };
  }

  #render(targets: readonly LogTarget[]): Rendering {
    const key = targets.map(({ id, pod }) => `${id} ${pod.labels.words}`).join("\n");
    if (this.#last?.key === key) return this.#last.rendering;
    const rendering: Rendering = {
      wanted: targets.filter(({ id }) => !this.refused.includes(id)).map(({ id, pod }) => ({
        kind: "file",
        path: `/out/${id}`,
        root: "/out",
        contents: pod.labels.words!,
        mode: 0o640,
      })),
      refused: this.refused.map((targetId) => ({ targetId, reason: "no" })),
      warnings: [],
      unexpressed: [],
    };
    this.#last = { key, rendering };
    return rendering;
  }
}

function wordsOf({ wanted }: Rendering): string {
  return wanted.map((item) => item.kind === "file" ? item.contents : "").join("\n");
}

const A = target("a", "fine-a");
const B = target("b", "fine-b");

Deno.test("what a check refuses keeps its last good version, and is not tried again until it changes", async () => {
  const bench = new Bench();
  await bench.live([A, B]);
  const bad = target("a", "bad-a");
  const outcome = { words: ["fine-a", "fine-b"], refused: ["a"], quarantined: 1, isUnfinished: false };
  assert.deepEqual(await bench.live([bad, B]), outcome);
  const { checks } = bench;
  assert.deepEqual(await bench.live([bad, B]), outcome);
  assert.equal(bench.checks, checks);
  assert.deepEqual((await bench.live([bad, target("b", "other-b")])).words, ["fine-a", "other-b"]);
  assert.equal(bench.checks, checks + 1);
  assert.deepEqual((await bench.live([target("a", "new-a"), B])).refused, []);
});

Deno.test("what is set aside is tried again when the agent or its settings change", async () => {
  const bench = new Bench();
  const bad = target("a", "bad-a");
  assert.deepEqual((await bench.live([bad, B])).words, ["fine-b"]);
  bench.judge = () => ({ kind: "good" });
  assert.deepEqual((await bench.live([bad, B])).words, ["fine-b"]);
  bench.epoch++;
  assert.deepEqual(await bench.live([bad, B]), {
    words: ["bad-a", "fine-b"],
    refused: [],
    quarantined: 0,
    isUnfinished: false,
  });
});

Deno.test("a refusal that no container explains lets nothing live, and is not searched for again and again", async () => {
  const bench = new Bench();
  await bench.live([A]);
  bench.judge = () => ({ kind: "bad", why: "checkd: broken" });
  const many = [A, ...Array.from({ length: 50 }, (_, index) => target(`n${index}`, `fine-${index}`))];
  await assert.rejects(bench.live(many), /Agent one: what is wanted is refused by its check: checkd: broken$/);
  for (const _ of [1, 2]) await assert.rejects(bench.live(many), /broken$/);
  const { checks } = bench;
  await assert.rejects(bench.live(many), /broken$/);
  assert.equal(bench.checks, checks + 1);
  bench.judge = () => ({ kind: "good" });
  assert.equal((await bench.live(many)).words.length, 51);
});

Deno.test("two containers that a check takes only apart: the first goes live, the other is set aside", async () => {
  const bench = new Bench();
  bench.judge = (words) =>
    words.filter((one) => one === "same").length > 1 ? { kind: "bad", why: "checkd: twice" } : { kind: "good" };
  const live = await bench.live([target("a", "same"), target("b", "same"), target("c", "fine")]);
  assert.deepEqual(live, { words: ["same", "fine"], refused: ["b"], quarantined: 1, isUnfinished: false });
});

Deno.test("containers that the agent itself refuses are no suspects", async () => {
  const bench = new Bench();
  bench.refused = ["a"];
  const live = await bench.live([A, target("b", "bad-b"), target("c", "fine-c")]);
  assert.deepEqual(live.words, ["fine-c"]);
  assert.deepEqual(live.refused, ["a", "b"]);
});

Deno.test("a search that comes to its bound lets live what was found good, and goes on at the next attempt", async () => {
  const bench = new Bench();
  const targets = Array.from(
    { length: 100 },
    (_, index) => target(`n${100 + index}`, index % 3 === 1 ? "bad" : "fine"),
  );
  let attempts = 0;
  for (let isUnfinished = true; isUnfinished; attempts++) {
    assert.ok(attempts < 20, "it comes to an end");
    // By chance, an attempt may begin with bad ones alone, and takes it for the agent's doing then.
    isUnfinished = await bench.live(targets).then((live) => live.isUnfinished, () => true);
  }
  assert.ok(attempts > 1);
  const live = await bench.live(targets);
  assert.equal(live.quarantined, 33);
  assert.equal(live.words.length, 67);
});

Deno.test("what cannot be checked is not live with require, and is with warn, which says so once", async () => {
  const strict = new Bench();
  strict.judge = () => ({ kind: "unavailable", why: "checkd is in none of /bin" });
  await assert.rejects(strict.live([A]), /what is wanted cannot be checked by checkd: checkd is in none of \/bin$/);
  const lenient = new Bench("warn");
  lenient.judge = strict.judge;
  for (const targets of [[A], [A], [A, B]]) assert.equal((await lenient.live(targets)).words.length, targets.length);
  assert.deepEqual(lenient.lines, [
    "Agent one: what is wanted cannot be checked by checkd: checkd is in none of /bin; it goes live nevertheless",
  ]);
});
