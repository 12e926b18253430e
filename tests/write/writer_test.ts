import assert from "node:assert/strict";
import { join } from "node:path";
import { type Disk, realDisk } from "../../lib/write/disk.ts";
import { OutputsInUseError } from "../../lib/write/lock.ts";
import { previewWrites } from "../../lib/write/preview.ts";
import { temporaryName } from "../../lib/write/temporary_name.ts";
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

const full = new Error("No space left on device (os error 28): writefile 'x'");
const noSpace = Object.assign(full, { code: "ENOSPC" });

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

Deno.test("files of others are never touched, and keep the folder that they lie in", () =>
  inTempFolder(async (root) => {
    Deno.mkdirSync(join(root, "theirs"));
    Deno.writeTextFileSync(join(root, "foreign.job"), "foreign");
    {
      await using writer = await openWriter(root);
      const wanted = [wantedFile(join(root, "theirs/ours"), "x"), wantedFile(join(root, "made/ours"), "x")];
      await writer.apply({ wanted, ...FULL });
      Deno.writeTextFileSync(join(root, "made/foreign"), "foreign");
    }
    await using writer = await openWriter(root);
    assert.deepEqual((await writer.apply({ wanted: [], ...FULL })).failures, []);
    assert.deepEqual(listTree(root).map((line) => line.split(" ")[0]), [
      "foreign.job",
      "made/",
      "made/foreign",
      "theirs/",
    ]);
    Deno.removeSync(join(root, "made/foreign"));
    assert.deepEqual(summary(await writer.apply({ wanted: [], ...FULL }), root), [
      "remove made: removed: no longer wanted",
    ]);
  }));

