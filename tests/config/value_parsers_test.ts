import assert from "node:assert/strict";
import * as parsers from "../../lib/config/value_parsers.ts";

function table<T>(parse: parsers.Parser<T>, rows: readonly (readonly [text: string, value: T | Error])[]) {
  for (const [text, value] of rows) {
    const parsed = parse(text);
    if (value instanceof Error) assert.ok("expected" in parsed, `${JSON.stringify(text)} must be refused`);
    else assert.deepEqual(parsed, { value }, JSON.stringify(text));
  }
}

const refused = new Error("refused");

Deno.test("booleans are true, false, 1, 0, yes, no, on and off in any case and nothing else", () => {
  table(parsers.parseBoolean, [
    ["true", true],
    ["TRUE", true],
    ["1", true],
    ["Yes", true],
    ["on", true],
    [" on ", true],
    ["false", false],
    ["False", false],
    ["0", false],
    ["no", false],
    ["OFF", false],
    ["2", refused],
    ["y", refused],
    ["truee", refused],
    ["enabled", refused],
  ]);
});

Deno.test("seconds are plain whole or decimal numbers within their bounds", () => {
  table(parsers.parseSeconds("above 0", { atMost: 100 }), [
    ["60", 60],
    ["0.5", 0.5],
    [".5", 0.5],
    ["+5", 5],
    [" 7 ", 7],
    ["100", 100],
    ["100.1", refused],
    ["0", refused],
    ["0.0", refused],
    ["-1", refused],
    ["1e1", refused],
    ["0x10", refused],
    ["60s", refused],
    ["NaN", refused],
    ["Infinity", refused],
    [".", refused],
  ]);
  table(parsers.parseSeconds("from 0", { atMost: 100 }), [["0", 0], ["-0", refused], ["-1", refused]]);
});

Deno.test("paths are absolute and come out normalised", () => {
  table(parsers.parsePath, [
    ["/var/log/", "/var/log"],
    ["//var//log/./x/../pods", "/var/log/pods"],
    ["/", "/"],
    [" /var ", "/var"],
    ["/..", "/"],
    ["~/logs", refused],
    ["logs", refused],
    ["./logs", refused],
    ["/a\0b", refused],
  ]);
  table(parsers.parseFilePath, [["/etc/a//b.json", "/etc/a/b.json"], ["/etc/a/", refused], ["/", refused], [
    "a",
    refused,
  ]]);
});

Deno.test("search paths may be relative and lose empty and doubled entries", () => {
  table(parsers.parseSearchPath, [["/a:./b/::/a", ["/a", "b"]], [":", refused]]);
});

Deno.test("names are split at commas, each once, in order", () => {
  table(parsers.parseNames, [["scalyr, symlinker,,scalyr", ["scalyr", "symlinker"]], [",", refused]]);
});

Deno.test("strict labels are application and version for true, none for false, or the labels named", () => {
  table(parsers.parseLabels, [
    ["true", ["application", "version"]],
    ["Yes", ["application", "version"]],
    ["false", []],
    ["off", []],
    ["team, app.kubernetes.io/name", ["team", "app.kubernetes.io/name"]],
    ["team;app", refused],
    ["-team", refused],
    [",", refused],
  ]);
});

Deno.test("addresses of the API are http or https without user, query or fragment", () => {
  table(parsers.parseUrl, [
    ["http://127.0.0.1:8001/", "http://127.0.0.1:8001"],
    ["https://proxy.example/k8s/", "https://proxy.example/k8s"],
    ["HTTP://Proxy", "http://proxy"],
    ["127.0.0.1:8001", refused],
    ["ftp://proxy", refused],
    ["http://user:word@proxy", refused],
    ["http://proxy?x=1", refused],
    ["http://proxy#x", refused],
    ["http://", refused],
    ["http:///path", refused],
  ]);
});

Deno.test("integers are whole numbers that JavaScript can hold", () => {
  table(parsers.parseInteger, [
    ["10000", 10000],
    ["-3", -3],
    ["1.5", refused],
    ["1e3", refused],
    ["", refused],
    ["9007199254740993", refused],
  ]);
});

Deno.test("objects are JSON objects, and a key __proto__ changes no prototype", () => {
  table(parsers.parseObject, [['{"a": [1]}', { a: [1] }], ["[1]", refused], ["null", refused], ["1", refused], [
    "{a: 1}",
    refused,
  ]]);
  const parsed = parsers.parseObject('{"__proto__": {"admin": true}}');
  assert.ok("value" in parsed);
  assert.equal((parsed.value as { admin?: unknown }).admin, undefined);
});

Deno.test("choices are taken in any case", () => {
  table(parsers.parseChoice("text", "json"), [["JSON", "json"], ["text", "text"], ["xml", refused]]);
});

Deno.test("lists of words and of keys are taken as they are meant, or refused with what was expected", () => {
  const words = parsers.parseChoices(["elastic", "otel"]);
  assert.deepEqual(words(" Otel,elastic, otel"), { value: ["otel", "elastic"] });
  assert.deepEqual(words("elastic,x"), { expected: "some of elastic, otel, separated by commas" });
  assert.deepEqual(words(","), { expected: "some of elastic, otel, separated by commas" });
  assert.deepEqual(parsers.parseAttributeChoices("team, app.kubernetes.io/name=app,x/*"), {
    value: [
      { key: "team", isPrefix: false, name: undefined },
      { key: "app.kubernetes.io/name", isPrefix: false, name: "app" },
      { key: "x/", isPrefix: true, name: undefined },
    ],
  });
  for (const text of ["a=", "=", "a b", ","]) assert.ok("expected" in parsers.parseAttributeChoices(text), text);
});
