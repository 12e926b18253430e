import assert from "node:assert/strict";
import { HINT_NAMES, hintWords, unexpressedHints } from "../../lib/render/unexpressed.ts";
import { criTarget } from "../agents/log_targets.ts";

const ALL = criTarget({
  attributes: { team: "shop" },
  hints: {
    parser: "nginx",
    multiline: { preset: "", firstLine: "^x" },
    samplingRules: [{ pattern: "x", rate: 0 }],
    redactionRules: [{ pattern: "x", replacement: "y" }],
    agents: ["scalyr"],
  },
});

Deno.test("every wish that an agent does not name is unexpressed, and only those that the target has", () => {
  const none = { expresses: [], answer: {} };
  assert.deepEqual(unexpressedHints(ALL, none).map(({ hint }) => hint), HINT_NAMES);
  assert.ok(unexpressedHints(ALL, none).every(({ targetId, reason }) => targetId === ALL.id && reason !== ""));
  assert.deepEqual(unexpressedHints(criTarget({ hints: { agents: ["scalyr"] } }), none), []);
  assert.deepEqual(unexpressedHints(ALL, { expresses: HINT_NAMES, answer: {} }), []);
});

Deno.test("what an agent says of a wish takes the place of the general reason; of wishes that are not there it says nothing", () => {
  const said = {
    unexpressed: [{ hint: "parser" as const, why: "only json" }, { hint: "parser" as const, why: "not for CRI" }],
  };
  const reasons = unexpressedHints(ALL, { expresses: HINT_NAMES.filter((hint) => hint !== "parser"), answer: said });
  assert.deepEqual(reasons.map(({ hint, reason }) => [hint, reason]), [["parser", "only json"], [
    "parser",
    "not for CRI",
  ]]);
  assert.deepEqual(unexpressedHints(criTarget(), { expresses: [], answer: said }), []);
});

Deno.test("a hint is called as its annotation is", () => {
  assert.deepEqual(HINT_NAMES.map(hintWords), [
    "parser",
    "multiline",
    "sampling-rules",
    "redaction-rules",
    "attributes",
  ]);
});
