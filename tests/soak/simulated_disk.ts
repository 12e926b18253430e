/**
 * The logs of simulated pods on disk, as kubelet and runtimes write and remove them.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { criLine, writeCriContainer } from "../../lib/sample/cri_files.ts";
import { dockerLine, writeDockerContainer } from "../../lib/sample/docker_files.ts";
import type { SamplePaths } from "../../lib/sample/sample_node.ts";
import { type Run, samplePodOf, type SimulatedContainer, type SimulatedPod } from "./simulated_pod.ts";

/** Writes logs and removes them. */
export class SimulatedDisk {
  readonly #paths: SamplePaths;

  constructor(paths: SamplePaths) {
    this.#paths = paths;
  }

  /** Starts the newest run of a container. */
  async start(pod: SimulatedPod, container: SimulatedContainer): Promise<void> {
    const sample = samplePodOf(pod);
    const one = { ...container, line: "hello" };
    const { containersPath, podLogsPath, containerLinksPath } = this.#paths;
    const { name: containerName, id, restart } = container;
    const logPath = pod.layout === "docker"
      ? await writeDockerContainer(containersPath, { container: one, pod: sample })
      : await writeCriContainer(podLogsPath, { container: one, pod: sample, containerLinksPath });
    pod.runs.push({ containerName, id, restart, logPath });
  }

  /** Starts the pause container of a pod in Docker's layout. */
  async startSandbox(pod: SimulatedPod): Promise<void> {
    if (pod.sandboxId === undefined) return;
    const container = { name: "POD", id: pod.sandboxId, image: "registry.example/pause:3.2", line: "" };
    await writeDockerContainer(this.#paths.containersPath, { container, pod: samplePodOf(pod), isSandbox: true });
  }

  /** Removes one run, as the kubelet's garbage collection does: the log first, then the link to it. */
  async remove(pod: SimulatedPod, run: Run): Promise<void> {
    pod.runs.splice(pod.runs.indexOf(run), 1);
    if (pod.layout === "docker") return await Deno.remove(dirname(run.logPath), { recursive: true });
    const folder = dirname(run.logPath);
    for (const name of namesIn(folder)) {
      if (name.startsWith(`${run.restart}.log`)) await Deno.remove(join(folder, name));
    }
    await Deno.remove(this.#linkPath(pod, run));
  }

  /** Removes everything of a pod. */
  async removeAll(pod: SimulatedPod): Promise<void> {
    const { containersPath, podLogsPath } = this.#paths;
    for (const run of [...pod.runs]) await this.remove(pod, run);
    if (pod.sandboxId !== undefined) await Deno.remove(join(containersPath, pod.sandboxId), { recursive: true });
    if (pod.layout === "docker") return;
    const folder = join(podLogsPath, `${pod.namespace}_${pod.name}_${pod.configHash ?? pod.uid}`);
    await Deno.remove(folder, { recursive: true });
  }

  /** Rotates a log: renames it and begins a new one. */
  async rotate(pod: SimulatedPod, run: Run): Promise<void> {
    const old = pod.layout === "docker" ? `${run.logPath}.1` : `${run.logPath}.20261124-010101`;
    await Deno.rename(run.logPath, old);
    await this.append(pod, run);
  }

  /** Writes a line. */
  async append({ layout }: SimulatedPod, { logPath }: Run): Promise<void> {
    const line = layout === "docker" ? dockerLine("more") : criLine("more");
    await Deno.writeTextFile(logPath, line, { append: true });
  }

  #linkPath({ name, namespace }: SimulatedPod, { containerName, id }: Run): string {
    return join(this.#paths.containerLinksPath, `${name}_${namespace}_${containerName}-${id}.log`);
  }
}

function namesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}
