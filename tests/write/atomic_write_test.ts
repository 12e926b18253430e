import assert from "node:assert/strict";
import { join } from "node:path";
import { linkAtomically, WriteError, writeFileAtomically } from "../../lib/write/atomic_write.ts";
import { type Disk, realDisk } from "../../lib/write/disk.ts";
import { isTemporaryName, temporaryName } from "../../lib/write/temporary_name.ts";
import { inTempFolder, listTree } from "./temp_tree.ts";

Deno.test("a file is created with exactly its mode, whatever the umask", () =>
  inTempFolder(async (folder) => {
    for (const mode of [0o600, 0o640, 0o644, 0o666, 0o400]) {
      const path = join(folder, mode.toString(8));
      await writeFileAtomically(path, "x", { mode });
      assert.equal((Deno.statSync(path).mode ?? 0) & 0o7777, mode);
    }
  }));

Deno.test("a file is replaced as a whole: an open reader keeps the old one", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "a.json");
    await writeFileAtomically(path, "old", { mode: 0o640 });
    using reader = Deno.openSync(path);
    await writeFileAtomically(path, "new contents", { mode: 0o640 });
    const buffer = new Uint8Array(100);
    assert.equal(new TextDecoder().decode(buffer.subarray(0, reader.readSync(buffer) ?? 0)), "old");
    assert.deepEqual(listTree(folder), ['a.json 640 "new contents"']);
  }));

Deno.test("a link is replaced without a moment in which it is missing", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "a.log");
    const steps: string[] = [];
    const disk: Disk = {
      ...realDisk,
      rename: (from, to) => {
        steps.push(Deno.readLinkSync(to));
        realDisk.rename(from, to);
        steps.push(Deno.readLinkSync(to));
      },
    };
    await linkAtomically(path, "/old");
    await linkAtomically(path, "/new", { disk });
    assert.deepEqual(steps, ["/old", "/new"]);
    assert.deepEqual(listTree(folder), ["a.log -> /new"]);
  }));

Deno.test("contents reach the disk before the name does, and the folder after it", () =>
  inTempFolder(async (folder) => {
    const steps: string[] = [];
    const disk: Disk = {
      ...realDisk,
      createFile: async (...args) => {
        await realDisk.createFile(...args);
        steps.push("contents synced");
      },
      rename: (from, to) => void (realDisk.rename(from, to), steps.push("renamed")),
      syncDirectory: async (path) => {
        await realDisk.syncDirectory(path);
        steps.push("folder synced");
      },
    };
    await writeFileAtomically(join(folder, "a"), "x", { mode: 0o640, disk });
    assert.deepEqual(steps, ["contents synced", "renamed", "folder synced"]);
  }));

Deno.test("a failed write names the path, the system's error and what to do, and leaves no temporary file", () =>
  inTempFolder(async (folder) => {
    Deno.mkdirSync(join(folder, "taken"));
    await assert.rejects(
      writeFileAtomically(join(folder, "taken"), "x", { mode: 0o640 }),
      (error) =>
        error instanceof WriteError && error.code === "EISDIR" && error.path === join(folder, "taken") &&
        error.message ===
          `Cannot write ${folder}/taken: Is a directory (EISDIR): a folder lies at that path, move it away`,
    );
    assert.deepEqual(listTree(folder), ["taken/"]);
  }));

Deno.test("no shipper takes a temporary file for its configuration", () => {
  const name = temporaryName("scalyr");
  assert.match(name, /^\./);
  assert.doesNotMatch(name, /\.(json|ya?ml|conf|toml|job|log|d)$/);
  assert.notEqual(name, temporaryName("scalyr"));
});

Deno.test("temporary files of agents that share a folder are told apart", () => {
  assert.ok(isTemporaryName(temporaryName("a"), "a"));
  assert.ok(!isTemporaryName(temporaryName("a-b"), "a"));
  assert.ok(!isTemporaryName(temporaryName("a"), "a-b"));
  for (const name of [".klw-a-1.tmp", ".klw-a-0123456789abcdef.tmp.json", "klw-a-0123456789abcdef.tmp"]) {
    assert.ok(!isTemporaryName(name, "a"), name);
  }
});
