import assert from "node:assert/strict";
import { join } from "node:path";
import { RootError } from "../../lib/write/probe.ts";
import { Writer } from "../../lib/write/writer.ts";
import { EVENT, FULL, inTempFolder, listTree, openWriter, wantedFile, writerOptions } from "./temp_tree.ts";

async function run(command: string, ...args: string[]): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command(command, { args, stdout: "null", stderr: "piped" }).output();
    return success ? undefined : new TextDecoder().decode(stderr).trim();
  } catch (error) {
    return String(error);
  }
}

async function whyNoMounts(): Promise<string | undefined> {
  let why: string | undefined;
  await inTempFolder(async (folder) => {
    why = await run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder);
    if (why === undefined) why = await run("umount", folder);
  });
  return why;
}

const why = await whyNoMounts();
if (why !== undefined) console.log(`Tests with mounts are left out, this user cannot mount: ${why}`);
const ignore = why !== undefined;

/** Mounts something for the time of a test. */
async function mounted(args: string[]): Promise<AsyncDisposable> {
  assert.equal(await run("mount", ...args), undefined);
  return {
    async [Symbol.asyncDispose]() {
      assert.equal(await run("umount", args.at(-1)!), undefined);
    },
  };
}

Deno.test({
  name: "on a full disk old files stay whole, small ones go on, and the rest follows when there is space",
  ignore,
}, () =>
  inTempFolder(async (root) => {
    await using _mount = await mounted(["-t", "tmpfs", "-o", "size=128k", "tmpfs", root]);
    await using writer = await openWriter(root);
    const old = [wantedFile(join(root, "a"), "1".repeat(30_000)), wantedFile(join(root, "b"), "1")];
    assert.deepEqual((await writer.apply({ wanted: old, ...FULL })).failures, []);
    Deno.writeFileSync(join(root, "ballast"), new Uint8Array(60_000));
    const wanted = [wantedFile(join(root, "a"), "2".repeat(60_000)), wantedFile(join(root, "b"), "2")];
    const { failures } = await writer.apply({ wanted, ...EVENT });
    assert.deepEqual(failures.map(({ path }) => path), [join(root, "a")]);
    assert.match(failures[0]!.reason, /No space left on device \(ENOSPC\): free space/);
    assert.equal(Deno.readTextFileSync(join(root, "a")), "1".repeat(30_000));
    assert.equal(Deno.readTextFileSync(join(root, "b")), "2");
    assert.deepEqual(listTree(root).filter((line) => line.includes(".klw-")), []);
    Deno.removeSync(join(root, "ballast"));
    assert.deepEqual((await writer.apply({ wanted, ...EVENT })).failures, []);
    assert.equal(Deno.readTextFileSync(join(root, "a")), "2".repeat(60_000));
  }));

Deno.test(
  { name: "a read-only mount is refused at the start, with advice", ignore },
  () =>
    inTempFolder(async (root) => {
      await using _mount = await mounted(["-t", "tmpfs", "-o", "ro", "tmpfs", root]);
      await assert.rejects(
        openWriter(root),
        (error) => error instanceof RootError && /\(EROFS\): mount the folder writable/.test(error.message),
      );
    }),
);

Deno.test(
  { name: "a mount that becomes read-only while running fails the pass and nothing else", ignore },
  () =>
    inTempFolder(async (root) => {
      await using _mount = await mounted(["-t", "tmpfs", "tmpfs", root]);
      const writer = await openWriter(root, { lockPath: `${root}.lock` });
      await writer.apply({ wanted: [wantedFile(join(root, "a"), "1")], ...FULL });
      assert.equal(await run("mount", "-o", "remount,ro", root), undefined);
      const wanted = [wantedFile(join(root, "a"), "2")];
      const { failures } = await writer.apply({ wanted, ...FULL });
      assert.match(failures[0]!.reason, /EROFS/);
      assert.deepEqual(listTree(root), ['a 640 "1"']);
      assert.equal(await run("mount", "-o", "remount,rw", root), undefined);
      assert.deepEqual((await writer.apply({ wanted, ...FULL })).failures, []);
      await writer[Symbol.asyncDispose]();
      Deno.removeSync(`${root}.lock`);
    }),
);

Deno.test(
  { name: "a file that is mounted by itself is refused at the start: mount its folder instead", ignore },
  () =>
    inTempFolder(async (folder) => {
      const path = join(folder, "etc/agent.json");
      Deno.mkdirSync(join(folder, "etc"));
      Deno.writeTextFileSync(path, "old");
      Deno.writeTextFileSync(join(folder, "source"), "on the host");
      await using _mount = await mounted(["--bind", join(folder, "source"), path]);
      await assert.rejects(
        openWriter(join(folder, "etc"), { roots: [{ path, kind: "file" }] }),
        (error) =>
          error instanceof RootError &&
          /agent\.json is mounted by itself .*; mount its folder .*\/etc instead, without subPath/.test(error.message),
      );
      assert.deepEqual(Array.from(Deno.readDirSync(join(folder, "etc")), ({ name }) => name), ["agent.json"]);
    }),
);

Deno.test(
  { name: "a file mounted by itself below a folder fails alone, with advice", ignore },
  () =>
    inTempFolder(async (root) => {
      Deno.writeTextFileSync(join(root, "a"), "old");
      Deno.writeTextFileSync(join(root, "source"), "on the host");
      await using _mount = await mounted(["--bind", join(root, "source"), join(root, "a")]);
      await using writer = await openWriter(root);
      const wanted = [wantedFile(join(root, "a"), "x"), wantedFile(join(root, "b"), "x")];
      const { failures } = await writer.apply({ wanted, ...FULL });
      assert.match(failures[0]!.reason, /\(EBUSY\): a single file or folder is mounted there .* mount the folder/);
      assert.deepEqual(listTree(root).map((line) => line.split(" ")[0]), ["a", "b", "source"]);
    }),
);

for (const kind of ["directory", "file"] as const) {
  Deno.test(`a ConfigMap volume is refused as a ${kind}'s place: kubelet would take back what is written`, () =>
    inTempFolder(async (root) => {
      Deno.mkdirSync(join(root, "..2026_11_23"));
      Deno.writeTextFileSync(join(root, "..2026_11_23/agent.json"), "{}");
      Deno.symlinkSync("..2026_11_23", join(root, "..data"));
      Deno.symlinkSync("..data/agent.json", join(root, "agent.json"));
      const path = kind === "file" ? join(root, "agent.json") : root;
      await assert.rejects(
        Writer.open({ ...writerOptions(root), roots: [{ path, kind }] }),
        (error) =>
          error instanceof RootError && /is a ConfigMap or Secret volume.*mount an emptyDir/.test(error.message),
      );
    }));
}

Deno.test("a start-up probe leaves nothing behind, and an existing file as it was", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "agent.json");
    Deno.writeTextFileSync(path, "{}");
    const before = Deno.statSync(path);
    await using _writer = await openWriter(folder, { roots: [{ path, kind: "file" }] });
    assert.deepEqual(listTree(folder), ['agent.json 644 "{}"']);
    assert.deepEqual([Deno.statSync(path).ino, Deno.statSync(path).nlink], [before.ino, 1]);
  }));
