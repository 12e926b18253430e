/**
 * Runs a program that is not Deno, with nothing of the watcher's environment, for a limited time.
 *
 * @module
 */
import { endChild, startOwnChild } from "./own_child.ts";
import type { ProgramEnd } from "./runtime/run_program.ts";
import { endGroup } from "./send_signal.ts";

/** Options of {@linkcode runProgram}. */
export interface RunProgramOptions {
  readonly args: readonly string[];
  /** Folder to run it in. */
  readonly folder: string;
  /** PATH that it sees, its whole environment. */
  readonly searchPath: string;
  /** Time until it is ended, with all that it started, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/** How a program ended: by itself, or since its time was up or nobody wanted it any more. */
export type ProgramResult = ({ readonly kind: "ended" } & ProgramEnd) | { readonly kind: "timeout" | "aborted" };

/** A program could not be run. */
export class ProgramError extends Error {
  override name = "ProgramError";
}

/**
 * Runs a program.
 *
 * @param program Absolute path.
 * @throws {ProgramError} If it cannot be started.
 */
export async function runProgram(program: string, options: RunProgramOptions): Promise<ProgramResult> {
  const { args, folder, searchPath, timeoutMs, signal } = options;
  if (signal?.aborted) return { kind: "aborted" };
  if (program.includes(",")) throw new ProgramError(`Cannot run ${program}: its path must not have a comma`);
  const child = startOwnChild("run_program.ts", {
    permissions: [`--allow-run=${program}`],
    args: [program, folder, searchPath, ...args],
    stdin: "piped",
  });
  const run = new Run(child);
  const timer = setTimeout(() => run.stop("timeout"), timeoutMs);
  const abort = () => run.stop("aborted");
  signal?.addEventListener("abort", abort);
  try {
    const end = await run.ended();
    if (run.stopped) return { kind: run.stopped };
    if (!end) throw new ProgramError(`Cannot run ${program}: it may not be executable, or not for this machine`);
    return { kind: "ended", ...end };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** A runner with its program. */
class Run {
  readonly #child: Deno.ChildProcess;
  #leader: number | undefined;
  #stopping: Promise<unknown> | undefined;
  stopped: "timeout" | "aborted" | undefined;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  /** Ends the program and all that it started. */
  stop(why: "timeout" | "aborted") {
    if (this.stopped) return;
    this.stopped = why;
    this.#stopping = this.#end();
  }

  /** Waits for the end of the runner, and tidies up; undefined if the program was not started, or ended. */
  async ended(): Promise<ProgramEnd | undefined> {
    let end: ProgramEnd | undefined;
    try {
      for await (const line of linesOf(this.#child.stdout)) {
        const said = JSON.parse(line) as { readonly pid: number } | ProgramEnd;
        if ("pid" in said) this.#leader = said.pid;
        else end = said;
      }
      await this.#child.status;
    } finally {
      await this.#stopping;
      await this.#child.stdin.abort().catch(() => {});
    }
    if (end?.isLeft && this.#leader !== undefined) await endGroup(this.#leader);
    return end;
  }

  async #end() {
    try {
      // Before the runner: then it takes the program's end for what it is.
      if (this.#leader !== undefined) await endGroup(this.#leader);
    } finally {
      endChild(this.#child);
    }
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
