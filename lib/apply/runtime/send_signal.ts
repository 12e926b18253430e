/**
 * A short process that sends one signal to one process, or to a group of processes: `send_signal.ts <pid> <signal> [<name of the process>...]`.
 *
 * Runs with all permissions, as Deno gives neither signals to processes that are no children nor /proc to less. It is started with a cleared environment,
 * without packages and remote code, by the host alone, and does what stands here and nothing else. A negative pid is that of a group, which only the host's own are.
 *
 * Answers by its exit code, see {@linkcode SIGNAL_ANSWERS}; on stdout is the name of a process that is another one.
 *
 * @module
 */
import { SIGNAL_ANSWERS } from "./signal_answers.ts";

const SIGNALS: readonly Deno.Signal[] = ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL"];

/** Names are cut by the kernel to so many bytes (TASK_COMM_LEN less the end mark). */
const MAX_NAME_BYTES = 15;

const [pidText, signalName, ...names] = Deno.args;
const pid = Number(pidText);
const signal = SIGNALS.find((one) => one === signalName);
if (!Number.isSafeInteger(pid) || Math.abs(pid) < 2 || !signal) Deno.exit(SIGNAL_ANSWERS.usage);
// A process is named, a group is not; only the latter is ended.
if ((pid < 0) !== (signal === "SIGKILL") || (pid > 0) !== (names.length > 0)) Deno.exit(SIGNAL_ANSWERS.usage);

try {
  if (pid > 0) {
    const found = Deno.readTextFileSync(`/proc/${pid}/comm`).replace(/\n$/, "");
    if (!names.some((name) => cut(name) === found)) {
      Deno.stdout.writeSync(new TextEncoder().encode(found));
      Deno.exit(SIGNAL_ANSWERS.other);
    }
  }
  Deno.kill(pid, signal);
} catch (error) {
  if (error instanceof Deno.errors.NotFound || /ESRCH/.test(String(error))) Deno.exit(SIGNAL_ANSWERS.gone);
  if (error instanceof Deno.errors.PermissionDenied) Deno.exit(SIGNAL_ANSWERS.forbidden);
  throw error;
}

function cut(name: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(name).subarray(0, MAX_NAME_BYTES));
}
