import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDocument } from "yaml";
import { KnownShapes } from "../../lib/render/known_shapes.ts";

function parse(text: string): unknown {
  const document = parseDocument(text, { version: "1.1", uniqueKeys: true, strict: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw problem;
  return document.toJS({ maxAliasCount: 0 });
}

/** Shapes, and how often the parser was asked. */
function open() {
  const asked: string[] = [];
  const shapes = new KnownShapes((text) => (asked.push(text), parse(text)), (value) => ({ form: formOf(value) }));
  return { asked, shapes };
}

/** What is left of a value without the contents of its strings. */
function formOf(value: unknown): unknown {
  if (typeof value === "string") return "text";
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([key, one]) => [key, formOf(one)]);
}

Deno.test("a shape of YAML that was met twice is not parsed again for other quoted values", () => {
  const { asked, shapes } = open();
  const file = (path: string, tags: readonly string[]) =>
    `version: 2\nsource:\n  path: ${JSON.stringify(path)}\n  tags:\n${
      tags.map((tag) => `    - ${JSON.stringify(tag)}\n`).join("")
    }`;
  shapes.gistOf(file("/var/log/a", ["x", "y"]));
  shapes.gistOf(file("/var/log/b", ["z", ""]));
  const before = asked.length;
  shapes.gistOf(file('/var/log/"b": c # d', ["- x", "{y}"]));
  assert.equal(asked.length, before);
  shapes.gistOf(file("/var/log/a", ["x"]));
  assert.ok(asked.length > before, "another number of lines is another shape");
});

Deno.test("the value that ends a map on one line is none of its shape, the others are", () => {
  const { asked, shapes } = open();
  const file = (value: string, action = "upsert") =>
    `steps:\n  - {name: modifier, action: ${action}, key: "k8s.label", value: ${JSON.stringify(value)}}\n`;
  for (const value of ["x", "y"]) shapes.gistOf(file(value));
  const before = asked.length;
  for (const value of ['a", b: "c"}', "}", "{", ", d: e", "# f"]) shapes.gistOf(file(value));
  assert.equal(asked.length, before);
  shapes.gistOf(file("x", "insert"));
  assert.equal(asked.length, before + 1);
  assert.throws(() => shapes.gistOf(file("x").replace("}", "")));
});

Deno.test("files of which each has a shape of its own are parsed once each, those of a shape that is not sound but for one", () => {
  const own = open();
  for (let index = 1; index <= 1_000; index++) {
    own.shapes.gistOf(`path: "/var/log/${index}"\ntags:\n  - {value: "${index}", name: "n"}\n`);
    assert.equal(own.asked.length, index);
  }
  const unsound = open();
  for (let index = 1; index <= 10; index++) unsound.shapes.gistOf(`a: |\n  b: "${index}"\n`);
  assert.equal(unsound.asked.length, 11);
});

Deno.test("no value makes the parser do the work for all others of its shape", () => {
  const { asked, shapes } = open();
  for (const value of ["x", "\u00a7mark\u00a7", "y"]) shapes.gistOf(`a: "${value}"\n`);
  const before = asked.length;
  shapes.gistOf(`a: "z"\n`);
  assert.equal(asked.length, before);
});

Deno.test("a long text, such as the file of a whole node, is parsed each time, but not twice, and not kept", () => {
  const { asked, shapes } = open();
  const rows = Array.from({ length: 1_000 }, (_, index) => `  - path: "/var/log/${index}.log"\n`);
  for (let times = 1; times <= 3; times++) {
    shapes.gistOf(`logs:\n${rows.join("")}`);
    assert.equal(asked.length, times);
  }
});

Deno.test("what looks like a quoted value but is part of something else is parsed each time", () => {
  const texts = [
    (value: string) => `a: |\n  b: "${value}"\n`,
    (value: string) => `a: b\n  - "${value}"\n`,
    (value: string) => `a: 'b\n  c: "${value}"\n  d'\n`,
    (value: string) => `a: "b\n  c: "${value}"\n`,
    (value: string) => `a: |\n  {b: "${value}"}\n`,
    (value: string) => `a: 'b\n  {c: d, e: "${value}"}\n  f'\n`,
  ];
  for (const text of texts) {
    const { asked, shapes } = open();
    const attempts = ["x", "it's", "y"].map((value) => {
      const before = asked.length;
      try {
        shapes.gistOf(text(value));
      } catch {
        // Not each of them is YAML.
      }
      return asked.length - before;
    });
    assert.ok(attempts.every((count) => count > 0), text("x"));
  }
});

Deno.test("with shapes and without, the same texts are YAML and have the same form", () => {
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      '"',
      "\\",
      "\u2028",
      "\u0085",
      "\ud800",
      "a: b",
      "- x",
      "# y",
      "'",
      "|",
      "&a",
      "*a",
      "{",
      "\t",
      "\u007f",
    ),
  );
  const line = fc.oneof(
    fc.tuple(fc.constantFrom("", "  ", "- ", "  - ", "a: ", "b: ", "  c: ", "    d: ", "  - e: ", "? ", "|"), value)
      .map((
        [head, text],
      ) => head + JSON.stringify(text)),
    fc.tuple(fc.constantFrom("{a: ", "- {a: b, c: ", '  - {a: "b", c: ', "d: {a: "), value, fc.constantFrom("}", ""))
      .map(([head, text, tail]) => head + JSON.stringify(text) + tail),
    fc.constantFrom(
      "a:",
      "b: |",
      "b: >",
      "  c:",
      "- ",
      "f: plain",
      "  plain",
      "# note",
      "g: 'x",
      "h: [",
      "]",
      "---",
      "...",
      "i: &a x",
    ),
    // Escapes that JSON does not write.
    fc.constantFrom('a: "\\q"', 'a: "\\/"', 'a: "\\x41"', 'a: "\\ud83d"', 'a: "x" # y', 'a: "x" y', 'a: "x"y"'),
  );
  const form = (run: () => unknown) => {
    try {
      return { form: run() };
    } catch {
      return "no YAML";
    }
  };
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), fc.array(value, { minLength: 2, maxLength: 5 }), (lines, values) => {
      const { shapes } = open();
      const text = lines.join("\n");
      // The same lines with other contents, which meet a shape that is known by then.
      const others = values.map((one) => text.replaceAll(/"(?:[^"\\\n]|\\.)*"(?=\}?$)/gm, () => JSON.stringify(one)));
      for (const one of [text, ...others]) {
        assert.deepEqual(form(() => shapes.gistOf(one).form), form(() => formOf(parse(one))), one);
      }
    }),
    { numRuns: 2_000 },
  );
});
