import assert from "node:assert/strict";
import { join } from "node:path";
import type { Rendered } from "../../lib/render/rendered.ts";
import { type Disk, realDisk } from "../../lib/write/disk.ts";
import { parseLedger } from "../../lib/write/ledger_format.ts";
import { ledgerPaths } from "../../lib/write/ledger_path.ts";
import { FULL, inTempFolder, listTree, openWriter, wantedFile, wantedLink } from "./temp_tree.ts";

/** A file system on which the process dies at its n-th change: that one is half done where it can be, and no later one happens. */
function dyingDisk(changes: number): { disk: Disk; isDead: () => boolean } {
  let left = changes;
  const alive = () => left > 0;
  const die = (): never => {
    throw new Error("The process is dead");
  };
  const step = <A extends unknown[], R>(work: (...args: A) => R, half?: (...args: A) => R) => (...args: A): R => {
    if (left-- > 0) return work(...args);
    if (left === -1) half?.(...args);
    return die();
  };
  const cut = (bytes: Uint8Array) => bytes.subarray(0, Math.floor(bytes.length / 2));
  const disk: Disk = {
    ...realDisk,
    createFile: step(realDisk.createFile, async (path, contents, { mode }) => {
      Deno.writeFileSync(path, cut(contents), { mode });
      await Promise.resolve();
    }),
    append: step(realDisk.append, async (path, contents) => {
      Deno.writeFileSync(path, cut(contents), { append: true });
      await Promise.resolve();
    }),
    createLink: step(realDisk.createLink),
    createDirectory: step(realDisk.createDirectory),
    rename: step(realDisk.rename),
    removeFile: step(realDisk.removeFile),
    removeDirectory: step(realDisk.removeDirectory),
    syncDirectory: step(realDisk.syncDirectory),
  };
  return { disk, isDead: () => !alive() };
}

const container = (root: string, id: string, version: string): Rendered[] => [
  wantedLink(join(root, `${id}/app/${version}.log`), `/var/log/pods/${id}.log`),
  wantedFile(join(root, `container-${id}.job`), `job of ${id} ${version}\n`.repeat(20)),
];
function wantedOf(root: string, versions: Record<string, string>): Rendered[] {
  const items = Object.entries(versions).flatMap(([id, version]) => container(root, id, version));
  const all = wantedFile(join(root, "agent.json"), JSON.stringify(versions));
  return [...items.filter(({ kind }) => kind === "link"), ...items.filter(({ kind }) => kind === "file"), all];
}

function notListed(root: string): string[] {
  const { ledgerPath } = ledgerPaths({ agent: "test", roots: [{ path: root, kind: "directory" }] });
  let owned: ReadonlyMap<string, unknown> = new Map();
  try {
    owned = parseLedger(Deno.readTextFileSync(ledgerPath), "test").owned;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return listTree(root).map((line) => line.split(" ")[0]!.replace(/\/$/, ""))
    .filter((name) => !name.includes(".klw-") && name !== "foreign" && !owned.has(join(root, name)));
}

Deno.test("a crash at any step leaves nothing unlisted or half-written, and the next start mends everything", async () => {
  const first = { a: "1", b: "1", c: "1" }, second = { b: "1", c: "2", d: "1", e: "1" };
  let crashes = 0;
  for (let changes = 0, isDone = false; !isDone; changes++) {
    await inTempFolder(async (root) => {
      Deno.writeTextFileSync(join(root, "foreign"), "foreign");
      {
        await using writer = await openWriter(root);
        await writer.apply({ wanted: wantedOf(root, first), ...FULL });
      }
      const { disk, isDead } = dyingDisk(changes);
      const writer = await openWriter(root, { disk }).catch(() => undefined);
      if (writer) await writer.apply({ wanted: wantedOf(root, second), ...FULL });
      if (writer) await writer[Symbol.asyncDispose]();
      isDone = !isDead();
      if (!isDone) crashes++;
      assert.deepEqual(notListed(root), [], `after ${changes} changes`);
      for (const line of listTree(root).filter((line) => !line.includes(".klw-"))) {
        assert.doesNotMatch(line, / "(job of [^"]*[^n])?"$/, `half a file after ${changes} changes`);
      }
      await dieAgain(root, { wanted: wantedOf(root, first), changes: changes * 7 % 30 });
      assert.deepEqual(notListed(root), [], `after ${changes} changes and a second crash`);
      await mends(root, { first, second, changes });
    });
  }
  assert.ok(crashes > 30, `${crashes} moments`);
});

async function dieAgain(root: string, { wanted, changes }: { wanted: Rendered[]; changes: number }) {
  const writer = await openWriter(root, { disk: dyingDisk(changes).disk }).catch(() => undefined);
  if (writer === undefined) return;
  await writer.apply({ wanted, ...FULL });
  await writer[Symbol.asyncDispose]();
}

async function mends(
  root: string,
  { first, second, changes }: {
    first: Record<string, string>;
    second: Record<string, string>;
    changes: number;
  },
) {
  // Half of the times what is wanted has changed back meanwhile.
  const versions = changes % 2 === 0 ? second : first;
  await using writer = await openWriter(root);
  const { failures } = await writer.apply({ wanted: wantedOf(root, versions), ...FULL });
  assert.deepEqual(failures, []);
  const expected = Object.entries(versions).flatMap(([id, version]) => [
    `container-${id}.job 640 ${JSON.stringify(`job of ${id} ${version}\n`.repeat(20))}`,
    `${id}/`,
    `${id}/app/`,
    `${id}/app/${version}.log -> /var/log/pods/${id}.log`,
  ]);
  const rest = [`agent.json 640 ${JSON.stringify(JSON.stringify(versions))}`, 'foreign 644 "foreign"'];
  assert.deepEqual(listTree(root), [...expected, ...rest].sort(), `after ${changes} changes`);
  await writer.apply({ wanted: [], ...FULL });
  assert.deepEqual(listTree(root), ['foreign 644 "foreign"'], `after ${changes} changes`);
}
