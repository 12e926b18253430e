import assert from "node:assert/strict";
import {
  readWatchEvents,
  type WatchEvent,
  WatchStreamError,
  type WatchStreamOptions,
} from "../../lib/pods/watch_stream.ts";
import { examplePod } from "../api_server/example_pod.ts";
import { recorded } from "./informer_fixture.ts";

const encoder = new TextEncoder();

async function read(pieces: readonly (string | Uint8Array)[], options: WatchStreamOptions = {}): Promise<WatchEvent[]> {
  const body = ReadableStream.from(pieces.map((piece) => typeof piece === "string" ? encoder.encode(piece) : piece));
  return await Array.fromAsync(readWatchEvents(body as ReadableStream<Uint8Array>, options));
}

const line = (label: string) =>
  JSON.stringify({
    type: "ADDED",
    object: { ...examplePod("p", { labels: { label } }) },
  }) + "\n";

Deno.test("watch stream yields the same events wherever the bytes are cut, even inside of a character", async () => {
  const bytes = encoder.encode(line("größe €") + line("🪵🪵"));
  for (let cut = 1; cut < bytes.length; cut++) {
    const events = await read([bytes.subarray(0, cut), bytes.subarray(cut)]);
    const labels = events.map((event) => event.type === "ADDED" && event.pod.labels["label"]);
    assert.deepEqual(labels, ["größe €", "🪵🪵"], `cut at ${cut}`);
  }
});

Deno.test("watch stream reads the recorded watches of a real API server", async () => {
  const events = await read([recorded("apiserver-1.20.2/watch-pods-node1.jsonl")]);
  const types = events.map(({ type }) => type);
  assert.equal(types.length, 20);
  assert.deepEqual(types.slice(0, 6), ["ADDED", "MODIFIED", "ADDED", "MODIFIED", "MODIFIED", "DELETED"]);
  assert.deepEqual(events.at(-1), { type: "BOOKMARK", version: "222" });
  const [gone] = await read([recorded("apiserver-1.20.2/watch-oldrv.txt").split("\n")[0]! + "\n"]);
  assert.deepEqual(gone, {
    type: "ERROR",
    code: 410,
    message: "too old resource version: 1 (201)",
    retryAfterSeconds: 0,
  });
});

Deno.test("watch stream drops an unfinished last line: it was cut", async () => {
  assert.equal((await read([line("a"), line("b").slice(0, 40)])).length, 1);
  assert.equal((await read([line("a"), line("b").trimEnd()])).length, 1);
});

Deno.test("watch stream takes every piece for a sign of life, and passes over empty lines", async () => {
  let pieces = 0;
  const events = await read(["\n", ...line("a").slice(0, 9), line("a").slice(9), "\r\n"], { onBytes: () => pieces++ });
  assert.equal(events.length, 1);
  assert.equal(pieces, 12);
});

Deno.test("watch stream refuses a line that is too long before it is whole, and one that is no JSON", async () => {
  await assert.rejects(read(["x".repeat(50), "x".repeat(51)], { maxLineBytes: 100 }), WatchStreamError);
  await assert.rejects(read(["x".repeat(101) + "\n"], { maxLineBytes: 100 }), /longer than 100 bytes/);
  await assert.rejects(read(["<html>\n"]), /no JSON object: <html>/);
  await assert.rejects(read(["[]\n"]), WatchStreamError);
});

Deno.test("watch stream cancels the body when its reader leaves", async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(encoder.encode(line("a"))),
    cancel: () => void (isCancelled = true),
  });
  for await (const _ of readWatchEvents(body)) break;
  assert.ok(isCancelled);
});

Deno.test("watch stream yields a malformed pod as such, with its version", async () => {
  const [event] = await read([
    JSON.stringify({ type: "ADDED", object: { metadata: { resourceVersion: "7" } } }) + "\n",
  ]);
  assert.deepEqual(event, {
    type: "MALFORMED",
    reason: "Expected a text at metadata.uid, found nothing",
    version: "7",
  });
});
