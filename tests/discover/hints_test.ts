import assert from "node:assert/strict";
import { canMatter, dirtOf, watchedRoots } from "../../lib/discover/folder_events.ts";
import { NewFolders } from "../../lib/discover/new_folders.ts";
import { RescanPace } from "../../lib/discover/rescan_pace.ts";

const roots = watchedRoots({ containersPath: "/docker", podLogsPath: "/pods", containerLinksPath: "/links" });

Deno.test("events matter by kind and by where their path lies", () => {
  const table: [Deno.FsEvent["kind"], string, string | undefined | false][] = [
    ["create", "/pods/a", "/pods/a"],
    ["create", "/pods/a/b", "/pods/a"],
    ["rename", "/docker/id", "/docker/id"],
    ["remove", "/pods/a", undefined],
    ["create", "/pods/a/b/0.log", undefined],
    ["create", "/pods/a/b/0.log.20261123-212513", false],
    ["create", "/pods/a/b/c/0.log", false],
    ["create", "/podsx/a", false],
    ["create", "/docker/id/config.v2.json", undefined],
    ["create", "/docker/id/id-json.log", undefined],
    ["create", "/docker/id/id-json.log.1", false],
    ["create", "/docker/id/mounts", false],
    ["create", "/links/x.log", undefined],
    ["create", "/links/x.txt", false],
    ["remove", "/pods", undefined],
  ];
  for (const [kind, path, newFolder] of table) {
    const expected = newFolder === false ? undefined : { path, newFolder };
    assert.deepEqual(dirtOf(path, { kind, roots }), expected, `${kind} ${path}`);
  }
  const isWorthALook = (kind: Deno.FsEvent["kind"], path: string) => canMatter({ kind, paths: [path] });
  assert.equal(isWorthALook("modify", "/pods/a/b/0.log"), false);
  assert.equal(isWorthALook("access", "/docker/id/config.v2.json"), false);
  assert.equal(isWorthALook("modify", "/docker/id/config.v2.json"), true);
});

Deno.test("a new folder is looked at five times, and a folder added again once more from the start", async () => {
  const looks: string[] = [];
  const done = Promise.withResolvers<void>();
  using folders = new NewFolders((path) => {
    looks.push(path);
    if (path === "a" && looks.length === 1) folders.add("a");
    if (looks.length === 11) done.resolve();
  });
  folders.add("a");
  folders.add("b");
  await done.promise;
  assert.deepEqual([...looks].sort(), ["a", "a", "a", "a", "a", "a", "b", "b", "b", "b", "b"]);
});

Deno.test("a whole look that was asked for comes at once and is confirmed by one more", async () => {
  let looks = 0;
  const done = Promise.withResolvers<void>();
  using pace = new RescanPace(() => {
    if (++looks === 2) done.resolve();
  });
  pace.request();
  assert.equal(looks, 1);
  await done.promise;
});

Deno.test("whole looks that call for the next do not follow each other at once", () => {
  let looks = 0;
  using pace: RescanPace = new RescanPace(() => {
    looks++;
    pace.request();
  });
  for (let calls = 0; calls < 100; calls++) pace.request();
  assert.equal(looks, 1);
});
