import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isPortablePattern, MAX_PATTERN, whyNotPortable } from "../../lib/hints/portable_pattern.ts";
import { PYTHON, searchWithPython } from "./python.ts";

/** Portable patterns, each with a text in which it is found and one in which it is not. */
const PORTABLE: readonly [pattern: string, found: string, notFound: string][] = [
  ["a", "bab", "b"],
  ["^a.c$", "abc", "xabc"],
  ["card=\\d{4,16}", "card=12345", "card=123"],
  ["(?:GET|POST) /", "GET /", "PUT /"],
  ["(a(b(c)))", "abc", "ab"],
  ["[^\\s\\]\\[-]", "x", "[ ]-"],
  ["[a-f0-9-]+$", "a-9", "x"],
  ["[-a]", "-", "b"],
  ["[\\w.+-]+@[\\w-]+\\.\\w+", "a.b@c.de", "a@b"],
  ["\\bDEBUG\\b", "x DEBUG y", "DEBUGGED"],
  ["a\\Bb", "ab", "a b"],
  ["\\x41\\x7e", "A~", "a"],
  ["\\t|\\n", "\t", " "],
  ["\\{\\}\\[\\]\\(\\)\\|\\*\\+\\?\\.\\^\\$\\\\", "{}[]()|*+?.^$\\", "x"],
  ['\\!\\"\\#\\%\\&\\,\\-\\/\\:\\;\\=\\@\\_\\~\\ ', '!"#%&,-/:;=@_~ ', "x"],
  ["a{2}", "aa", "a"],
  ["a{2,}?b", "aaab", "ab"],
  ["(?:ab){1,3}c", "ababc", "bc"],
  ["[é-ü]+ ä", "éü ä", "ea"],
  ["x*y", "y", "x"],
  ["\\w{0,100}[^x]{1,500}y", "ay", "y"],
  ["\\d\\D\\w\\W\\s\\S", "1ab- x", "ab"],
  ["[\\d\\D][\\f\\r]", "x\f", "x"],
];

