/**
 * Stand-ins for shippers: a real HTTP server that reloads, and a real process with a pid file.
 *
 * @module
 */
import { join } from "node:path";

/** How the HTTP server behaves. */
export interface Behaviour {
  /** Answer to POST /reload. */
  answer: () => Response | Promise<Response>;
  /** Whether a reload raises the count. */
  counts: boolean;
}

/** A shipper that is told to reload by HTTP: POST /reload, and GET /reload, which answers {"hot_reload_count": n}. */
export class HttpShipper implements AsyncDisposable {
  readonly behaviour: Behaviour = { answer: () => Response.json({ reload: "done", status: 0 }), counts: true };
  /** Reloads that were asked for. */
  asked = 0;
  count = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: this.#stop.signal },
      async (request) => {
        if (request.method === "GET") return Response.json({ hot_reload_count: this.count });
        await request.text();
        this.asked++;
        const response = await this.behaviour.answer();
        if (this.behaviour.counts && response.ok) this.count++;
        return response;
      },
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Lets the next reloads hang until the function is called, which lets them through. */
  hang(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.behaviour.answer = async () => {
      await promise;
      return Response.json({ reload: "done", status: 0 });
    };
    return resolve;
  }

  async [Symbol.asyncDispose]() {
    this.#stop.abort();
    await this.#server.finished;
  }
}

/** A process that counts the signals HUP that it gets in a file, and keeps its id in a pid file. */
export class SignalShipper implements AsyncDisposable {
  readonly pidFile: string;
  readonly #counts: string;
  readonly #child: Deno.ChildProcess;

  private constructor(folder: string) {
    this.pidFile = join(folder, "shipper.pid");
    this.#counts = join(folder, "count");
    const script =
      `trap 'echo >> "${this.#counts}"' HUP; echo $$ > "${this.pidFile}.new"; mv "${this.pidFile}.new" "${this.pidFile}"; ` +
      "while true; do sleep 0.05; done";
    this.#child = new Deno.Command("/bin/sh", { args: ["-c", script], stdin: "null" }).spawn();
  }

  /** Starts one, and waits until it can take signals. */
  static async start(folder: string): Promise<SignalShipper> {
    const shipper = new SignalShipper(folder);
    await until(() => exists(shipper.pidFile));
    return shipper;
  }

  /** Name of the process, as in /proc/<pid>/comm. */
  get name(): string {
    return Deno.readTextFileSync(`/proc/${this.#child.pid}/comm`).trim();
  }

  get count(): number {
    return exists(this.#counts) ? Deno.readTextFileSync(this.#counts).length : 0;
  }

  async [Symbol.asyncDispose]() {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

/** Waits until a condition holds, for a minute at most. */
export async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 60_000; !condition();) {
    if (performance.now() > end) throw new Error(`Not within a minute: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
