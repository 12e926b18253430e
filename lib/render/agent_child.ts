/**
 * One child process of an agent: started, asked, and ended when it oversteps a limit.
 *
 * @module
 */
import { printable } from "./printable.ts";
import type { Request } from "./protocol.ts";
import { HANGS_AT, MEMORY_EXCEEDED } from "./runtime/signs.ts";
import { SandboxError } from "./sandbox_error.ts";
import { SANDBOX_ENVIRONMENT, sandboxArguments } from "./sandbox_flags.ts";
import { answerLimit, type SandboxLimits, timeLimit } from "./sandbox_limits.ts";

/** Options of {@linkcode AgentChild}. */
export interface AgentChildOptions {
  /** Name of the agent, for messages. */
  readonly agent: string;
  /** Private copy of its folder. */
  readonly folder: string;
  /** Path of the Deno executable. */
  readonly denoPath: string;
  readonly etaUrl: string;
  readonly limits: SandboxLimits;
}

const NEWLINE = 10;
const encoder = new TextEncoder();

/** A running child process. Once a request to it has failed other than with code `failed`, it has ended and cannot be asked again. */
export class AgentChild {
  readonly #options: AgentChildOptions;
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stdout: ReadableStreamDefaultReader<Uint8Array>;
  readonly #watching: Promise<void>;
  #said = "";
  #saidBytes = 0;
  /** Ids of the targets that the child knows, at the most. */
  readonly #targets = new Set<string>();
  /** Ids of the targets that it was asked for last, in their order. */
  #asked: readonly string[] = [];
  /** Limit that was overstepped. */
  #broken: SandboxError | undefined;

