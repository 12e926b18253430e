import assert from "node:assert/strict";
import { refusedByKubernetes } from "../../lib/page/kubernetes_names.ts";

const LABELS: readonly (readonly [key: string, value: string, why: RegExp | undefined])[] = [
  ["app", "web", undefined],
  ["app.kubernetes.io/name", "", undefined],
  ["a".repeat(63), "v".repeat(63), undefined],
  ["a".repeat(64), "", /1 to 63 characters/],
  ["", "", /1 to 63 characters/],
  ["-app", "", /begins and ends with/],
  ["a/b/c", "", /at most one slash/],
  ["Example.com/a", "", /DNS name in lower case/],
  [`${"a.".repeat(127)}a/b`, "", /at most 253/],
  ["app", "a b", /the value of a label/],
  ["app", "v".repeat(64), /at most 63/],
  ["app", "-", /begins and ends/],
];

for (const [key, value, why] of LABELS) {
  const shown = JSON.stringify({ [key]: value }).slice(0, 60);
  Deno.test(`the label ${shown} is ${why ? "refused as the API refuses it" : "taken"}`, () => {
    const found = refusedByKubernetes({ labels: { [key]: value }, annotations: {} });
    if (!why) return assert.deepEqual(found, []);
    assert.deepEqual(found.map(({ field, key }) => [field, key]), [["labels", key]]);
    assert.match(found[0]!.text, why);
  });
}

Deno.test("annotations may have any value, capitals before the slash, and 256 KiB in all", () => {
  const refused = (annotations: Record<string, string>) => refusedByKubernetes({ labels: {}, annotations });
  assert.deepEqual(refused({ "Example.com/a": '[{"any": "text"}]\n' }), []);
  assert.match(refused({ "not a key": "" })[0]!.text, /Kubernetes does not take it/);
  const [found] = refused({ small: "x", large: "ü".repeat(131_072) });
  assert.equal(found!.key, "large");
  assert.match(found!.text, /all annotations together have 262155 bytes, at most 262144/);
});
