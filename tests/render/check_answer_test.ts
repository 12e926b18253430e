import assert from "node:assert/strict";
import { checkAnswer } from "../../lib/render/check_answer.ts";

const TARGET = { id: "a", warnings: [], fields: {}, files: {} };
const answer = (change: object = {}) => ({ type: "rendered", targets: [TARGET], nodes: {}, ...change });
const target = (change: object) => answer({ targets: [{ ...TARGET, ...change }] });
const node = (change: object) => answer({ nodes: { all: { contents: "x", count: 1, leftOut: [], ...change } } });

Deno.test("an honest answer passes", () => {
  const { targets, nodes } = checkAnswer(node({ leftOut: [{ id: "b", error: "x" }] }), "shipper");
  assert.deepEqual([...targets], [["a", { ...TARGET, unexpressed: [] }]]);
  assert.deepEqual([...nodes], [["all", { contents: "x", count: 1, leftOut: [{ id: "b", error: "x" }] }]]);
});

Deno.test("texts for people are cut, and freed of what steers a terminal", () => {
  const warnings = Array.from({ length: 50 }, () => ({ subject: "a\u001b[2J\nb", expected: "x".repeat(1000) }));
  const unexpressed = Array.from({ length: 50 }, () => ({ hint: "parser", why: "a\nb" + "x".repeat(1000) }));
  const { targets } = checkAnswer(target({ warnings, unexpressed, error: "a\nb\u202ec" }), "shipper");
  const { warnings: kept, unexpressed: whys, error } = targets.get("a")!;
  assert.deepEqual([kept.length, whys?.length], [20, 20]);
  assert.match(whys![0]!.why, /^a bx{498}\.\.\.$|^a bx{480,500}/);
  assert.equal(kept[0]!.subject, "a [2J b");
  assert.ok(kept[0]!.expected.length < 510);
  assert.equal(error, "a b c");
});

Deno.test("fields and files under the key __proto__ are nobody's", () => {
  const parsed = JSON.parse(
    `{"type":"rendered","nodes":{},"targets":[{"id":"a","warnings":[],"fields":{"__proto__":{"x":"y"}},"files":{"__proto__":"z"}}]}`,
  );
  const { targets } = checkAnswer(parsed, "shipper");
  const { fields, files } = targets.get("a")!;
  assert.equal(Object.hasOwn(fields, "x"), false);
  assert.equal(Object.hasOwn(files, "x"), false);
});

const WRONG: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["a list", []],
  ["another type", answer({ type: "described" })],
  ["targets that are no list", answer({ targets: {} })],
  ["a target that is null", answer({ targets: [null] })],
  ["a target twice", answer({ targets: [TARGET, TARGET] })],
  ["an id that is a number", target({ id: 5 })],
  ["an error that is an object", target({ error: {} })],
  ["warnings that are no list", target({ warnings: {} })],
  ["a warning that is a text", target({ warnings: ["x"] })],
  ["a warning without expected", target({ warnings: [{ subject: "x" }] })],
  ["unexpressed that is no list", target({ unexpressed: {} })],
  ["an unexpressed hint that is null", target({ unexpressed: [null] })],
  ["an unexpressed hint of an unknown name", target({ unexpressed: [{ hint: "__proto__", why: "x" }] })],
  ["an unexpressed hint without a reason", target({ unexpressed: [{ hint: "parser" }] })],
  ["fields that are null", target({ fields: null })],
  ["files that are a list", target({ files: [] })],
  ["contents that are a number", target({ files: { a: 5 } })],
  ["contents without end", target({ files: { a: "x".repeat(5_000_000) } })],
  ["nodes that are a list", answer({ nodes: [] })],
  ["a node file with contents and error", node({ error: "x" })],
  ["a node file with neither", node({ contents: undefined })],
  ["a node file whose count is no number", node({ count: "1" })],
  ["a node file whose count is negative", node({ count: -1 })],
  ["a node file that left out what is no object", node({ leftOut: [5] })],
  ["a node file that left out something nameless", node({ leftOut: [{ error: "x" }] })],
];

for (const [what, value] of WRONG) {
  Deno.test(`an answer with ${what} is refused`, () => {
    assert.throws(() => checkAnswer(value, "shipper"), (error: Error) => {
      assert.equal((error as Error & { code: string }).code, "protocol");
      assert.match(error.message, /^Agent shipper gave an answer of the wrong shape: /);
      return true;
    });
  });
}