/** What some shipper would refuse, or read otherwise. */
const NOT_PORTABLE: readonly [pattern: string, why: RegExp][] = [
  ["", /no character/],
  ["a".repeat(MAX_PATTERN + 1), /1025 characters/],
  ["(", /empty/],
  ["(a", /not closed/],
  ["a)", /parenthesis too many/],
  ["()", /empty/],
  ["a||b", /empty/],
  ["|a", /empty/],
  ["*a", /quantifier after nothing/],
  ["a**", /quantifier after a quantifier/],
  ["a++", /quantifier after a quantifier/],
  ["a{2}{3}", /quantifier after a quantifier/],
  ["^*", /repeated anchor/],
  ["\\b+", /repeated anchor/],
  ["a{", /brace/],
  ["{a", /without a backslash/],
  ["a}", /without a backslash/],
  ["a]", /without a backslash/],
  ["a{,3}", /brace/],
  ["a{3,2}", /repeat/],
  ["a{0}", /repeat/],
  ["a{1001}", /repeat/],
  ["a{99999}", /brace/],
  ["(?:a{100}){11}", /more than 1000 in all/],
  ["(?:\\w{5}x){40}", /too large/],
  ["\\w{101}", /too large/],
  ["[\\w-]{101}", /too large/],
  ["[^a]{501}", /too large/],
  ["(?=a)", /group/],
  ["(?!a)", /group/],
  ["(?<=a)b", /group/],
  ["(?<!a)b", /group/],
  ["(?>a)", /group/],
  ["(?i)a", /group/],
  ["(?i:a)", /group/],
  ["(?P<n>a)", /group/],
  ["(?<n>a)", /group/],
  ["(?#x)", /group/],
  ["(a)\\1", /escape \\1/],
  ["\\0", /escape \\0/],
  ["\\x00", /U\+0000/],
  ["\\x80", /escape \\x/],
  ["\\u0041", /escape \\u/],
  ["\\p{L}", /escape \\p/],
  ["\\Aa\\z", /escape \\A/],
  ["\\h", /escape \\h/],
  ["\\v", /escape \\v/],
  ["\\Qa\\E", /escape \\Q/],
  ["\\<a\\>", /escape \\</],
  ["a\\", /backslash at its end/],
  ["[", /not closed/],
  ["[a", /not closed/],
  ["[]", /empty or begins with \]/],
  ["[]a]", /empty or begins with \]/],
  ["[^]a]", /empty or begins with \]/],
  ["[[:alpha:]]", /\[ in a class/],
  ["[a[b]]", /\[ in a class/],
  ["[a&&b]", /class operation/],
  ["[a--b]", /class operation/],
  ["[a~~b]", /class operation/],
  ["[z-a]", /range/],
  ["[\\d-z]", /range/],
  ["[a-\\d]", /range/],
  ["[a-c-e]", /range of a range/],
  ["[\\b]", /escape \\b/],
  ["a\0", /control character/],
  ["a\nb", /control character/],
  ["\ud800", /control character|above/],
  ["😀+", /above U\+FFFF/],
  ["[😀]", /above U\+FFFF/],
  ["(".repeat(40) + "a" + ")".repeat(40), /nested/],
];

Deno.test("portable patterns are taken, and JavaScript finds with them what they mean", () => {
  for (const [pattern, found, notFound] of PORTABLE) {
    assert.equal(whyNotPortable(pattern), undefined, pattern);
    assert.ok(new RegExp(pattern).test(found) && !new RegExp(pattern).test(notFound), pattern);
  }
});

Deno.test("what some engine refuses or reads otherwise is not portable, and the reason is said", () => {
  for (const [pattern, why] of NOT_PORTABLE) {
    assert.match(whyNotPortable(pattern) ?? "portable", why, pattern);
    assert.equal(isPortablePattern(pattern), false);
  }
});

Deno.test("a pattern that must match something is refused when it can match nothing", () => {
  for (const pattern of ["a*", "^$", "a?|b", "(?:a|b*)", "\\b", "(a?){3}"]) {
    assert.equal(whyNotPortable(pattern), undefined, pattern);
    assert.equal(whyNotPortable(pattern, { matchesText: true }), "a match with no text at all", pattern);
  }
  for (const pattern of ["a+", "a*b", "(?:a|b)", "a{1,2}"]) {
    assert.equal(whyNotPortable(pattern, { matchesText: true }), undefined, pattern);
  }
});

Deno.test("the longest and deepest patterns are read in no time, whatever they are made of", () => {
  for (const piece of ["(", "[", "\\", "a{", "(?:", "[^", "a*", "(a|", "[a-", "\\x7", "{1,", "((a*)*"]) {
    assert.ok(whyNotPortable(piece.repeat(MAX_PATTERN / piece.length | 0)) !== "");
    assert.match(whyNotPortable(piece.repeat(100_000))!, /characters, at most/);
  }
});

Deno.test({
  name: "Python takes every portable pattern, and finds with it what JavaScript finds",
  ignore: PYTHON === undefined,
  async fn() {
    const written = PORTABLE.map(([pattern, found, notFound]) => ({ pattern, texts: [found, notFound] }));
    assert.deepEqual(await searchWithPython(written), written.map(() => [true, false]));
    const cases = fc.sample(randomPatterns, { numRuns: 3000, seed: 7 }).filter(isPortablePattern)
      .map((pattern) => ({ pattern, texts: TEXTS }));
    assert.ok(cases.length > 500, `${cases.length} random patterns are portable`);
    const found = await searchWithPython(cases);
    const different = cases.filter(({ pattern }, index) =>
      JSON.stringify(found[index]) !== JSON.stringify(TEXTS.map((text) => new RegExp(pattern).test(text)))
    );
    assert.deepEqual(different.map(({ pattern }) => pattern), []);
  },
});

/** ASCII only: of other letters engines think differently, with and without flags. */
const TEXTS = ["", "a", "b c", "ab1-c", "aaaa", "{}[]", "x\ty", "9.9", "DEBUG a=1", "^$|\\"];

const PIECES = [
  ..."abc19 .^$|()[]{}*+?\\-,",
  ...[
    "\\d",
    "\\W",
    "\\s",
    "\\b",
    "(?:",
    "[^",
    "[a-c]",
    "{2}",
    "{1,3}",
    "*?",
    "\\.",
    "\\{",
    "a-z",
    "\\x41",
    "(?=",
    "(?i)",
    "\\1",
  ],
];
const randomPatterns = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((some) =>
  some.join("")
);
