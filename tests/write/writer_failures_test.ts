import assert from "node:assert/strict";
import { join } from "node:path";
import { type Disk, realDisk } from "../../lib/write/disk.ts";
import { EVENT, FULL, inTempFolder, listTree, openWriter, summary, wantedFile } from "./temp_tree.ts";

const full = new Error("No space left on device (os error 28): writefile 'x'");
const noSpace = Object.assign(full, { code: "ENOSPC" });

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
