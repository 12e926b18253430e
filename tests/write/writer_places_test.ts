import assert from "node:assert/strict";
import { join } from "node:path";
import { OutputsInUseError } from "../../lib/write/lock.ts";
import { RootError } from "../../lib/write/probe.ts";
import { temporaryName } from "../../lib/write/temporary_name.ts";
import { Writer } from "../../lib/write/writer.ts";
import { EVENT, FULL, inTempFolder, listTree, openWriter, wantedFile, wantedLink, writerOptions } from "./temp_tree.ts";

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

Deno.test("the root of the file system and folders of the operating system are no destinations, nor are links to them", () =>
  inTempFolder(async (folder) => {
    Deno.symlinkSync("/etc", join(folder, "link"));
    for (const root of ["/", "/etc", "/usr", "/proc", "/proc/self", "/sys", "/dev", "/var/log", join(folder, "link")]) {
      await assert.rejects(openWriter(root), (error) => {
        assert.ok(error instanceof RootError, root);
        assert.match(error.message, /name a folder/, root);
        return true;
      });
    }
  }));
