import assert from "node:assert/strict";
import { fingerprint } from "../../lib/write/fingerprint.ts";
import type { OnDisk, OwnedKind } from "../../lib/write/on_disk.ts";
import { Places } from "../../lib/write/places.ts";
import { type PlanInput, planWrites } from "../../lib/write/plan.ts";
import { summary, wantedFile, wantedLink } from "./temp_tree.ts";

const places = new Places([{ path: "/d", kind: "directory" }, { path: "/etc/one.json", kind: "file" }]);
const onDisk = (contents: string, more = {}): OnDisk => ({
  kind: "file",
  fingerprint: fingerprint(contents),
  mode: 0o640,
  ...more,
});

function plan(
  { wanted = [], owned = {}, current = {}, ...rest }: {
    wanted?: PlanInput["wanted"];
    owned?: Record<string, OwnedKind>;
    current?: Record<string, OnDisk>;
    mayRemove?: boolean;
    isFull?: boolean;
    announced?: ReadonlySet<string>;
  },
) {
  return planWrites({
    wanted,
    owned: new Map(Object.entries(owned)),
    current: new Map(Object.entries(current)),
    places,
    mayRemove: true,
    ...rest,
  });
}

const reasons: [string, Parameters<typeof plan>[0], string[]][] = [
  ["creates what is missing", { wanted: [wantedFile("/d/a", "x")] }, ["file a: created"]],
  ["creates the folders on the way", { wanted: [wantedLink("/d/b/c/a", "/log")] }, [
    "directory b: created",
    "directory b/c: created",
    "link b/c/a: created",
  ]],
  ["does nothing when bytes and mode are equal", {
    wanted: [wantedFile("/d/a", "x")],
    owned: { "/d/a": "file" },
    current: { "/d/a": onDisk("x") },
  }, []],
  ["updates what differs", {
    wanted: [wantedFile("/d/a", "y")],
    owned: { "/d/a": "file" },
    current: { "/d/a": onDisk("x") },
  }, ["file a: updated"]],
  ["mends a mode", {
    wanted: [wantedFile("/d/a", "x")],
    owned: { "/d/a": "file" },
    current: { "/d/a": onDisk("x", { mode: 0o644, isChanged: true }) },
  }, ["file a: repaired: was changed by someone else"]],
  ["repairs what someone deleted", { wanted: [wantedFile("/d/a", "x")], owned: { "/d/a": "file" } }, [
    "file a: repaired: was missing",
  ]],
  ["does not blame others for a file that could not be made yet", {
    wanted: [wantedFile("/d/a", "x")],
    owned: { "/d/a": "file" },
    announced: new Set(["/d/a"]),
  }, ["file a: created"]],
  ["adopts a foreign file at a wanted path", {
    wanted: [wantedFile("/d/a", "x")],
    current: { "/d/a": onDisk("predecessor's") },
  }, ["file a: adopted"]],
  ["adopts a foreign file with the wanted bytes without a write", {
    wanted: [wantedFile("/d/a", "x")],
    current: { "/d/a": onDisk("x") },
  }, []],
  ["turns a link into a file", {
    wanted: [wantedFile("/d/a", "x")],
    owned: { "/d/a": "link" },
    current: { "/d/a": { kind: "link", target: "/x" } },
  }, ["file a: updated"]],
  ["removes files, then links, then folders from the inside out", {
    owned: {
      "/d/b": "directory",
      "/d/b/c": "directory",
      "/d/b/c/l": "link",
      "/d/1": "file",
      "/d/2": "file",
    },
    current: {
      "/d/b": { kind: "directory" },
      "/d/b/c": { kind: "directory" },
      "/d/b/c/l": { kind: "link", target: "/x" },
      "/d/1": onDisk("x"),
      "/d/2": onDisk("x"),
    },
  }, [
    "remove 2: removed: no longer wanted",
    "remove 1: removed: no longer wanted",
    "remove b/c/l: removed: no longer wanted",
    "remove b/c: removed: no longer wanted",
    "remove b: removed: no longer wanted",
  ]],
  ["keeps a folder that is still needed", {
    wanted: [wantedLink("/d/b/new", "/x")],
    owned: { "/d/b": "directory", "/d/b/old": "link" },
    current: { "/d/b": { kind: "directory" }, "/d/b/old": { kind: "link", target: "/x" } },
  }, ["link b/new: created", "remove b/old: removed: no longer wanted"]],
  ["removes nothing when the pass is incomplete", {
    owned: { "/d/a": "file" },
    current: { "/d/a": onDisk("x") },
    mayRemove: false,
  }, []],
];
for (const [name, input, expected] of reasons) {
  Deno.test(`a plan ${name}`, () => {
    const { operations, failures } = plan(input);
    assert.deepEqual(failures, []);
    assert.deepEqual(summary({ operations }, "/d"), expected);
  });
}

