import assert from "node:assert/strict";
import { join } from "node:path";
import { mistakeOf } from "../../lib/page/mistake_place.ts";

async function agentFolder(): Promise<AsyncDisposable & { readonly path: string; readonly agent: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  const agent = join(path, "agent");
  await Deno.mkdir(agent);
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  await Deno.writeTextFile(join(agent, "input.yaml.eta"), lines.join("\n"));
  await Deno.writeTextFile(join(path, "secret.ts"), "key\n");
  return { path, agent, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

Deno.test("a mistake is shown with its place and the lines around it, and without the place in its text", async () => {
  await using folder = await agentFolder();
  assert.deepEqual(mistakeOf("TypeError: input.yaml.eta:9: Value undefined cannot be written", folder.agent), {
    message: "TypeError: Value undefined cannot be written",
    place: {
      file: "input.yaml.eta",
      line: 9,
      excerpt: { first: 5, lines: [5, 6, 7, 8, 9, 10, 11, 12, 13].map((number) => `line ${number}`) },
    },
  });
  const { message, place } = mistakeOf("RangeError: bad (input.yaml.eta:1:4)", folder.agent);
  assert.equal(message, "RangeError: bad");
  assert.deepEqual([place!.line, place!.column, place!.excerpt!.first], [1, 4, 1]);
});

Deno.test("of nested includes the innermost place counts", async () => {
  await using folder = await agentFolder();
  const { place } = mistakeOf("outer.eta:3: input.yaml.eta:7: it is missing", folder.agent);
  assert.deepEqual([place!.file, place!.line], ["input.yaml.eta", 7]);
});

Deno.test("no message makes the page show a file outside of the agent's folder", async () => {
  await using folder = await agentFolder();
  await Deno.symlink(join(folder.path, "secret.ts"), join(folder.agent, "linked.ts"));
  for (
    const text of ["../secret.ts:1", "/etc/hosts.ts:1", "linked.ts:1:1", "gone.ts:1", "input.yaml.eta:21", "..eta:1"]
  ) {
    assert.equal(mistakeOf(`it failed (${text})`, folder.agent).place?.excerpt, undefined, text);
  }
});

Deno.test("a message without a place is shown as it is", () => {
  assert.deepEqual(mistakeOf("gave no answer within 5 s", "/nowhere"), { message: "gave no answer within 5 s" });
});
