import assert from "node:assert/strict";
import type { Settings } from "../../lib/render/agent.ts";
import { fillPath, liesIn, parsePathPattern, rootOf } from "../../lib/render/output_path.ts";

const SETTINGS: Settings = {
  dest: { env: "WATCHER_A_DEST", type: "directory", help: "x" },
  file: { env: "WATCHER_A_FILE", type: "file", help: "x" },
  name: { env: "WATCHER_A_NAME", type: "string", help: "x" },
};
const VALUES = { dest: "/etc/shipper/", file: "/etc/shipper/agent.json" };
const fill = (pattern: string, fields = {}, settings = VALUES) =>
  fillPath(parsePathPattern(pattern, SETTINGS), { settings, fields });

const GOOD: readonly (readonly [string, Record<string, string>, string])[] = [
  ["{dest}/container-{id}.job", { id: "abc" }, "/etc/shipper/container-abc.job"],
  ["{dest}/{id}/{app}-{version}.log", { id: "a", app: "web", version: "1.10" }, "/etc/shipper/a/web-1.10.log"],
  ["{dest}/{id}", { id: "a..b" }, "/etc/shipper/a..b"],
  ["{dest}/{id}", { id: "{dest}" }, "/etc/shipper/{dest}"],
  ["{dest}/{id}", { id: "$&" }, "/etc/shipper/$&"],
  ["{file}", {}, "/etc/shipper/agent.json"],
];
for (const [pattern, fields, path] of GOOD) {
  Deno.test(`path ${pattern} with ${JSON.stringify(fields)} is ${path}`, () =>
    assert.equal(fill(pattern, fields), path));
}

const BAD_PATTERNS: readonly (readonly [string, RegExp])[] = [
  ["/etc/{id}", /does not start with \{name\} of a setting/],
  ["{id}/x", /does not start with/],
  ["{name}/x", /does not start with \{name\} of a setting of type "directory" or "file"/],
  ["{constructor}/x", /does not start with/],
  ["{dest}", /names no file in the folder \{dest\}/],
  ["{dest}/", /does not start with/],
  ["{dest}//x", /has the part ""/],
  ["{dest}/../x", /has the part "\.\."/],
  ["{dest}/./x", /has the part "\."/],
  ["{dest}/.hidden", /has the part "\.hidden", which is hidden/],
  ["{dest}/{id", /has a brace that is not part of \{name\}/],
  ["{dest}/a\u0001", /control characters/],
  [`{dest}/${"x".repeat(256)}`, /more than 255 bytes/],
  ["{file}/x", /goes on after the file \{file\}/],
];
for (const [pattern, message] of BAD_PATTERNS) {
  Deno.test(`path pattern ${JSON.stringify(pattern.slice(0, 20))} is refused`, () => {
    assert.throws(() => parsePathPattern(pattern, SETTINGS), { name: "OutputPathError", message });
  });
}

const BAD_VALUES: readonly (readonly [string, unknown])[] = [
  ["a slash", "a/b"],
  ["..", ".."],
  [".", "."],
  ["a leading dot", ".a"],
  ["nothing", ""],
  ["a missing value", undefined],
  ["a number", 5],
  ["NUL", "a\0"],
  ["a newline", "a\nb"],
  ["half a character", "\udc00"],
  ["256 bytes", "x".repeat(256)],
];
for (const [what, value] of BAD_VALUES) {
  Deno.test(`${what} does not fill a path part`, () => {
    assert.throws(() => fill("{dest}/{value}", { value }), { name: "OutputPathError" });
  });
}

Deno.test("a path of more than 4095 bytes is refused", () => {
  assert.throws(() => fill(`{dest}${"/{x}".repeat(20)}`, { x: "x".repeat(250) }), /is longer than 4095 bytes$/);
});

Deno.test("the root of a path is the operator's folder, or the folder of the operator's file", () => {
  assert.equal(rootOf(parsePathPattern("{dest}/a", SETTINGS), VALUES), "/etc/shipper");
  assert.equal(rootOf(parsePathPattern("{file}", SETTINGS), VALUES), "/etc/shipper");
  assert.equal(rootOf(parsePathPattern("{dest}/a", SETTINGS), { dest: "/" }), "/");
  assert.equal(fill("{dest}/a", {}, { dest: "/", file: "" }), "/a");
});

Deno.test("only absolute, normal paths below a folder lie in it", () => {
  const lies = (path: string) => liesIn(path, ["/var/log/pods", "/data/"]);
  assert.ok(lies("/var/log/pods/a/0.log"));
  assert.ok(lies("/data/x"));
  for (
    const path of ["/var/log/pods", "/var/log/podsx/a", "/var/log/pods/../a", "var/log/pods/a", "/var/log/pods//a", ""]
  ) {
    assert.ok(!lies(path), path);
  }
});
