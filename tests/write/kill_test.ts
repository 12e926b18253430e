import assert from "node:assert/strict";
import { join } from "node:path";
import { parseLedger } from "../../lib/write/ledger_format.ts";
import { ledgerPaths } from "../../lib/write/ledger_path.ts";
import { FULL, inTempFolder, listTree, openWriter, wantedFile } from "./temp_tree.ts";

const CHURN = new URL("../fixtures/write/churn.ts", import.meta.url).pathname;

/** Starts a watcher's worth of churn, kills it some time after its first finished round, and waits until it is gone. */
async function churnUntilKilled(root: string, { round, afterMs }: { round: number; afterMs: number }): Promise<number> {
  const permissions = ["--no-prompt", "--allow-read", "--allow-write", "--allow-env"];
  const args = ["run", "--quiet", "--no-check", ...permissions, CHURN, root, String(round)];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? "";
  const timer = Promise.withResolvers<void>();
  setTimeout(timer.resolve, afterMs);
  await timer.promise;
  child.kill("SIGKILL");
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  assert.equal((await child.status).signal, "SIGKILL");
  return Number(text.trim().split("\n").at(-1));
}

/** Checks what any reader must find at any moment: whole files, nothing of ours that is not listed. */
function checkTree(root: string): void {
  const { ledgerPath } = ledgerPaths({ agent: "test", roots: [{ path: root, kind: "directory" }] });
  const { owned } = parseLedger(Deno.readTextFileSync(ledgerPath), "test");
  for (const line of listTree(root)) {
    const name = line.split(" ")[0]!.replace(/\/$/, "");
    if (name.includes(".klw-") || name === "foreign") continue;
    assert.ok(owned.has(join(root, name)), `${name} is not listed`);
    if (name.endsWith(".job")) assert.match(line, /end\\n"$/, `${name} is not whole`);
    if (name === "all.json") JSON.parse(Deno.readTextFileSync(join(root, name)));
  }
}

Deno.test("a watcher killed at any moment leaves whole, listed files, and the next one clears all that is not wanted", () =>
  inTempFolder(async (root) => {
    Deno.writeTextFileSync(join(root, "foreign"), "foreign");
    for (let kill = 0, round = 0; kill < 20; kill++) {
      round = await churnUntilKilled(root, { round: round + 1, afterMs: kill * 1.7 });
      checkTree(root);
    }
    await using writer = await openWriter(root);
    const { failures } = await writer.apply({ wanted: [wantedFile(join(root, "last"), "x")], ...FULL });
    assert.deepEqual(failures, []);
    assert.deepEqual(listTree(root), ['foreign 644 "foreign"', 'last 640 "x"']);
  }));
