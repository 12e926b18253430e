import assert from "node:assert/strict";
import { join } from "node:path";
import { type Disk, realDisk } from "../../lib/write/disk.ts";
import { previewWrites } from "../../lib/write/preview.ts";
import { Writer } from "../../lib/write/writer.ts";
import {
  EVENT,
  FULL,
  inTempFolder,
  listTree,
  openWriter,
  summary,
  wantedFile,
  wantedLink,
  writerOptions,
} from "./temp_tree.ts";

Deno.test("a writer brings an empty folder to what is wanted, in the wanted order, and back to empty", () =>
  inTempFolder(async (root) => {
    await using writer = await openWriter(root);
    const wanted = [
      wantedLink(join(root, "c1/app-1.log"), "/var/log/pods/1.log"),
      wantedFile(join(root, "container-c1.job"), "job", 0o600),
      wantedFile(join(root, "agent.json"), "{}"),
    ];
    const applied = await writer.apply({ wanted, ...FULL });
    assert.deepEqual(applied.failures, []);
    assert.deepEqual(summary(applied, root), [
      "directory c1: created",
      "link c1/app-1.log: created",
      "file container-c1.job: created",
      "file agent.json: created",
    ]);
    assert.deepEqual(listTree(root), [
      'agent.json 640 "{}"',
      "c1/",
      "c1/app-1.log -> /var/log/pods/1.log",
      'container-c1.job 600 "job"',
    ]);
    assert.deepEqual((await writer.apply({ wanted, ...FULL })).operations, []);
    assert.deepEqual(summary(await writer.apply({ wanted: [], ...EVENT }), root), [
      "remove agent.json: removed: no longer wanted",
      "remove container-c1.job: removed: no longer wanted",
      "remove c1/app-1.log: removed: no longer wanted",
      "remove c1: removed: no longer wanted",
    ]);
    assert.deepEqual(listTree(root), []);
    assert.equal(writer.owned.size, 0);
  }));

Deno.test("a link that changes its target is replaced, and its folder stays", () =>
  inTempFolder(async (root) => {
    await using writer = await openWriter(root);
    await writer.apply({ wanted: [wantedLink(join(root, "c/a.log"), "/0.log")], ...FULL });
    const applied = await writer.apply({ wanted: [wantedLink(join(root, "c/a.log"), "/1.log")], ...EVENT });
    assert.deepEqual(summary(applied, root), ["link c/a.log: updated"]);
    assert.deepEqual(listTree(root), ["c/", "c/a.log -> /1.log"]);
  }));

Deno.test("equal contents are not written, neither in the same run nor after a restart", () =>
  inTempFolder(async (root) => {
    const path = join(root, "a");
    const before = await (async () => {
      await using writer = await openWriter(root);
      await writer.apply({ wanted: [wantedFile(path, "x")], ...FULL });
      await writer.apply({ wanted: [wantedFile(path, "x")], ...EVENT });
      return Deno.statSync(path).ino;
    })();
    await using writer = await openWriter(root);
    assert.deepEqual(await writer.apply({ wanted: [wantedFile(path, "x")], ...EVENT }), {
      operations: [],
      failures: [],
    });
    assert.equal(Deno.statSync(path).ino, before);
  }));

Deno.test("a full pass repairs what others changed, deleted, re-moded or re-linked; an event pass trusts its memory", () =>
  inTempFolder(async (root) => {
    await using writer = await openWriter(root);
    const wanted = [
      wantedLink(join(root, "link"), "/log"),
      ...["changed", "deleted", "mode", "same-size"].map((name) => wantedFile(join(root, name), "1234")),
    ];
    await writer.apply({ wanted, ...FULL });
    const before = listTree(root);
    Deno.writeTextFileSync(join(root, "changed"), "edited by hand");
    Deno.writeTextFileSync(join(root, "same-size"), "4321");
    Deno.removeSync(join(root, "deleted"));
    Deno.chmodSync(join(root, "mode"), 0o666);
    Deno.removeSync(join(root, "link"));
    Deno.symlinkSync("/etc/passwd", join(root, "link"));
    assert.deepEqual((await writer.apply({ wanted, ...EVENT })).operations, []);
    assert.deepEqual(summary(await writer.apply({ wanted, ...FULL }), root), [
      "link link: repaired: was changed by someone else",
      "file changed: repaired: was changed by someone else",
      "file deleted: repaired: was missing",
      "file mode: repaired: was changed by someone else",
      "file same-size: repaired: was changed by someone else",
    ]);
    assert.deepEqual(listTree(root), before);
    assert.deepEqual((await writer.apply({ wanted, ...FULL })).operations, []);
  }));

