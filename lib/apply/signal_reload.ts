/**
 * Reloads by signal to the process of a pid file.
 *
 * @module
 */
import { ReloadError } from "./reload_error.ts";
import type { ReloadTarget } from "./reload_target.ts";
import { sendSignal } from "./send_signal.ts";

/** Bytes of the longest pid file that is believed. */
const MAX_BYTES = 64;

/** Sends the signal. @throws {ReloadError} If it could not be sent, or not to a process of the shipper. */
export async function reloadBySignal(target: ReloadTarget & { kind: "signal" }, abort: AbortSignal): Promise<void> {
  const { pidFile, signal, processes } = target;
  const pid = readPid(pidFile);
  const what = `SIG${signal} to process ${pid} of ${pidFile}`;
  const answer = await sendSignal(pid, { signal, processes, abort }).catch((cause: Error) => {
    throw new ReloadError(`Cannot send ${what}: ${cause.message}`, { cause });
  });
  switch (answer.kind) {
    case "sent":
      return;
    case "gone":
      throw new ReloadError(
        `Cannot send ${what}: there is no such process; the file is stale, or names one of another PID namespace`,
      );
    case "forbidden":
      throw new ReloadError(
        `Cannot send ${what}: it runs as another user, and the watcher has not the capability KILL`,
      );
    case "other":
      throw new ReloadError(
        `Cannot send ${what}: that is ${JSON.stringify(answer.name)}, expected ${
          processes.join(" or ")
        }; the file is stale, or names one of another PID namespace`,
      );
  }
}

function readPid(path: string): number {
  const text = readFile(path);
  const pid = /^\s*(\d{1,9})\s*$/.test(text) ? Number(text) : 0;
  if (pid > 1) return pid;
  throw new ReloadError(
    `Cannot reload by the pid file ${path}: it holds ${
      JSON.stringify(text.slice(0, 40))
    }, expected the id of a process`,
  );
}

function readFile(path: string): string {
  try {
    // Before opening it: a pipe would never end.
    const { isFile, size } = Deno.statSync(path);
    if (!isFile || size > MAX_BYTES) throw new Error("it is not a small file");
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound
      ? "it does not exist; the shipper does not run yet"
      : (cause as Error).message;
    throw new ReloadError(`Cannot read the pid file ${path}: ${why}`, { cause });
  }
}
