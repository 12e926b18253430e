/**
 * Structured annotations: JSON lists with one item per container, right, wrong and absurd.
 *
 * @module
 */
import * as fc from "fast-check";
import { hostileJson, hostileJsonText, hostileText, hugeText } from "./hostile_text.ts";

const PATTERNS = ["x", "card=\\d+", "(?i)token", "[", "(", "a{2,1}", "(?P<a>x)(?P<a>y)", "\\", "", "(?<=a|bc)d"];

/**
 * Makes annotations that speak of a container.
 *
 * @param item Key of an item under which its text or its list of rules stands.
 */
export function hostileAnnotation(container: string, item: string): fc.Arbitrary<string> {
  const rule = fc.record({
    match_expression: fc.oneof(fc.constantFrom(...PATTERNS), hostileText, hostileJson),
    replacement: fc.oneof(hostileText, hostileJson),
    hash_salt: fc.oneof(hostileText, hostileJson),
    sampling_rate: fc.oneof(fc.double({ min: -1, max: 2 }), fc.constantFrom<unknown>("0.5", "1", "1e1", 1e308, null)),
  }, { requiredKeys: [] });
  const content = fc.oneof(
    hostileText,
    fc.array(fc.oneof({ weight: 5, arbitrary: rule }, hostileJson), { maxLength: 4 }),
  );
  const own = content.map((value) => ({ container, [item]: value }));
  const other = fc.tuple(hostileText, content).map(([name, value]) => ({ container: name, [item]: value }));
  const list = fc.array(
    fc.oneof({ weight: 6, arbitrary: own }, { weight: 2, arbitrary: other }, { weight: 1, arbitrary: hostileJson }),
    { maxLength: 4 },
  );
  return fc.oneof(
    { weight: 10, arbitrary: own.map((value) => JSON.stringify([value])) },
    { weight: 6, arbitrary: list.map((value) => JSON.stringify(value)) },
    { weight: 3, arbitrary: hostileJsonText },
    { weight: 1, arbitrary: absurd(container, item) },
  );
}

/** Makes annotations that are right in form and as long as Kubernetes takes them: one text, thousands of rules, thousands of mistakes. */
function absurd(container: string, item: string): fc.Arbitrary<string> {
  const many = fc.constantFrom<unknown>(
    0,
    { match_expression: "x" },
    { match_expression: "(" },
    { match_expression: "a|".repeat(1_000) },
    { match_expression: "x", replacement: 1 },
  ).map((rule) => {
    const text = JSON.stringify(rule);
    return Array.from({ length: Math.floor(250_000 / (text.length + 1)) }, () => rule);
  });
  const long = hugeText.map((text) => [{ match_expression: "x", replacement: text.slice(0, 40_000) }]);
  return fc.oneof(many, long, hugeText.map((text) => text.slice(0, 40_000))).map((value) =>
    JSON.stringify([{ container, [item]: value }])
  );
}
