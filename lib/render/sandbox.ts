/**
 * An agent's child process, seen from the host: started when it is needed, let go when idle, ended when it oversteps a limit.
 *
 * @module
 */
import type { Request } from "./protocol.ts";
import { MEMORY_MARK } from "./protocol.ts";
import { SANDBOX_ENVIRONMENT, sandboxArguments } from "./sandbox_flags.ts";

/** What a child may use. */
export interface SandboxLimits {
  /** Time for one request, start of the process included, in milliseconds. */
  readonly requestMs: number;
  /** Resident memory of the child in bytes. */
  readonly memoryBytes: number;
  /** Size of one answer in bytes. */
  readonly answerBytes: number;
  /** Bytes on stderr that are kept for a message; the child is ended at ten times as much in one request. */
  readonly stderrBytes: number;
  /** Time without requests after which the child is let go, in milliseconds. */
  readonly idleMs: number;
}

/** Limits that fit 10,000 containers. */
export const DEFAULT_LIMITS: SandboxLimits = {
  requestMs: 10_000,
  memoryBytes: 512 * 1024 * 1024,
  answerBytes: 128 * 1024 * 1024,
  stderrBytes: 4096,
  idleMs: 5_000,
};

/** An agent's child process did not give an answer that can be used. */
export class SandboxError extends Error {
  override name = "SandboxError";
  /** What went wrong: a limit that was overstepped, the end of the process, an answer out of form, or the agent's own failure. */
  readonly code: "time" | "memory" | "output" | "exit" | "protocol" | "failed" | "spawn";

