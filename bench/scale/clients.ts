/**
 * Runs the API clients of many nodes in a few processes, and gathers what they tell.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { ClientPlan, ClientReport } from "./client_plan.ts";
import type { RequestKind, SentRequest } from "./counted_connection.ts";

/** What all clients have done so far. */
export interface ClientTotals {
  readonly bytes: number;
  readonly synced: number;
  readonly failures: number;
  readonly requests: Readonly<Record<RequestKind, number>>;
}

const PROGRAM = fileURLToPath(new URL("client_process.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));
const PROCESSES = 2;

/** Running clients. Disposing of them ends them. */
export class Clients implements AsyncDisposable {
  /** Everything that was sent, in no particular order. */
  readonly requests: SentRequest[] = [];
  readonly #processes: ClientProcess[];

  private constructor(processes: (onRequest: (request: SentRequest) => void) => ClientProcess[]) {
    this.#processes = processes((request) => this.requests.push(request));
  }

  /** Starts them. */
  static start(plan: ClientPlan): Clients {
    return new Clients((onRequest) =>
      Array.from({ length: PROCESSES }, (_, index) => {
        const nodes = plan.nodes.filter((_, number) => number % PROCESSES === index);
        return new ClientProcess({ ...plan, nodes }, onRequest);
      })
    );
  }

  /** Adds up what the processes said last. */
  totals(): ClientTotals {
    const sum = (key: "bytes" | "synced" | "failures") =>
      this.#processes.reduce((total, { state }) => total + (state?.[key] ?? 0), 0);
    const count = (kind: RequestKind) => this.requests.filter((request) => request.kind === kind).length;
    return {
      bytes: sum("bytes"),
      synced: sum("synced"),
      failures: sum("failures"),
      requests: { list: count("list"), watch: count("watch"), get: count("get") },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process[Symbol.asyncDispose]()));
  }
}

class ClientProcess implements AsyncDisposable {
  state: Extract<ClientReport, { type: "state" }> | undefined;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(plan: ClientPlan, onRequest: (request: SentRequest) => void) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--no-check",
        `--config=${CONFIG}`,
        "--allow-net",
        "--allow-read",
        PROGRAM,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    void this.#input.write(new TextEncoder().encode(JSON.stringify(plan) + "\n"));
    this.#reading = this.#read(onRequest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#reading;
    await this.#child.status;
  }

  async #read(onRequest: (request: SentRequest) => void): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const report: ClientReport = JSON.parse(line);
        if (report.type === "state") this.state = report;
        else onRequest({ kind: report.kind, atMs: report.atMs });
      }
    }
  }
}