Deno.test("a foreign file at a wanted path is replaced and said to be adopted", () =>
  inTempFolder(async (root) => {
    Deno.writeTextFileSync(join(root, "agent.json"), "the predecessor's");
    Deno.symlinkSync("/etc/hostname", join(root, "link.json"));
    await using writer = await openWriter(root);
    const wanted = [wantedFile(join(root, "agent.json"), "{}"), wantedFile(join(root, "link.json"), "{}")];
    assert.deepEqual(summary(await writer.apply({ wanted, ...FULL }), root), [
      "file agent.json: adopted",
      "file link.json: adopted",
    ]);
    assert.deepEqual(listTree(root), ['agent.json 640 "{}"', 'link.json 640 "{}"']);
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

Deno.test("an incomplete pass removes nothing; the next complete one does", () =>
  inTempFolder(async (root) => {
    await using writer = await openWriter(root);
    const a = wantedFile(join(root, "a"), "x"), b = wantedFile(join(root, "b"), "x");
    await writer.apply({ wanted: [a, b], ...FULL });
    assert.deepEqual((await writer.apply({ wanted: [a], mayRemove: false, verify: true })).operations, []);
    assert.deepEqual((await writer.apply({ wanted: [a], mayRemove: false, verify: false })).operations, []);
    assert.deepEqual(summary(await writer.apply({ wanted: [a], ...EVENT }), root), [
      "remove b: removed: no longer wanted",
    ]);
  }));

Deno.test("a file that cannot be written keeps its old contents, stops no other, and is tried again", () =>
  inTempFolder(async (root) => {
    let isFull = false;
    const disk: Disk = {
      ...realDisk,
      createFile: async (path, contents, options) => {
        if (!isFull || contents.length < 100) return await realDisk.createFile(path, contents, options);
        await realDisk.createFile(path, contents.subarray(0, 50), options);
        throw noSpace;
      },
    };
    await using writer = await openWriter(root, { disk });
    const wanted = (
      text: string,
    ) => [wantedFile(join(root, "big"), text.repeat(200)), wantedFile(join(root, "small"), text)];
    await writer.apply({ wanted: wanted("1"), ...FULL });
    isFull = true;
    const { operations, failures } = await writer.apply({ wanted: wanted("2"), ...EVENT });
    assert.deepEqual(operations.map(({ path }) => path), [join(root, "small")]);
    assert.deepEqual(failures, [{
      path: join(root, "big"),
      reason: `Cannot write ${root}/big: No space left on device (ENOSPC): free space, or inodes, on that file system`,
    }]);
    assert.deepEqual(listTree(root), [`big 640 "${"1".repeat(200)}"`, 'small 640 "2"']);
    isFull = false;
    assert.deepEqual(summary(await writer.apply({ wanted: wanted("2"), ...EVENT }), root), ["file big: updated"]);
  }));

Deno.test("a new file that cannot be listed in the ledger is not made; known ones are written", () =>
  inTempFolder(async (root) => {
    let isFull = false;
    const disk: Disk = {
      ...realDisk,
      append: (...args) => isFull ? Promise.reject(noSpace) : realDisk.append(...args),
    };
    await using writer = await openWriter(root, { disk });
    await writer.apply({ wanted: [wantedFile(join(root, "a"), "1")], ...FULL });
    isFull = true;
    const wanted = [wantedFile(join(root, "a"), "2"), wantedFile(join(root, "b"), "2")];
    const { failures } = await writer.apply({ wanted, ...EVENT });
    assert.deepEqual(listTree(root), ['a 640 "2"']);
    assert.deepEqual(failures.map(({ path }) => path), [join(root, ".kube-log-watcher-test.ledger"), join(root, "b")]);
    isFull = false;
    assert.deepEqual(summary(await writer.apply({ wanted, ...EVENT }), root), ["file b: created"]);
  }));

Deno.test("a folder at a wanted path is a failure and stays", () =>
  inTempFolder(async (root) => {
    Deno.mkdirSync(join(root, "a"));
    await using writer = await openWriter(root);
    const { failures } = await writer.apply({ wanted: [wantedFile(join(root, "a"), "x")], ...FULL });
    assert.match(failures[0]!.reason, /a folder lies at that path, move it away$/);
    assert.deepEqual(listTree(root), ["a/"]);
  }));

Deno.test("a link in the way leads nothing out, neither a write nor a removal", () =>
  inTempFolder(async (folder) => {
    const root = join(folder, "root"), outside = join(folder, "outside");
    Deno.mkdirSync(outside);
    await using writer = await openWriter(root);
    const wanted = [wantedFile(join(root, "sub/a"), "x")];
    await writer.apply({ wanted, ...FULL });
    Deno.renameSync(join(root, "sub"), join(outside, "sub"));
    Deno.symlinkSync(join(outside, "sub"), join(root, "sub"));
    const { failures } = await writer.apply({ wanted: [wantedFile(join(root, "sub/a"), "y")], ...FULL });
    assert.match(failures[0]!.reason, /root\/sub leads out through a link, put a real folder there$/);
    await writer.apply({ wanted: [], ...FULL });
    assert.deepEqual(listTree(outside), ["sub/", 'sub/a 640 "x"']);
  }));

Deno.test("a root that is a link itself is where the operator wants the files", () =>
  inTempFolder(async (folder) => {
    Deno.mkdirSync(join(folder, "real"));
    Deno.symlinkSync(join(folder, "real"), join(folder, "root"));
    const path = join(folder, "root/sub/a");
    {
      await using writer = await openWriter(join(folder, "root"));
      assert.deepEqual((await writer.apply({ wanted: [wantedFile(path, "x")], ...FULL })).failures, []);
      assert.deepEqual(listTree(join(folder, "real")), ["sub/", 'sub/a 640 "x"']);
    }
    await using writer = await openWriter(join(folder, "root"));
    await writer.apply({ wanted: [], ...FULL });
    assert.deepEqual(listTree(join(folder, "real")), []);
  }));

Deno.test("a missing root is made, with a word in the log", () =>
  inTempFolder(async (folder) => {
    const root = join(folder, "not/there/yet");
    const options = writerOptions(root);
    await using writer = await Writer.open(options);
    assert.match(options.lines.join(""), /info {2}Created the folder .*not\/there\/yet, it was missing/);
    await writer.apply({ wanted: [wantedFile(join(root, "a"), "x")], ...FULL });
    assert.deepEqual(listTree(root), ['a 640 "x"']);
  }));

Deno.test("a root that is deleted while running is made again with everything in it, ledger and lock too", () =>
  inTempFolder(async (folder) => {
    const root = join(folder, "root");
    const wanted = [wantedLink(join(root, "c/l"), "/log"), wantedFile(join(root, "a"), "x")];
    {
      await using writer = await openWriter(root);
      await writer.apply({ wanted, ...FULL });
      const before = listTree(root);
      Deno.removeSync(root, { recursive: true });
      assert.deepEqual((await writer.apply({ wanted, ...EVENT })).failures, []);
      assert.deepEqual(listTree(root), before);
      await assert.rejects(openWriter(root), OutputsInUseError);
    }
    await using writer = await openWriter(root);
    await writer.apply({ wanted: [], ...FULL });
    assert.deepEqual(listTree(root), []);
  }));

Deno.test("a root that cannot be made again is one failure, and is made when it can", () =>
  inTempFolder(async (folder) => {
    const root = join(folder, "root");
    await using writer = await openWriter(root);
    const wanted = [wantedFile(join(root, "a"), "x"), wantedFile(join(root, "b"), "x")];
    await writer.apply({ wanted, ...FULL });
    Deno.removeSync(root, { recursive: true });
    Deno.writeTextFileSync(root, "a file");
    const { failures } = await writer.apply({ wanted, ...EVENT });
    assert.deepEqual(failures, [{
      path: root,
      reason: `Cannot create the folder ${root}: a file lies at that path, move it away`,
    }]);
    Deno.removeSync(root);
    assert.deepEqual((await writer.apply({ wanted, ...EVENT })).failures, []);
    assert.deepEqual(listTree(root), ['a 640 "x"', 'b 640 "x"']);
  }));

Deno.test("a root that is one file allows exactly that file", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "etc/agent.json");
    const roots = [{ path, kind: "file" as const }];
    await using writer = await openWriter(join(folder, "etc"), { roots });
    const wanted = [wantedFile(path, "{}"), wantedFile(join(folder, "etc/other.json"), "{}")];
    const { failures } = await writer.apply({ wanted, ...FULL });
    assert.deepEqual(failures.map(({ path }) => path), [join(folder, "etc/other.json")]);
    assert.deepEqual(listTree(join(folder, "etc")), ['agent.json 640 "{}"']);
  }));

Deno.test("a second writer for the same outputs is refused while the first one lives", () =>
  inTempFolder(async (root) => {
    {
      await using _writer = await openWriter(root);
      await assert.rejects(
        openWriter(root),
        (error) => error instanceof OutputsInUseError && /\.kube-log-watcher-test\.lock: another/.test(error.message),
      );
    }
    await using _writer = await openWriter(root);
  }));

Deno.test("temporary files that a killed watcher left are cleared at the start, those of others are not", () =>
  inTempFolder(async (root) => {
    {
      await using writer = await openWriter(root);
      await writer.apply({ wanted: [wantedLink(join(root, "c/l"), "/log")], ...FULL });
    }
    for (const name of [temporaryName("test"), `c/${temporaryName("test")}`, temporaryName("other"), ".klw-x.tmp"]) {
      Deno.writeTextFileSync(join(root, name), "half a fi");
    }
    await using _writer = await openWriter(root);
    assert.deepEqual(
      listTree(root).map((line) => line.replace(/[0-9a-f]{16}/, "*").split(" ")[0]),
      [".klw-other-*.tmp", ".klw-x.tmp", "c/", "c/l"],
    );
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
