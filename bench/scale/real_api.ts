/**
 * A real API server, brought up by the kit that REALNODE_KIT names: what it uses, and a restart of it.
 *
 * @module
 */
import { basename, join } from "node:path";
import { RealNode } from "../../tests/e2e/realnode/real_node.ts";
import { until } from "../../tests/e2e/realnode/until.ts";
import { processUse } from "../../tests/soak/process_tree.ts";

/** What the API server has used so far, and its memory now. */
export interface ServerUse {
  readonly cpuSeconds: number;
  /** Bytes. */
  readonly rss: number;
}

/** The server. */
export class RealApi implements AsyncDisposable {
  readonly node: RealNode;
  readonly host: string;
  readonly port: string;
  /** Folder with `token` and `ca.crt`, as a pod's service account has them. */
  readonly serviceAccountPath: string;
  readonly #pids = new Map<string, number>();

  private constructor(node: RealNode) {
    this.node = node;
    const env = readPairs(join(node.folder, "env"), "=");
    const url = new URL(env.get("APISERVER")!);
    this.host = url.hostname;
    this.port = url.port;
    this.serviceAccountPath = join(node.folder, "clients");
    Deno.mkdirSync(this.serviceAccountPath);
    Deno.copyFileSync(env.get("CA_FILE")!, join(this.serviceAccountPath, "ca.crt"));
    Deno.writeTextFileSync(join(this.serviceAccountPath, "token"), env.get("ADMIN_TOKEN")!);
    for (const [name, pid] of readPairs(join(node.folder, "pids"), " ")) this.#pids.set(name, Number(pid));
  }

  /** Brings it up in a folder that is made. */
  static async up(kit: string, folder: string): Promise<RealApi> {
    return new RealApi(await RealNode.up(kit, folder));
  }

  /** Tells what it has used; etcd is not in it. */
  use(): ServerUse {
    const use = processUse(this.#pid);
    if (use === undefined) throw new Error("The API server is gone");
    return use;
  }

  /** Ends the API server and starts it again, with the same arguments, in the same control group. @returns When it could be reached again, milliseconds since 1970. */
  async restart(
    { downMs }: { downMs: number },
  ): Promise<{ stoppedAtMs: number; startedAtMs: number; readyAtMs: number }> {
    const folder = `/proc/${this.#pid}`;
    const [program, ...args] = Deno.readTextFileSync(`${folder}/cmdline`).split("\0").slice(0, -1);
    const cwd = Deno.readLinkSync(`${folder}/cwd`);
    const env = Object.fromEntries(
      Deno.readTextFileSync(`${folder}/environ`).split("\0").filter(Boolean).map((pair) => pair.split(/=(.*)/s)),
    );
    const group = /^\d+:freezer:(.*)$/m.exec(Deno.readTextFileSync(`${folder}/cgroup`))![1]!;
    Deno.kill(this.#pid, "SIGKILL");
    const stoppedAtMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, downMs));
    const join = 'echo "$BASHPID" >"$1"; shift; exec setsid "$@"';
    const startedAtMs = Date.now();
    const child = new Deno.Command("/bin/bash", {
      args: ["-c", join, "restart", `/sys/fs/cgroup/freezer${group}/cgroup.procs`, program!, ...args],
      cwd,
      clearEnv: true,
      env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    // It ends with the node.
    child.unref();
    this.#pids.set(API_SERVER, child.pid);
    await until("the API server after its restart", async () => {
      try {
        const { status } = await this.node.api.request("/readyz");
        return status === 200 ? "" : `status ${status}`;
      } catch (error) {
        return (error as Error).message;
      }
    }, { everyMs: 50 });
    return { stoppedAtMs, startedAtMs, readyAtMs: Date.now() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node[Symbol.asyncDispose]();
  }

  get #pid(): number {
    const pid = this.#pids.get(API_SERVER)!;
    const name = basename(Deno.readLinkSync(`/proc/${pid}/exe`));
    // Between fork and exec it is a shell yet.
    if (name !== API_SERVER && name !== "bash" && name !== "setsid") throw new Error(`Process ${pid} is ${name}`);
    return pid;
  }
}

const API_SERVER = "kube-apiserver";

function readPairs(path: string, separator: string): Map<string, string> {
  return new Map(
    Deno.readTextFileSync(path).trim().split("\n").map((line) => {
      const at = line.indexOf(separator);
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}
