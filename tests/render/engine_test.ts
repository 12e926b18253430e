import assert from "node:assert/strict";
import type { Language, OutputFormat } from "../../lib/render/agent.ts";
import { createEngine } from "../../lib/render/runtime/engine.ts";

function render(template: string, { format = "json", it = {} }: { format?: OutputFormat; it?: object } = {}): string {
  return createEngine(new Map([["a.eta", template], ["part.eta", "[<%= it.x %>]"]]))("a.eta", format, it);
}

const ESCAPES: readonly (readonly [OutputFormat, unknown, string])[] = [
  ["json", 'a"b\\c\nd', '"a\\"b\\\\c\\nd"'],
  ["json", "ü€😀", '"ü€😀"'],
  ["json", { a: [1, true, null], b: undefined }, '{"a":[1,true,null]}'],
  ["json", "a\0b\ud800c", '"a\ufffdb\ufffdc"'],
  ["json", JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  ["json", "</script><%= 1 %>", '"</script><%= 1 %>"'],
  ["yaml", "1.10", '"1.10"'],
  ["yaml", "a\nkey: value", '"a\\nkey: value"'],
  ["yaml", "a\u0085b\u2028c\ufeff", '"a\\u0085b\\u2028c\\ufeff"'],
  ["yaml", true, "true"],
  ["text", "a b", "a b"],
  ["text", 5, "5"],
];

for (const [format, value, written] of ESCAPES) {
  Deno.test(`${format} writes ${JSON.stringify(value)} as a complete literal`, () => {
    assert.equal(render("<%= it.value %>", { format, it: { value } }), written);
    assert.equal(render("<% output(it.value) %>", { format, it: { value } }), written, "output() escapes as well");
  });
}

const REFUSED: readonly (readonly [OutputFormat, unknown, RegExp])[] = [
  ["json", undefined, /Value undefined cannot be written: it is missing/],
  ["json", NaN, /Value NaN cannot be written: it is number/],
  ["json", () => 1, /cannot be written: it is function/],
  ["json", 1n, /Value 1 cannot be written: it is bigint/],
  ["json", [undefined], /Value undefined cannot be written: it is missing/],
  ["text", { a: 1 }, /Cannot write \{"a":1\} as text: it is not a single value/],
  ["text", "a\nb", /Cannot write "a\\nb" as text: it has control characters/],
];

for (const [format, value, message] of REFUSED) {
  Deno.test(`${format} refuses ${typeof value} ${Array.isArray(value) ? "in a list" : String(value)}`, () => {
    assert.throws(() => render("<%= it.value %>", { format, it: { value } }), message);
  });
}

Deno.test("a missing value is an error that names template and line", () => {
  assert.throws(() => render("one\ntwo\n<%= it.gone %>"), /a\.eta:3[\s\S]*it is missing/);
  assert.throws(() => render("one\n<%= it.gone.deeper %>"), /a\.eta:2/);
});

const MISTAKES: readonly (readonly [template: string, message: string])[] = [
  ["one\n<% if (x { %>\nthree\n<% } %>\n", "SyntaxError: a.eta:2: Unexpected token '{'"],
  ["one\n<%= it.x. %>\n<%= it.x %>\n", "SyntaxError: a.eta:2: Unexpected token ')'"],
  ["one\n<% if (it.x) { %>\nthree\n", "SyntaxError: a.eta:3: A block is open at the end, <% } %> is missing"],
  ["one\ntwo <%= it.x\n", "SyntaxError: a.eta:2:5: unclosed tag"],
  ["one\n<%= gone %>\n", "Error: a.eta:2: gone is not defined; the line is: <%= gone %>"],
  [
    "one\n\n<%~ include('part', {}) %>\n",
    "Error: a.eta:3: part.eta:1: Value undefined cannot be written: it is missing; the line is: [<%= it.x %>]",
  ],
];

for (const [template, message] of MISTAKES) {
  Deno.test(`a mistake in a template is told in one line, with its place: ${message}`, () => {
    assert.throws(() => render(template), (error: Error) => {
      assert.equal(`${error.name}: ${error.message}`, message);
      return true;
    });
  });
}

Deno.test("raw output is refused, but for includes", () => {
  assert.throws(
    () => render("a\n<%~ it.value %>", { it: { value: "x" } }),
    /Raw output <%~ it\.value %> in line 2 is not allowed/,
  );
  assert.throws(() => render("<%~ it.f(include('part')) %>"), /is not allowed/);
});

Deno.test("an include escapes by the format of the template that includes it", () => {
  assert.equal(render(`<%~ include("part", { x: 'a"b' }) %>`), '["a\\"b"]');
  assert.equal(render(`<%~ include("part.eta", { x: "1" }) %>`, { format: "yaml" }), '["1"]');
  assert.equal(render(`<%~ include("part", { x: "1" }) %>`, { format: "text" }), "[1]");
  assert.throws(() => render(`<%~ include("part", {}) %>`), /part\.eta:1/);
});

Deno.test("a template that is not in the folder is named together with those that are", () => {
  assert.throws(
    () => render(`<%~ include("gone") %>`),
    /Template gone\.eta is not in the folder, which has a\.eta, part\.eta/,
  );
});

Deno.test("a template that does not compile says so", () => {
  assert.throws(() => render("<% if ( %>"), /SyntaxError|Bad template syntax/);
});

Deno.test("a line of statements alone leaves nothing behind; a value keeps the newline after it", () => {
  const template =
    "list:\n  <% for (const x of it.all) { %>\n  - <%= x %>\n  <% } %>\n<% /* a note */ %><% if (false) { %>\nnever\n<% } %>\nend: <%= it.all.length %>\n";
  assert.equal(render(template, { format: "yaml", it: { all: ["a", "b"] } }), 'list:\n  - "a"\n  - "b"\nend: 2\n');
});

Deno.test("statements over several lines leave nothing, and errors after them name the right line", () => {
  const template = "a\n<%\n  const x = 1;\n%>\n<%= x %>\n<%= it.gone %>\n";
  assert.throws(() => render(template), /a\.eta:6/);
  assert.equal(render("a\n<%\n  const x = 1;\n%>\n<%= x %>\n"), "a\n1\n");
});

Deno.test("statements beside text leave the line's newline", () => {
  assert.equal(render("[<% if (true) { %>1<% } %>]\n<% if (true) { %>,<% } %>\nz"), "[1]\n,\nz");
});

const SHOUT = { write: (value: unknown) => `<${String(value).toUpperCase()}>` };
const DOLLARS: Language = {
  like: "yaml",
  write: (value, yaml) => yaml(typeof value === "string" ? value.replaceAll("$", "$$$$") : value),
};

Deno.test("an agent's own language writes every value, and sees none that is missing or broken", () => {
  const render = createEngine(new Map([["a.eta", "<%= it.value %> <% output(it.value) %>"]]), { shout: SHOUT });
  assert.equal(render("a.eta", "shout", { value: "a\0b\ud800" }), "<A\ufffdB\ufffd> <A\ufffdB\ufffd>");
  assert.throws(() => render("a.eta", "shout", {}), /Value undefined cannot be written: it is missing/);
});

Deno.test("an agent's own language can differ from a built-in one in some characters only", () => {
  const render = createEngine(new Map([["a.eta", "a: <%= it.value %>"]]), { filebeat: DOLLARS });
  assert.equal(render("a.eta", "filebeat", { value: "${HOME}\u0085" }), 'a: "$${HOME}\\u0085"');
});

Deno.test("a file that an agent's own language does not take is refused with its reason", () => {
  const check = (text: string) => {
    if (!text.endsWith(";")) throw new Error("line 1 has no semicolon");
  };
  const render = createEngine(new Map([["a.eta", "<%= it.value %>"]]), { strict: { ...SHOUT, check } });
  assert.throws(
    () => render("a.eta", "strict", { value: "x" }),
    /Rendered a\.eta is no strict: line 1 has no semicolon/,
  );
  const careless = createEngine(new Map([["a.eta", "<%= it.value %>"]]), { careless: { write: () => 5 as never } });
  assert.throws(() => careless("a.eta", "careless", { value: "x" }), /write returned number, not a text/);
});

Deno.test("to look for a mistake in a template runs nothing of it", () => {
  const sources = new Map([["a.eta", "<% globalThis.ran = true; %>\n<%= 1 +* 2 %>"]]);
  assert.throws(() => createEngine(sources)("a.eta", "json", {}), /a\.eta:2/);
  assert.equal((globalThis as { ran?: boolean }).ran, undefined);
});
