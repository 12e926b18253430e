/**
 * The program as an operator starts it: a process of its own under its real permission flags.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { MEMORY_FLAGS } from "../../lib/cli/memory_flags.ts";
import { permissionFlags } from "../../lib/cli/permissions.ts";

/** One line of the program's log; lines that are no JSON have the level `plain`. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  /** ISO 8601. */
  readonly time?: string;
  readonly [field: string]: unknown;
}

/** Options of {@linkcode WatcherProcess.start}. */
export interface WatcherProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Flags of `deno run`, default the program's own. */
  readonly flags?: readonly string[];
  /** Command and arguments that start it, e.g. under another user; they must replace themselves by it. Default none. */
  readonly under?: readonly string[];
  /** File that is run, default the program's own. */
  readonly main?: string;
}

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
/** Longest wait for anything, in milliseconds. */
const PATIENCE_MS = 30_000;
const POLL_MS = 10;
/** Lines of the log that a failure shows. */
const SHOWN_LINES = 60;

/** A running program. Disposing of it kills it if it still runs. */
export class WatcherProcess implements AsyncDisposable {
  /** What it logged so far. */
  readonly lines: LogLine[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  #isRunning = true;
  /** Set when it has ended and its last line is read. */
  #code: number | undefined;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#reading = this.#read();
    void child.status.then(async ({ code }) => {
      this.#isRunning = false;
      await this.#reading;
      this.#code = code;
    });
  }

  /** Starts `main.ts` with arguments. */
  static start(args: readonly string[], options: WatcherProcessOptions = {}): WatcherProcess {
    const { env = {}, flags = permissionFlags(Deno.execPath()), under = [], main = MAIN } = options;
    const kept = Object.entries(Deno.env.toObject()).filter(([name]) => ["PATH", "HOME", "DENO_DIR"].includes(name));
    const run = [Deno.execPath(), "run", "--quiet", "--no-check", ...MEMORY_FLAGS, ...flags];
    const [program, ...rest] = [...under, ...run, main, ...args];
    const command = new Deno.Command(program!, {
      args: rest,
      clearEnv: true,
      env: { ...Object.fromEntries(kept), ...env },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    });
    return new WatcherProcess(command.spawn());
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Lines whose message matches. */
  said(pattern: RegExp): readonly LogLine[] {
    return this.lines.filter(({ message }) => pattern.test(message));
  }

  /** Waits for a line. */
  logged(pattern: RegExp, { count = 1 } = {}): Promise<LogLine> {
    return this.until(`the log says ${pattern}`, () => this.said(pattern)[count - 1]);
  }

  /**
   * Waits until a condition holds, for 30 s at most.
   * @returns What the condition returned.
   * @throws {Error} With the program's log, if it does not hold in time, or the program ends before.
   */
  async until<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const hasEnded = this.#code !== undefined;
      const value = await condition();
      if (value) return value;
      if (hasEnded) throw this.#failure(`It ended with ${this.#code} before: ${what}`);
      if (performance.now() > deadline) throw this.#failure(`Not within ${PATIENCE_MS / 1000} s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Ends it as the kubelet does, by SIGTERM, and waits. */
  async stop(): Promise<number> {
    this.#signal("SIGTERM");
    return await this.ended();
  }

  /** Ends it without giving it a chance. */
  async kill(): Promise<void> {
    this.#signal("SIGKILL");
    await this.#child.status;
    await this.#reading;
  }

  /** Waits for its end, for 60 s at most, and returns its exit code. */
  async ended(): Promise<number> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#failure("It does not end")), 2 * PATIENCE_MS);
    try {
      const { code } = await Promise.race([this.#child.status, late]);
      await this.#reading;
      return code;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lists the ids of the processes that it started, and of those that these started. */
  descendants(): readonly number[] {
    const parents = new Map(processes().map(({ pid, parent }) => [pid, parent]));
    const isBelow = (pid: number | undefined): boolean =>
      pid !== undefined && pid > 1 && (parents.get(pid) === this.pid || isBelow(parents.get(pid)));
    return [...parents.keys()].filter(isBelow);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #signal(signal: Deno.Signal): void {
    if (this.#isRunning) this.#child.kill(signal);
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      this.lines.push(...lines.map(parseLine));
    }
    if (rest !== "") this.lines.push(parseLine(rest));
  }

  #failure(message: string): Error {
    const log = this.lines.slice(-SHOWN_LINES).map((line) => JSON.stringify(line)).join("\n");
    return new Error(`${message}\nLast lines of its log:\n${log}`);
  }
}

/** Tells which of some processes still run. */
export function running(pids: readonly number[]): readonly number[] {
  const alive = new Set(processes().map(({ pid }) => pid));
  return pids.filter((pid) => alive.has(pid));
}

function processes(): { pid: number; parent: number }[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap(({ name }) => {
    try {
      // proc(5): pid (command) state parent; the command may hold blanks and brackets.
      const [state, parent] = Deno.readTextFileSync(`/proc/${name}/stat`).replace(/^.*\) /, "").split(" ");
      return state === "Z" ? [] : [{ pid: Number(name), parent: Number(parent) }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

function parseLine(text: string): LogLine {
  if (!text.startsWith("{")) return { level: "plain", message: text };
  return JSON.parse(text);
}
