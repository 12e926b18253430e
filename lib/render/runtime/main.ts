/**
 * Main module of an agent's child process: the supervisor. Agent code runs in a thread of its own, so that nothing it does can keep
 * this one from ending the process when it uses too much memory, or when the host is gone (even killed).
 *
 * Arguments: the agent's folder, the memory limit in bytes, the process id of the host.
 *
 * @module
 */
import { HOST_GONE, MEMORY_EXCEEDED } from "./exit_codes.ts";

/** Time between two looks, in milliseconds. */
const LOOK_EVERY_MS = 20;

const [folder, maxBytes, hostPid] = Deno.args;
const limit = Number(maxBytes);
const host = Number(hostPid);

// The permissions are those of the process less the runtime's own files, which only this module has to load.
const permissions = { read: [folder], net: false, env: false, run: false, write: false, ffi: false, sys: false };
new Worker(
  import.meta.resolve("./agent_worker.ts"),
  { type: "module", name: "agent", deno: { permissions } } as WorkerOptions,
);

// V8's own limit counts neither array buffers nor the heaps of further threads; the resident memory counts everything.
const timer = setInterval(() => {
  if (Deno.ppid !== host) Deno.exit(HOST_GONE);
  if (Deno.memoryUsage().rss > limit) Deno.exit(MEMORY_EXCEEDED);
}, LOOK_EVERY_MS);
// The process ends by itself when the thread of the agent ends.
Deno.unrefTimer(timer);