Deno.test("an edit right after our write is found although size and time are the same", () =>
  inTempFolder(async (root) => {
    await using writer = await openWriter(root);
    const path = join(root, "a");
    const wanted = [wantedFile(path, "1234")];
    await writer.apply({ wanted, ...FULL });
    const time = Deno.statSync(path).mtime!;
    Deno.writeTextFileSync(path, "4321");
    Deno.utimeSync(path, time, time);
    assert.deepEqual(summary(await writer.apply({ wanted, ...FULL }), root), [
      "file a: repaired: was changed by someone else",
    ]);
  }));

Deno.test("calls of apply wait for each other, and closing waits for the last", () =>
  inTempFolder(async (root) => {
    const writer = await openWriter(root);
    const passes = Array.from({ length: 5 }, (_, index) =>
      writer.apply({ wanted: [wantedFile(join(root, "a"), String(index))], ...EVENT }));
    await writer[Symbol.asyncDispose]();
    assert.deepEqual(listTree(root), ['a 640 "4"']);
    assert.ok((await Promise.all(passes)).every(({ failures }) =>
      failures.length === 0
    ));
    await assert.rejects(writer.apply({ wanted: [], ...FULL }), /its writer is closed/);
  }));

Deno.test("an event that concerns one file of a thousand looks at no other", () =>
  inTempFolder(async (root) => {
    const looked: string[] = [];
    const disk: Disk = { ...realDisk, look: (path) => (looked.push(path), realDisk.look(path)) };
    await using writer = await openWriter(root, { disk });
    const wanted = Array.from({ length: 1000 }, (_, index) => wantedFile(join(root, `f${index}`), "x"));
    await writer.apply({ wanted, ...FULL });
    looked.length = 0;
    const changed = wanted.with(500, wantedFile(join(root, "f500"), "y"));
    assert.deepEqual(summary(await writer.apply({ wanted: changed, ...EVENT }), root), ["file f500: updated"]);
    const copies = changed.map((item) => ({ ...item }));
    assert.deepEqual((await writer.apply({ wanted: copies, ...EVENT })).operations, []);
    assert.deepEqual(new Set(looked), new Set([join(root, "f500")]));
  }));

Deno.test("a preview shows what would be done with the contents now and then, and changes nothing", () =>
  inTempFolder(async (folder) => {
    const root = join(folder, "root");
    const options = writerOptions(root);
    const wanted = [wantedLink(join(root, "c/l"), "/log"), wantedFile(join(root, "a"), "new")];
    const before = await previewWrites({ ...options, wanted });
    assert.deepEqual(before.operations.map(({ kind, after }) => [kind, after]), [
      ["directory", undefined],
      ["link", "/log"],
      ["file", "new"],
    ]);
    assert.deepEqual(listTree(folder), []);
    await using writer = await Writer.open(options);
    await writer.apply({ wanted: [wantedFile(join(root, "a"), "old"), wantedFile(join(root, "b"), "gone")], ...FULL });
    const tree = listTree(folder);
    assert.deepEqual((await writer.preview(wanted)).operations.slice(2), [
      { path: join(root, "a"), kind: "file", reason: "updated", before: "old", after: "new" },
      { path: join(root, "b"), kind: "remove", reason: "removed: no longer wanted", before: "gone", after: undefined },
    ]);
    assert.deepEqual(listTree(folder), tree);
  }));
