/**
 * A real node with API server, containerd and kubelet, brought up by the kit that REALNODE_KIT names.
 *
 * @module
 */
import { join } from "node:path";
import { type ApiAddress, KubeApi, type KubeObject } from "./kube_api.ts";

/** The kit's scripts could not do what they were asked for. */
export class RealNodeError extends Error {
  override name = "RealNodeError";
}

/** A node that lives until it is disposed of. */
export class RealNode implements AsyncDisposable {
  /** Everything of the node and of this run lies in it. */
  readonly folder: string;
  readonly api: KubeApi;
  readonly name: string;
  /** The node's /var/log as seen from here. */
  readonly varLog: string;
  readonly staticPods: string;
  readonly #kit: string;

  private constructor(kit: string, { folder, values }: { folder: string; values: Map<string, string> }) {
    const value = (name: string) => values.get(name) ?? "";
    const address: ApiAddress = {
      url: value("APISERVER"),
      ca: Deno.readTextFileSync(value("CA_FILE")),
      token: value("ADMIN_TOKEN"),
    };
    this.#kit = kit;
    this.folder = folder;
    this.name = value("NODE_NAME");
    this.varLog = value("VARLOG");
    this.staticPods = value("STATIC_PODS");
    this.api = new KubeApi(address);
  }

  /** Brings a node up. @param folder Short path of a folder that is made, and removed with the node. */
  static async up(kit: string, folder: string): Promise<RealNode> {
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(join(folder, "audit.yaml"), AUDIT_POLICY);
    const flags = `--audit-policy-file=${folder}/audit.yaml --audit-log-path=${auditLogOf(folder)}`;
    try {
      const text = await runKit(kit, { command: ["up", folder], folder, env: { REALNODE_APISERVER_FLAGS: flags } });
      const values = new Map(text.trim().split("\n").map((line) => line.split(/=(.*)/s) as [string, string]));
      return new RealNode(kit, { folder, values });
    } catch (error) {
      downNow(kit, folder);
      throw error;
    }
  }

  /** Where the requests of service accounts are recorded. */
  get auditLog(): string {
    return auditLogOf(this.folder);
  }

  /** Applies objects; pods get what pods need on this node: its name, its network, the API's address. */
  async apply(...items: readonly KubeObject[]): Promise<void> {
    const path = join(this.folder, `apply-${crypto.randomUUID()}.json`);
    Deno.writeTextFileSync(path, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    await runKit(this.#kit, { command: ["pod", "apply", path], folder: this.folder });
  }

  /** Runs a command in the node's mount namespace. @returns What it printed. */
  async inNode(...command: readonly string[]): Promise<string> {
    return await runKit(this.#kit, { command: ["in-node", ...command], folder: this.folder });
  }

  /** Finds the process of a container, as seen from here. */
  async processOf(containerId: string): Promise<number> {
    const socket = join(this.folder, "run/containerd.sock");
    const tasks = await this.inNode("ctr", "-a", socket, "-n", "k8s.io", "tasks", "ls");
    const line = tasks.split("\n").find((one) => one.startsWith(containerId));
    const pid = Number(line?.split(/\s+/)[1]);
    if (!pid) throw new RealNodeError(`No process of container ${containerId} in:\n${tasks}`);
    return pid;
  }

  /** Stops the node and removes its folder. */
  [Symbol.asyncDispose](): Promise<void> {
    this.api[Symbol.dispose]();
    downNow(this.#kit, this.folder);
    return Promise.resolve();
  }
}

/** Stops a node at once, also from a signal handler. */
export function downNow(kit: string, folder: string): void {
  const { success, stderr } = new Deno.Command(join(kit, "down"), { args: [folder], stdin: "null" }).outputSync();
  if (!success) console.error(`The node in ${folder} could not be stopped: ${new TextDecoder().decode(stderr)}`);
  else Deno.removeSync(folder, { recursive: true });
}

/** Requests of service accounts, when they come in. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [ResponseStarted, ResponseComplete]
rules:
  - {level: Metadata, userGroups: ["system:serviceaccounts"]}
  - {level: None}
`;

function auditLogOf(folder: string): string {
  return join(folder, "audit.log");
}

interface KitRun {
  readonly command: readonly string[];
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function runKit(kit: string, { command, folder, env = {} }: KitRun): Promise<string> {
  const [script, ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(join(kit, script!), {
    args,
    env: { REALNODE_DIR: folder, ...env },
    stdin: "null",
    signal: AbortSignal.timeout(180_000),
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new RealNodeError(`${command.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}
