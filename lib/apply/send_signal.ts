/**
 * Sends signals to processes that are no children of the watcher.
 *
 * @module
 */
import { Deadline } from "./delay.ts";
import { endChild, startOwnChild } from "./own_child.ts";
import { SIGNAL_ANSWERS } from "./runtime/signal_answers.ts";

/** Time for ending a group of processes, milliseconds. */
const END_MS = 10_000;

/** What became of a signal. */
export type SignalAnswer =
  | { readonly kind: "sent" | "gone" | "forbidden" }
  /** The process has another name than those given. */
  | { readonly kind: "other"; readonly name: string };

/** Options of {@linkcode sendSignal}. */
export interface SendSignalOptions {
  readonly signal: "HUP" | "USR1" | "USR2";
  /** Names that the process may have. */
  readonly processes: readonly string[];
  /** Gives up. */
  readonly abort: AbortSignal;
}

/**
 * Sends a signal to a process, if it has one of the names.
 *
 * @throws {Error} If it could not be tried, or not in time.
 */
export async function sendSignal(pid: number, { signal, processes, abort }: SendSignalOptions): Promise<SignalAnswer> {
  const { code, stdout } = await ask([String(pid), `SIG${signal}`, ...processes], abort);
  switch (code) {
    case 0:
      return { kind: "sent" };
    case SIGNAL_ANSWERS.gone:
      return { kind: "gone" };
    case SIGNAL_ANSWERS.forbidden:
      return { kind: "forbidden" };
    case SIGNAL_ANSWERS.other:
      return { kind: "other", name: stdout };
    default:
      throw abort.aborted
        ? new Error("it was not sent in time")
        : new Error(`the process that sends it ended with ${code}`);
  }
}

/** Ends a group of processes, which may be gone already. */
export async function endGroup(leader: number): Promise<void> {
  using deadline = new Deadline(END_MS, new AbortController().signal);
  await ask([String(-leader), "SIGKILL"], deadline.signal);
}

async function ask(args: readonly string[], abort: AbortSignal): Promise<{ code: number; stdout: string }> {
  const child = startOwnChild("send_signal.ts", { permissions: ["--allow-all"], args, stdin: "null" });
  const end = () => endChild(child);
  abort.addEventListener("abort", end);
  if (abort.aborted) end();
  try {
    const { code, stdout } = await child.output();
    return { code, stdout: new TextDecoder().decode(stdout) };
  } finally {
    abort.removeEventListener("abort", end);
  }
}