const refusals: [string, Parameters<typeof plan>[0], RegExp][] = [
  ["outside of the roots", { wanted: [wantedFile("/elsewhere/a", "x")] }, /lies outside of \/d, \/etc\/one\.json$/],
  ["beside a root that is one file", { wanted: [wantedFile("/etc/two.json", "x")] }, /lies outside/],
  ["with ..", { wanted: [wantedFile("/d/../etc/passwd", "x")] }, /is not an absolute path without/],
  ["that is the root itself", { wanted: [wantedFile("/d", "x")] }, /lies outside/],
  ["of a temporary file", { wanted: [wantedFile("/d/.klw-a.tmp", "x")] }, /is kept for the watcher's own files/],
  ["of a ledger", { wanted: [wantedFile("/d/.kube-log-watcher-a.ledger", "x")] }, /is kept for the watcher/],
  ["through a link", {
    wanted: [wantedFile("/d/b/a", "x")],
    current: { "/d/b": { kind: "link", target: "/etc" } },
  }, /\/d\/b leads out through a link/],
  ["below a file", { wanted: [wantedFile("/d/b/a", "x")], current: { "/d/b": onDisk("x") } }, /\/d\/b is no folder/],
  ["at which a folder lies", {
    wanted: [wantedFile("/d/a", "x")],
    current: { "/d/a": { kind: "directory" } },
  }, /a folder lies at that path, move it away$/],
];
for (const [name, input, expected] of refusals) {
  Deno.test(`a plan refuses a path ${name}`, () => {
    const { operations, failures } = plan(input);
    assert.deepEqual(operations, []);
    assert.equal(failures.length, 1);
    assert.match(failures[0]!.reason, expected);
  });
}

Deno.test("a plan refuses the second of two outputs at one path and goes on with the first", () => {
  const { operations, failures } = plan({ wanted: [wantedFile("/d/a", "x"), wantedFile("/d/a", "y")] });
  assert.deepEqual(summary({ operations }, "/d"), ["file a: created"]);
  assert.deepEqual(failures, [{ path: "/d/a", reason: "Path /d/a is wanted by two outputs" }]);
});

Deno.test("a plan forgets owned paths that are gone, of another kind, or behind a link, and removes none of them", () => {
  const { operations, forgotten } = plan({
    owned: { "/d/gone": "file", "/d/kind": "file", "/d/b": "directory", "/d/b/a": "file" },
    current: { "/d/kind": { kind: "directory" }, "/d/b": { kind: "link", target: "/etc" }, "/d/b/a": onDisk("x") },
  });
  assert.deepEqual(operations, []);
  assert.deepEqual([...forgotten].sort(), ["/d/b", "/d/b/a", "/d/gone", "/d/kind"]);
});

Deno.test("a plan lists new files, adopted files and new folders for the ledger, and nothing else", () => {
  const { announce } = plan({
    wanted: [wantedFile("/d/b/new", "x"), wantedFile("/d/adopted", "x"), wantedFile("/d/ours", "y")],
    owned: { "/d/ours": "file" },
    current: { "/d/adopted": onDisk("x"), "/d/ours": onDisk("x") },
  });
  assert.deepEqual([...announce], [["/d/b", "directory"], ["/d/b/new", "file"], ["/d/adopted", "file"]]);
});