  /**
   * Starts the process.
   *
   * @throws {SandboxError} With code `spawn` if it cannot be started.
   */
  constructor(options: AgentChildOptions) {
    this.#options = options;
    const { agent, denoPath, folder, etaUrl, limits } = options;
    try {
      this.#process = new Deno.Command(denoPath, {
        args: sandboxArguments({ folder, etaUrl, maxMemoryBytes: limits.memoryBytes, hostPid: Deno.pid }),
        clearEnv: true,
        env: { ...SANDBOX_ENVIRONMENT },
        cwd: folder,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (cause) {
      throw new SandboxError("spawn", `Cannot start a process for agent ${agent}: ${(cause as Error).message}`, {
        cause,
      });
    }
    this.#stdin = this.#process.stdin.getWriter();
    this.#stdout = this.#process.stdout.getReader();
    this.#watching = this.#watchStderr();
  }

  /**
   * Asks the child.
   *
   * @returns Its answer, parsed and otherwise unchecked.
   * @throws {SandboxError} If there is no usable answer; the child has ended then, unless the code is `failed`.
   */
  async exchange(request: Request): Promise<unknown> {
    this.#said = "";
    this.#saidBytes = 0;
    this.#count(request);
    const limitMs = timeLimit(this.#options.limits, { type: request.type, targets: this.#targets.size });
    const timer = setTimeout(() => {
      this.#breakOff("time", `gave no answer within ${Math.round(limitMs / 100) / 10} s (endless loop?)`);
    }, limitMs);
    try {
      const sent = this.#lineOf(request);
      const [line] = await Promise.all([this.#readLine(), this.#send(sent)]);
      return this.#parse(line);
    } catch (error) {
      if (!(error instanceof SandboxError && error.code === "failed")) await this.end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #count(request: Request) {
    if (request.type === "configure") this.#targets.clear();
    if (request.type !== "render") return;
    for (const id of request.remove) this.#targets.delete(id);
    this.#asked = request.upsert.map(({ id }) => id);
    for (const id of this.#asked) this.#targets.add(id);
  }

  /** Kills the process, which holds nothing that would be worth a goodbye, and waits for its end. */
  async end() {
    this.#kill();
    await this.#process.status;
    await this.#watching;
    await this.#stdin.abort().catch(() => {});
    await this.#stdout.cancel().catch(() => {});
  }

  #kill() {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  }

  #error(code: SandboxError["code"], what: string): SandboxError {
    return new SandboxError(code, `Agent ${this.#options.agent} ${what}`);
  }

  #breakOff(code: SandboxError["code"], what: string) {
    const index = [...this.#said.matchAll(HANGS_AT)].at(-1)?.[1];
    const atTarget = index === undefined ? undefined : this.#asked[Number(index)];
    const message = `Agent ${this.#options.agent} ${what}, its process was ended`;
    this.#broken ??= new SandboxError(code, message, { atTarget });
    this.#kill();
  }

  /** Keeps a little of what the child prints, and ends it when it prints too much. */
  async #watchStderr() {
    const decoder = new TextDecoder();
    const { stderrBytes } = this.#options.limits;
    for await (const chunk of this.#process.stderr) {
      this.#saidBytes += chunk.length;
      const room = stderrBytes - this.#said.length;
      if (room > 0) this.#said += decoder.decode(chunk.subarray(0, room), { stream: true });
      if (this.#saidBytes > stderrBytes * 10) this.#breakOff("output", `printed more than ${stderrBytes * 10} bytes`);
    }
  }

  #lineOf(request: Request): Uint8Array {
    try {
      return encoder.encode(JSON.stringify(request) + "\n");
    } catch (cause) {
      throw new SandboxError(
        "protocol",
        `Agent ${this.#options.agent} cannot be asked: ${(cause as Error).message}, its process was ended`,
        { cause },
      );
    }
  }

  async #send(line: Uint8Array) {
    try {
      await this.#stdin.write(line);
    } catch {
      // The child is gone: reading its answer tells why.
    }
  }

  /** Reads the bytes of one answer. */
  async #readLine(): Promise<string> {
    const chunks: Uint8Array[] = [];
    const limit = answerLimit(this.#options.limits, this.#targets.size);
    for (let size = 0;;) {
      const { value, done } = await this.#stdout.read();
      if (done) throw await this.#whyEnded();
      size += value.length;
      if (size > limit) throw this.#error("output", `answered with more than ${limit} bytes, its process was ended`);
      chunks.push(value);
      const end = value.indexOf(NEWLINE);
      if (end === -1) continue;
      if (end !== value.length - 1) {
        throw this.#error(
          "protocol",
          "wrote to its standard output, which is not its own (use console.log), its process was ended",
        );
      }
      return new TextDecoder().decode(concat(chunks, size));
    }
  }

  async #whyEnded(): Promise<SandboxError> {
    const status = await this.#process.status;
    await this.#watching;
    if (this.#broken) return this.#broken;
    const { limits } = this.#options;
    if (status.code === MEMORY_EXCEEDED || /heap out of memory|Reached heap limit/i.test(this.#said)) {
      const limit = Math.round(limits.memoryBytes / 2 ** 20);
      return this.#error("memory", `used more than ${limit} MiB of memory, its process was ended`);
    }
    const lines = withoutAdvice(this.#said.replaceAll(HANGS_AT, "")).replaceAll(`file://${this.#options.folder}/`, "")
      .trim().split("\n");
    const said = printable(lines.slice(0, 5).map((line) => line.trim()).join("; "));
    const how = status.signal
      ? `by signal ${status.signal}`
      : status.code === 0
      ? "by itself"
      : `with exit code ${status.code}`;
    return this.#error("exit", `ended its process ${how}${said ? `: ${said}` : ""}`);
  }

  #parse(line: string): unknown {
    let answer: unknown;
    try {
      answer = JSON.parse(line);
    } catch {
      const start = printable(JSON.stringify(line.slice(0, 80).trimEnd()));
      throw this.#error("protocol", `answered with ${start}, which is no answer, its process was ended`);
    }
    if (typeof answer === "object" && answer !== null && Object.hasOwn(answer, "type")) {
      const { type, error } = answer as { type: unknown; error?: unknown };
      if (type === "failed") {
        throw this.#error("failed", `failed: ${typeof error === "string" ? printable(error) : "without a reason"}`);
      }
    }
    return answer;
  }
}

/** Deno's advice to add a flag does not hold in the sandbox. */
function withoutAdvice(text: string): string {
  return text.replaceAll(/, run again with the --allow-[a-z]+ flag/g, ", which the sandbox does not give");
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
