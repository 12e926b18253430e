/**
 * Texts that break careless programs.
 *
 * @module
 */
import * as fc from "fast-check";

/** What ends a string, a line, a tag, a placeholder or a path in some language. */
const PIECES = [
  '"',
  "'",
  "`",
  "\\",
  "\\\\",
  '\\"',
  "\\u0022",
  "\n",
  "\r\n",
  "\t",
  "\0",
  "\u0001\u001b[31m",
  "\u007f\u0085\u009f",
  "\u2028\u2029",
  "\u202e\u2066",
  "\ufeff\ufffe\uffff",
  "\ud83d",
  "\udc00",
  "\ud83d\ude00",
  "e\u0301 日本",
  "${HOME}",
  "$(id)",
  "$$",
  "#{1+1}",
  "{{ x }}",
  "{% raw %}",
  "<% } %>",
  "<%= it.settings %>",
  "<%~ 1 %>",
  "%>",
  "%{WORD:x}",
  "%20",
  "[*?]",
  "*",
  "${{",
  "!!python/object:x",
  "!tag",
  "&anchor",
  "*anchor",
  "<<: *x",
  ": ",
  " #",
  "- ",
  "---\n",
  "...",
  "? ",
  "| ",
  "> ",
  "@at",
  "//",
  "/* */",
  "</script>",
  "../../etc/passwd",
  "..",
  ".",
  "/",
  "[INPUT]\n  Name x",
  "</match>",
  "]]>",
  "{",
  "}",
  "]",
  ",",
  "=",
  "&",
  "+",
  "",
  " ",
  "~",
  "null",
  "true",
  "no",
  "0123",
  "1.10",
  "1e999",
  "-0",
  "0x1f",
  "1_000",
  "12:30:45",
  "2001-01-01",
  ".inf",
  ".nan",
  "=",
  "<<",
  "undefined",
  "[object Object]",
] as const;

/** Names that every object answers to. */
const OBJECT_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "toJSON",
  "then",
] as const;

/** Size of the largest texts, in characters. */
const HUGE = 256 * 1024;

const piece = fc.constantFrom<string>(...PIECES, ...OBJECT_KEYS);
const utf16 = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });

/** Makes short texts; every second one is of pieces that mean something to some parser. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: piece },
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")) },
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 3, arbitrary: utf16 },
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/) },
);

/** Makes texts of 256 KiB. */
export const hugeText: fc.Arbitrary<string> = fc.tuple(piece, piece).map(([one, other]) => {
  const unit = `${one}${other}` || "x";
  return unit.repeat(Math.ceil(HUGE / unit.length)).slice(0, HUGE);
});

/** Makes keys of objects. */
export const hostileKey: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...OBJECT_KEYS), hostileText);

/** Makes a map with own keys only, `__proto__` among them. */
export function hostileMap<T>(values: fc.Arbitrary<T>, maxKeys = 5): fc.Arbitrary<Record<string, T>> {
  return fc.array(fc.tuple(hostileKey, values), { maxLength: maxKeys }).map((entries) => Object.fromEntries(entries));
}

/** Makes any JSON value; keys and texts are hostile, some numbers huge. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    hostileText,
    fc.constantFrom<unknown>(null, true, false, 0, -0, 0.5, -1, 1e308, Number.MAX_SAFE_INTEGER, 2 ** 53, 1e-320),
    fc.array(tie("value"), { maxLength: 4 }),
    hostileMap(tie("value"), 4),
  ),
})).value;

/** Makes text that is JSON, nearly JSON, nested very deeply, or nothing of the kind. */
export const hostileJsonText: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: hostileJson.map((value) => JSON.stringify(value)) },
  {
    weight: 2,
    arbitrary: fc.tuple(hostileJson.map((value) => JSON.stringify(value)), fc.nat(200)).map(([text, end]) =>
      text.slice(0, end)
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 60_000).map((depth) => "[".repeat(depth) + "]".repeat(depth)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1_000, 20_000).map((depth) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth)),
  },
  { weight: 1, arbitrary: fc.constantFrom("9".repeat(5_000), "1e999999", '{"a":1,"a":2}', "NaN", "\ufeff{}") },
  { weight: 2, arbitrary: hostileText },
);
