/**
 * A real shipper that runs while a test writes logs.
 *
 * @module
 */

/** Options of {@linkcode ShipperProcess.start}. */
export interface ShipperProcessOptions {
  readonly cwd?: string;
  /** Added to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Longest wait for anything, in milliseconds; shippers poll, and machines may be slow. */
const PATIENCE_MS = 120_000;
const POLL_MS = 50;
/** Milliseconds that it has for its own end before it is killed. */
const STOP_MS = 20_000;
/** Characters of its output that a failure shows, from the end. */
const SHOWN_CHARACTERS = 6_000;

/** A running shipper. Disposing of it ends it. */
export class ShipperProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  #output = "";
  #code: number | undefined;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#reading = Promise.all([this.#read(child.stdout), this.#read(child.stderr)]);
    void child.status.then(({ code }) => this.#code = code);
  }

  /** Starts a program in the foreground. */
  static start(
    [program, ...args]: readonly [string, ...string[]],
    { cwd, env = {} }: ShipperProcessOptions = {},
  ): ShipperProcess {
    const place = cwd === undefined ? {} : { cwd };
    return new ShipperProcess(
      new Deno.Command(program, { args, env, ...place, stdin: "null", stdout: "piped", stderr: "piped" }).spawn(),
    );
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Exit code; undefined as long as it runs. */
  get code(): number | undefined {
    return this.#code;
  }

  /** What it wrote to standard output and standard error so far. */
  get output(): string {
    return this.#output;
  }

  kill(signal: Deno.Signal): void {
    if (this.#code === undefined) this.#child.kill(signal);
  }

  /**
   * Waits until a condition holds, for two minutes at most.
   *
   * @returns What the condition returned.
   * @throws {Error} With the end of its output, if the condition does not hold in time, or the program ends before.
   */
  async until<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const hasEnded = this.#code !== undefined;
      const value = await condition();
      if (value) return value;
      if (hasEnded) throw this.#failure(`The shipper ended with ${this.#code} before: ${what}`);
      if (performance.now() > deadline) throw this.#failure(`Not within ${PATIENCE_MS / 1000} s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Ends it by SIGTERM, or by SIGKILL where it does not. */
  async stop(): Promise<void> {
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), STOP_MS);
    await this.#child.status;
    clearTimeout(timer);
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#output += text;
  }

  #failure(message: string): Error {
    return new Error(`${message}\nEnd of its output:\n${this.#output.slice(-SHOWN_CHARACTERS)}`);
  }
}
