import assert from "node:assert/strict";
import { isPythonPattern } from "../../agents/scalyr/python_pattern.ts";

/** Patterns, written and random, each with whether `re.compile` of Python 3.8, 3.9, 3.10, 3.11, 3.12 and 3.13 all took it. */
const RECORDED: [pattern: string, compiles: boolean][] = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/agents/python_patterns.json", import.meta.url)),
);

/** What is refused although Python takes it: comments and the flag x, three-digit octal escapes, forms that only some versions know, huge repeats. */
const TOO_HARD = /\(\?#|\(\?x|\(\?\(|\(\?>|[*+?}]\+|\\[0-9]{3}|\\N|\(a\)\(\?<=\\1|\{99999/;

Deno.test("no pattern that some Python 3 refuses gets into Scalyr's configuration", () => {
  const wrong = RECORDED.filter(([pattern, compiles]) => !compiles && isPythonPattern(pattern));
  assert.deepEqual(wrong, []);
});

Deno.test("every pattern that all of Python 3 takes is taken, but for the kinds that are documented", () => {
  const refused = RECORDED.filter(([pattern, compiles]) => compiles && !isPythonPattern(pattern));
  assert.deepEqual(refused.filter(([pattern]) => !TOO_HARD.test(pattern)), []);
});

Deno.test("a pattern that is no text for a shipper, or is too large to be a rule, is refused", () => {
  for (const pattern of ["", "a\0", "\ud800", "a".repeat(5000), "(".repeat(60) + ")".repeat(60)]) {
    assert.equal(isPythonPattern(pattern), false, JSON.stringify(pattern.slice(0, 20)));
  }
  assert.equal(isPythonPattern("(".repeat(40) + ")".repeat(40)), true);
});
