/**
 * A node's container logs in a temporary folder, made and unmade as a kubelet does it.
 *
 * @module
 */
import { join } from "node:path";

/** A container on the simulated node. */
export interface SimulatedContainer {
  readonly namespace: string;
  readonly podName: string;
  readonly podUid: string;
  readonly name: string;
  readonly restart: number;
  /** 64 hex digits. */
  readonly id: string;
}

/** The folders of a node, below one. */
export interface NodeFolders {
  readonly podLogsPath: string;
  readonly containerLinksPath: string;
}

/** Starts, feeds and removes containers' logs (the layout of containerd and CRI-O). */
export class SimulatedNode {
  readonly #folders: NodeFolders;

  constructor(folders: NodeFolders) {
    this.#folders = folders;
  }

  /** Makes the log of a container with a first line, then the kubelet's link to it. */
  start(container: SimulatedContainer) {
    Deno.mkdirSync(this.#folder(container), { recursive: true });
    this.log(container, "started");
    Deno.symlinkSync(this.logPath(container), this.#link(container));
  }

  /** Writes a line in the CRI text format. */
  log(container: SimulatedContainer, line: string) {
    Deno.writeTextFileSync(
      this.logPath(container),
      `${new Date().toISOString().replace("Z", "000000Z")} stdout F ${line}\n`,
      { append: true },
    );
  }

  /** Removes the logs and links of a pod. */
  remove(containers: readonly SimulatedContainer[]) {
    for (const container of containers) Deno.removeSync(this.#link(container));
    const folders = new Set(containers.map((container) => join(this.#folder(container), "..")));
    for (const folder of folders) Deno.removeSync(folder, { recursive: true });
  }

  /** Path of a container's log. */
  logPath(container: SimulatedContainer): string {
    return join(this.#folder(container), `${container.restart}.log`);
  }

  #folder({ namespace, podName, podUid, name }: SimulatedContainer): string {
    return join(this.#folders.podLogsPath, `${namespace}_${podName}_${podUid}`, name);
  }

  #link({ namespace, podName, name, id }: SimulatedContainer): string {
    return join(this.#folders.containerLinksPath, `${podName}_${namespace}_${name}-${id}.log`);
  }
}
