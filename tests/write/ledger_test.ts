import assert from "node:assert/strict";
import { join } from "node:path";
import { createLog } from "../../lib/observe/log.ts";
import { WriteError } from "../../lib/write/atomic_write.ts";
import { type Disk, realDisk } from "../../lib/write/disk.ts";
import { Ledger } from "../../lib/write/ledger.ts";
import { parseLedger } from "../../lib/write/ledger_format.ts";
import { ledgerPaths } from "../../lib/write/ledger_path.ts";
import type { OwnedKind } from "../../lib/write/on_disk.ts";
import { inTempFolder } from "./temp_tree.ts";

const HEAD = '{"format":"kube-log-watcher ledger","version":1,"agent":"test","roots":{"/d":"/d"}}\n';

function open(
  path: string,
  { roots = { "/d": "/d" } as Record<string, string>, disk = realDisk, lines = [] as string[] } = {},
): Promise<Ledger> {
  const log = createLog({ write: (line) => void lines.push(line) });
  return Ledger.open({ path, agent: "test", roots: new Map(Object.entries(roots)), disk, log });
}
const files = (...paths: string[]) => new Map(paths.map((path): [string, OwnedKind] => [path, "file"]));

Deno.test("a ledger remembers what was announced and forgets what was dropped", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l");
    const ledger = await open(path);
    await ledger.announce(files("/d/a", "/d/b"));
    await ledger.drop(["/d/a", "/d/unknown"]);
    await ledger.announce(new Map([["/d/c", "directory"]]));
    assert.deepEqual([...(await open(path)).owned], [["/d/b", "file"], ["/d/c", "directory"]]);
    assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("a ledger's bytes follow from what was done alone", () =>
  inTempFolder(async (folder) => {
    for (const name of ["one", "two"]) {
      const ledger = await open(join(folder, name));
      await ledger.announce(files("/d/a", "/d/b"));
      await ledger.announce(files("/d/c"));
      await ledger.drop(["/d/a"]);
    }
    const text = Deno.readTextFileSync(join(folder, "one"));
    assert.equal(text, Deno.readTextFileSync(join(folder, "two")));
    assert.equal(
      text,
      HEAD + '{"own":[["file","/d/a"]]}\n{"own":[["file","/d/b"]]}\n{"own":[["file","/d/c"]]}\n{"drop":["/d/a"]}\n',
    );
  }));

Deno.test("a ledger is not touched while its set of paths stays the same", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l");
    const ledger = await open(path);
    await ledger.announce(files("/d/a"));
    const before = Deno.statSync(path);
    await ledger.announce(files("/d/a"));
    await ledger.drop(["/d/unknown"]);
    await ledger.restore();
    const after = Deno.statSync(path);
    assert.deepEqual([after.ino, after.size, after.mtime], [before.ino, before.size, before.mtime]);
  }));

Deno.test("a last line that a crash cut does not count, and the next entry does not run into it", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l");
    Deno.writeTextFileSync(path, HEAD + '{"own":[["file","/d/a"]]}\n{"own":[["file","/d/');
    const ledger = await open(path);
    assert.deepEqual([...ledger.owned.keys()], ["/d/a"]);
    await ledger.announce(files("/d/b"));
    assert.deepEqual([...(await open(path)).owned.keys()], ["/d/a", "/d/b"]);
  }));

const corrupt: [string, string][] = [
  ["text", "not a ledger\n"],
  ["a cut middle", HEAD + '{"own":[["fi\n{"own":[["file","/d/a"]]}\n'],
  ["zero bytes", "\0".repeat(100) + "\n"],
  ["a path with ..", HEAD + '{"own":[["file","/d/../etc/passwd"]]}\n'],
  ["a relative path", HEAD + '{"own":[["file","etc/passwd"]]}\n'],
  ["an unknown kind", HEAD + '{"own":[["device","/d/a"]]}\n'],
  ["a newer version", HEAD.replace('"version":1', '"version":2')],
  ["another agent's name", HEAD.replace("test", "other")],
  ["nothing", ""],
];
for (const [what, text] of corrupt) {
  Deno.test(`a ledger with ${what} is moved aside, said so, and nothing is owned`, () =>
    inTempFolder(async (folder) => {
      const path = join(folder, "l");
      const lines: string[] = [];
      Deno.writeTextFileSync(path, text);
      const ledger = await open(path, { lines });
      assert.equal(ledger.owned.size, 0);
      assert.equal(Deno.readTextFileSync(`${path}.corrupt`), text);
      assert.equal(lines.length, 1);
      assert.match(lines[0]!, / error Cannot read the ledger .*moved to .*\.corrupt/);
    }));
}