  constructor(code: SandboxError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Options of {@linkcode Sandbox}. */
export interface SandboxOptions {
  /** Name of the agent, for messages. */
  readonly agent: string;
  /** Private copy of its folder. */
  readonly folder: string;
  /** Path of the Deno executable. */
  readonly denoPath: string;
  readonly etaUrl: string;
  readonly limits?: Partial<SandboxLimits>;
}

interface Child {
  readonly process: Deno.ChildProcess;
  readonly stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly stdout: ReadableStreamDefaultReader<Uint8Array>;
  readonly watching: Promise<void>;
  stderr: string;
  stderrBytes: number;
  broken: SandboxError | undefined;
}

const encoder = new TextEncoder();

/** Runs one agent's folder in a child without permissions. Requests are answered one after the other. */
export class Sandbox implements AsyncDisposable {
  readonly #options: SandboxOptions;
  readonly #limits: SandboxLimits;
  #child: Child | undefined;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #starts = 0;

  constructor(options: SandboxOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /**
   * Has the child for a series of requests that nothing comes between.
   *
   * @param work Gets a function that asks the child and gives its answer, still unchecked, and the number of processes started so far.
   * @throws {SandboxError} If there is no usable answer; the child is ended then, and the next turn starts a new one.
   */
  async turn<T>(work: (ask: (request: Request) => Promise<unknown>, starts: number) => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      clearTimeout(this.#idleTimer);
      const child = this.#child ??= this.#start();
      try {
        return await work((request) => this.#exchange(child, request), this.#starts);
      } finally {
        if (this.#child) this.#idleTimer = setTimeout(() => void this.release(), this.#limits.idleMs);
      }
    });
    this.#queue = turn.catch(() => {});
    return await turn;
  }

  async [Symbol.asyncDispose]() {
    await this.#queue;
    await this.release();
  }

  /** Ends the child, if there is one. */
  async release() {
    clearTimeout(this.#idleTimer);
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    end(child);
    await child.process.status;
    await child.watching;
    await child.stdin.abort().catch(() => {});
    await child.stdout.cancel().catch(() => {});
  }

  async #exchange(child: Child, request: Request): Promise<unknown> {
    child.stderr = "";
    child.stderrBytes = 0;
    const { agent } = this.#options;
    const timer = setTimeout(() => {
      const seconds = this.#limits.requestMs / 1000;
      this.#breakOff(
        child,
        new SandboxError(
          "time",
          `Agent ${agent} gave no answer within ${seconds} s (endless loop?), its process was ended`,
        ),
      );
    }, this.#limits.requestMs);
    try {
      const [line] = await Promise.all([this.#readLine(child), this.#send(child, request)]);
      return this.#parse(line);
    } catch (error) {
      if (!(error instanceof SandboxError && error.code === "failed")) await this.release();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #start(): Child {
    const { denoPath, folder, etaUrl, agent } = this.#options;
    const maxHeapMiB = Math.floor(this.#limits.memoryBytes / 2 ** 20);
    try {
      const process = new Deno.Command(denoPath, {
        args: sandboxArguments({ folder, etaUrl, maxMemoryBytes: this.#limits.memoryBytes, maxHeapMiB }),
        clearEnv: true,
        env: { ...SANDBOX_ENVIRONMENT },
        cwd: folder,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      this.#starts++;
      const child: Child = {
        process,
        stdin: process.stdin.getWriter(),
        stdout: process.stdout.getReader(),
        watching: Promise.resolve().then(() => this.#watchStderr(child)),
        stderr: "",
        stderrBytes: 0,
        broken: undefined,
      };
      return child;
    } catch (cause) {
      throw new SandboxError("spawn", `Cannot start a process for agent ${agent}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  #breakOff(child: Child, error: SandboxError) {
    child.broken ??= error;
    end(child);
  }

  /** Keeps a little of what the child prints, and hears its memory watch. */
  async #watchStderr(child: Child) {
    const decoder = new TextDecoder();
    const { agent } = this.#options;
    for await (const chunk of child.process.stderr) {
      child.stderrBytes += chunk.length;
      child.stderr = (child.stderr + decoder.decode(chunk, { stream: true })).slice(0, this.#limits.stderrBytes);
      if (child.stderr.includes(MEMORY_MARK) || decoder.decode(chunk).includes(MEMORY_MARK)) {
        const limit = Math.round(this.#limits.memoryBytes / 2 ** 20);
        this.#breakOff(
          child,
          new SandboxError("memory", `Agent ${agent} used more than ${limit} MiB of memory, its process was ended`),
        );
      } else if (child.stderrBytes > this.#limits.stderrBytes * 10) {
        this.#breakOff(
          child,
          new SandboxError(
            "output",
            `Agent ${agent} printed more than ${this.#limits.stderrBytes * 10} bytes, its process was ended`,
          ),
        );
      }
    }
  }

  async #send(child: Child, request: Request) {
    try {
      await child.stdin.write(encoder.encode(JSON.stringify(request) + "\n"));
    } catch {
      // The child is gone: reading its answer tells why.
    }
  }

  /** Reads the bytes of one answer. */
  async #readLine(child: Child): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const { agent } = this.#options;
    for (;;) {
      const { value, done } = await child.stdout.read();
      if (done) throw await this.#whyEnded(child);
      size += value.length;
      if (size > this.#limits.answerBytes) {
        throw new SandboxError(
          "output",
          `Agent ${agent} answered with more than ${this.#limits.answerBytes} bytes, its process was ended`,
        );
      }
      chunks.push(value);
      const end = value.indexOf(10);
      if (end === -1) continue;
      if (end !== value.length - 1) {
        throw new SandboxError(
          "protocol",
          `Agent ${agent} wrote to its standard output, which is not its own; its process was ended`,
        );
      }
      return new TextDecoder().decode(concat(chunks, size));
    }
  }

  async #whyEnded(child: Child): Promise<SandboxError> {
    const status = await child.process.status;
    await child.watching;
    if (child.broken) return child.broken;
    const { agent } = this.#options;
    const said = child.stderr.trim().split("\n").slice(0, 5).join("; ");
    if (/heap out of memory|Reached heap limit/i.test(said)) {
      return new SandboxError(
        "memory",
        `Agent ${agent} used more memory than its limit of ${
          Math.round(this.#limits.memoryBytes / 2 ** 20)
        } MiB, its process ended`,
      );
    }
    const how = status.signal ? `by signal ${status.signal}` : `with exit code ${status.code}`;
    return new SandboxError("exit", `The process of agent ${agent} ended ${how}${said ? `: ${said}` : ""}`);
  }

  #parse(line: string): unknown {
    const { agent } = this.#options;
    let answer: unknown;
    try {
      answer = JSON.parse(line);
    } catch {
      throw new SandboxError(
        "protocol",
        `Agent ${agent} answered with ${JSON.stringify(line.slice(0, 80))}, which is no answer; its process was ended`,
      );
    }
    if (typeof answer === "object" && answer !== null && Object.hasOwn(answer, "type")) {
      const { type, error } = answer as { type: unknown; error?: unknown };
      if (type === "failed") throw new SandboxError("failed", `Agent ${agent} failed: ${String(error)}`);
    }
    return answer;
  }
}

/** Kills a child at once: it holds nothing that would be worth a goodbye. */
function end(child: Child) {
  try {
    child.process.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
