import assert from "node:assert/strict";
import fc from "fast-check";
import { highlighterFor } from "../../templates/preview_page/highlight.js";

/** What the pieces that have a colour are. */
const LINES: readonly (readonly [path: string, line: string, pieces: readonly (readonly [string, string])[]])[] = [
  ["a.json", '  "key": "a\\"b", 5, true', [['"key"', "key"], [":", "mark"], ['"a\\"b"', "string"], [",", "mark"], [
    "5",
    "number",
  ], [
    ",",
    "mark",
  ], ["true", "word"]]],
  ["a.yaml", "# it's a comment: 5", [["# it's a comment: 5", "comment"]]],
  ["a.yaml", "- type: 'x' # why", [["type", "key"], [":", "mark"], ["'x'", "string"], ["# why", "comment"]]],
  ["a.conf", "[INPUT]", [["[INPUT]", "tag"]]],
  ["a.conf", "<source>", [["<source>", "tag"]]],
  ["a.conf", "  Path /var/log", [["  Path", "key"]]],
  ["a.toml", 'path = "x" # why', [["path", "key"], ["=", "mark"], ['"x"', "string"], ["# why", "comment"]]],
  ["a.alloy", "forward_to = [] // why", [["forward_to", "key"], ["=", "mark"], ["[]", "mark"], ["// why", "comment"]]],
];

for (const [path, line, pieces] of LINES) {
  Deno.test(`${path}: the colours of ${line}`, () => {
    assert.deepEqual(highlighterFor(path)(line).filter(([, kind]) => kind !== ""), pieces);
  });
}

Deno.test("colours add nothing to a text and take nothing away", () => {
  const paths = fc.constantFrom("a.json", "a.yaml", "a.conf", "a.alloy", "a");
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(..."\"'\\#:/<>[]{}=- a1.")).map((all) => all.join("")),
  );
  fc.assert(fc.property(paths, texts, (path, text) => {
    assert.equal(highlighterFor(path)(text).map(([part]) => part).join(""), text);
  }));
});