Deno.test("a ledger that is a link is not followed", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l"), victim = join(folder, "victim");
    Deno.writeTextFileSync(victim, HEAD + '{"own":[["file","/d/a"]]}\n');
    Deno.symlinkSync(victim, path);
    const ledger = await open(path);
    assert.equal(ledger.owned.size, 0);
    await ledger.announce(files("/d/b"));
    assert.equal(Deno.readTextFileSync(victim), HEAD + '{"own":[["file","/d/a"]]}\n');
  }));

Deno.test("entries outside of today's roots are left alone, reported, and known again when their root is back", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l");
    await (await open(path)).announce(files("/d/a", "/d/b"));
    const lines: string[] = [];
    const moved = await open(path, { roots: { "/e": "/e" }, lines });
    assert.equal(moved.owned.size, 0);
    assert.match(lines.join(""), /2 paths that were written in \/d are left there: \/d is no destination/);
    await moved.announce(files("/e/a"));
    assert.deepEqual([...(await open(path)).owned.keys()], ["/d/a", "/d/b"]);
  }));

Deno.test("entries of a root that leads elsewhere now are not ours any more", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l");
    await (await open(path, { roots: { "/d": "/disk1" } })).announce(files("/d/a"));
    const lines: string[] = [];
    const ledger = await open(path, { roots: { "/d": "/disk2" }, lines });
    assert.equal(ledger.owned.size, 0);
    assert.match(lines.join(""), /1 paths that were written in \/disk1 are left there: \/d leads to \/disk2 now/);
    await ledger.announce(files("/d/b"));
    assert.deepEqual([...(await open(path, { roots: { "/d": "/disk2" } })).owned.keys()], ["/d/b"]);
  }));

Deno.test("a ledger that grew by churn is written anew and stays small", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l");
    const disk: Disk = { ...realDisk, append: (at, bytes) => realDisk.append(at, bytes, { isDurable: false }) };
    const ledger = await open(path, { disk });
    for (let round = 0; round < 1200; round++) {
      await ledger.announce(files(`/d/${round}`));
      if (round > 0) await ledger.drop([`/d/${round - 1}`]);
    }
    assert.ok(Deno.statSync(path).size < 1100 * 40);
    assert.deepEqual([...(await open(path)).owned.keys()], ["/d/1199"]);
  }));

Deno.test("a ledger that cannot be written lists nothing new, and writes itself as a whole the next time", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l");
    let isFull = false;
    const disk: Disk = {
      ...realDisk,
      append: async (at, bytes, options) => {
        if (!isFull) return await realDisk.append(at, bytes, options);
        await realDisk.append(at, bytes.subarray(0, 10), options);
        throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
      },
    };
    const ledger = await open(path, { disk });
    await ledger.announce(files("/d/a"));
    isFull = true;
    await assert.rejects(ledger.announce(files("/d/b")), WriteError);
    assert.deepEqual([...ledger.owned.keys()], ["/d/a"]);
    isFull = false;
    await ledger.announce(files("/d/c"));
    assert.deepEqual([...parseLedger(Deno.readTextFileSync(path), "test").owned.keys()], ["/d/a", "/d/c"]);
  }));

Deno.test("a ledger that someone took away is written again", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "l");
    const ledger = await open(path);
    await ledger.announce(files("/d/a"));
    Deno.removeSync(path);
    await ledger.restore();
    assert.deepEqual([...(await open(path)).owned.keys()], ["/d/a"]);
    Deno.removeSync(path);
    await ledger.announce(files("/d/b"));
    assert.deepEqual([...(await open(path)).owned.keys()], ["/d/a", "/d/b"]);
  }));

Deno.test("ledger and lock lie beside the output under names that no shipper takes, or in the state path", () => {
  const roots = [{ path: "/etc/s/agent.json", kind: "file" }, { path: "/dest", kind: "directory" }] as const;
  assert.deepEqual(ledgerPaths({ agent: "scalyr", roots }), {
    ledgerPath: "/dest/.kube-log-watcher-scalyr.ledger",
    lockPath: "/dest/.kube-log-watcher-scalyr.lock",
  });
  assert.equal(
    ledgerPaths({ agent: "s", roots: roots.slice(0, 1) }).ledgerPath,
    "/etc/s/.kube-log-watcher-s.ledger",
  );
  assert.deepEqual(ledgerPaths({ agent: "scalyr", roots, statePath: "/state" }), {
    ledgerPath: "/state/scalyr.ledger",
    lockPath: "/state/scalyr.lock",
  });
  assert.throws(() => ledgerPaths({ agent: "s", roots: [] }), TypeError);
});
