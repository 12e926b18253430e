/**
 * Main module of an agent's child process: the supervisor. Agent code runs in a thread of its own, so that nothing it does can keep
 * this one from ending the process when it uses too much memory, or when the host is gone (even killed).
 *
 * Arguments: the agent's folder, the memory limit in bytes, the process id of the host.
 *
 * @module
 */
import { hangsAt, HOST_GONE, MEMORY_EXCEEDED } from "./signs.ts";

/** Time between two looks, in milliseconds. */
const LOOK_EVERY_MS = 20;
/** Looks after which a target that is still being rendered is named, for the host to try it alone first. */
const HANGING_LOOKS = 20;

const [folder, maxBytes, hostPid] = Deno.args;
const limit = Number(maxBytes);
const host = Number(hostPid);

// The permissions are those of the process less the runtime's own files, which only this module has to load.
const permissions = { read: [folder], net: false, env: false, run: false, write: false, ffi: false, sys: false };
const worker = new Worker(
  import.meta.resolve("./agent_worker.ts"),
  { type: "module", name: "agent", deno: { permissions } } as WorkerOptions,
);
/** Number of targets that the thread has begun with, and the place of the present one in the request, from 1; 0 for none. */
const progress = new Int32Array(new SharedArrayBuffer(8));
worker.postMessage(progress);

let begun = 0;
let looks = 0;

function lookForHang() {
  const now = progress[0]!;
  looks = now === begun && progress[1] !== 0 ? looks + 1 : 0;
  begun = now;
  if (looks === HANGING_LOOKS) Deno.stderr.writeSync(new TextEncoder().encode(hangsAt(progress[1]! - 1)));
}

// V8's own limit counts neither array buffers nor the heaps of further threads; the resident memory counts everything.
const timer = setInterval(() => {
  if (Deno.ppid !== host) Deno.exit(HOST_GONE);
  if (Deno.memoryUsage().rss > limit) Deno.exit(MEMORY_EXCEEDED);
  lookForHang();
}, LOOK_EVERY_MS);
// The process ends by itself when the thread of the agent ends.
Deno.unrefTimer(timer);
