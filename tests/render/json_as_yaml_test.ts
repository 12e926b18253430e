import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDocument } from "yaml";
import { createTextCheck, OutputFormatError } from "../../lib/render/formats.ts";
import { jsonAsYaml } from "../../lib/render/json_as_yaml.ts";

/** Parses as rendered files are. @throws {Error} If it is no YAML. */
function parseYaml(text: string): unknown {
  const document = parseDocument(text, { version: "1.1", uniqueKeys: true, strict: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw problem;
  return document.toJS({ maxAliasCount: 0 });
}

/** What is left of a value without its numbers, some of which are strings in YAML 1.1, such as 1e5. */
function formOf(value: unknown): unknown {
  if (typeof value === "number") return "number";
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([key, one]) => [key, formOf(one)]).sort();
}

const WORDS = [
  "<<",
  "a",
  "b",
  "__proto__",
  "yes",
  "null",
  "1",
  "---",
  "...",
  "# x",
  "%YAML",
  "&a",
  "*a",
  "!!str",
  "a: b",
];

/** JSON, however it is laid out. */
const jsonTexts = fc.tuple(
  fc.letrec<{ value: unknown; leaf: unknown; list: unknown; object: unknown }>((tie) => ({
    value: fc.oneof({ depthSize: "small" }, tie("leaf"), tie("list"), tie("object")),
    leaf: fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."\"\\/ \t\n\r\u0085\u2028\ufeff\ud83d\u00e9:#,[]{}-'") }),
      fc.constantFrom(...WORDS),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    list: fc.array(tie("value"), { maxLength: 4 }),
    object: fc.dictionary(
      fc.oneof(fc.string({ unit: "binary", maxLength: 4 }), fc.constantFrom(...WORDS)),
      tie("value"),
      { maxKeys: 4 },
    ),
  })).value,
  fc.constantFrom("", "  ", "\t", "\n", " "),
  fc.constantFrom("", "\n", "\n\n", " ", "\r\n"),
).map(([value, indent, end]) => JSON.stringify(value, null, indent) + end);

Deno.test("what is read as JSON is what the parser of YAML reads, whatever strings, keys and layout it has", () => {
  let taken = 0;
  fc.assert(
    fc.property(jsonTexts, (text) => {
      const value = jsonAsYaml(text);
      if (value === undefined) return;
      taken++;
      assert.deepEqual(formOf(value), formOf(parseYaml(text)));
    }),
    { numRuns: 3_000 },
  );
  assert.ok(taken > 300, `only ${taken} texts were read as JSON`);
});

Deno.test("any text with a part cut out, doubled or moved is YAML if it is taken for JSON", () => {
  const edits = fc.tuple(
    jsonTexts,
    fc.nat(),
    fc.nat(10),
    fc.constantFrom("", '"', ",", ":", "{", "}", '"a":', "\n", "-"),
  );
  fc.assert(
    fc.property(edits, ([text, at, length, put]) => {
      const start = at % (text.length + 1);
      const edited = text.slice(0, start) + put + text.slice(start + length);
      const value = jsonAsYaml(edited);
      if (value !== undefined) assert.deepEqual(formOf(value), formOf(parseYaml(edited)));
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("what YAML refuses, or reads otherwise, is left to its parser", () => {
  const left = [
    '{"a": 1, "a": 2}',
    '{"a": {"b": 1, "b": 2}}',
    '{"a": 1, "\\u0061": 2}',
    '{\t"a": 1}',
    '{"a": "\\/"}',
    '{"a": "\\ud83d\\ude00"}',
    '{"a": "\ud83d\ude00"}',
    '{"a": "\u0085"}',
    '\ufeff{"a": 1}',
    '{"<<": {"a": 1}}',
    `{"${"k".repeat(1_025)}": 1}`,
    "a: 1",
    "- {}",
    '"a"',
    "",
    '{"a": 1} {"b": 2}',
    "{a: 1}",
  ];
  for (const text of left) assert.equal(jsonAsYaml(text), undefined, text.slice(0, 80));
  assert.deepEqual(jsonAsYaml('\n {"a": ["\\u0041\\n\\"", {"b" : null}], "": -1.5e3}\n'), {
    a: ['A\n"', { b: null }],
    "": -1500,
  });
});

Deno.test("a file for the node that is JSON in YAML is refused for a key that comes twice, and for a container too few", async () => {
  const check = await createTextCheck({ template: "all.yaml.eta", format: "yaml", list: "receivers" });
  check('{"receivers": {"a": {}, "b": {}}}', 2);
  const refused = (message: RegExp) => (error: unknown) =>
    error instanceof OutputFormatError && message.test(error.message);
  assert.throws(
    () => check('{"receivers": {"a": {}, "a": {}}}', 2),
    refused(/^Rendered all\.yaml\.eta is no YAML: .*unique/),
  );
  assert.throws(() => check('{"receivers": {"a": {}}}', 2), refused(/has 1 elements in "receivers" for 2 containers$/));
});

Deno.test("the files of otel-collector and filebeat are read as JSON", async () => {
  for (const name of ["otel-collector/klw.yaml", "filebeat/docker.yml", "filebeat/cri.yml"]) {
    const text = await Deno.readTextFile(new URL(`../agents/golden/${name}`, import.meta.url));
    assert.deepEqual(jsonAsYaml(text), parseYaml(text), name);
  }
});
