/**
 * Makes changes on a node and measures until the configuration file says so: logs that are created, and labels that are patched.
 *
 * @module
 */
import type { SamplePod } from "../lib/sample/sample_pods.ts";
import { AwaitedFiles } from "./awaited_file.ts";
import { containerId } from "./bench_pods.ts";
import type { BenchNode } from "./bench_node.ts";

/** What is changed. */
export type ChangeKind = "log created" | "label patched";

/** How a series of changes is made. */
export interface SeriesOptions {
  /** Number of changes of each kind. */
  readonly count: number;
  /** Waits before each change. */
  readonly pause: () => Promise<void>;
}

/** Created logs after which they are all removed again, so that the node keeps its size. */
const BATCH = 25;

/** Makes changes one at a time, each when the one before is on disk. */
export class ChangeSeries {
  readonly #node: BenchNode;
  #marks = 0;

  constructor(node: BenchNode) {
    this.#node = node;
  }

  /** Makes a number of changes of each kind, by turns. @returns Milliseconds by kind. */
  async run({ count, pause }: SeriesOptions): Promise<Map<ChangeKind, number[]>> {
    await using files = new AwaitedFiles(this.#node.outputs.jobsPath);
    const found = new Map<ChangeKind, number[]>([["log created", []], ["label patched", []]]);
    let made: SamplePod[] = [];
    for (let index = 0; index < count; index++) {
      const pod = this.#node.newPod();
      // The API knows of a pod before the kubelet starts it.
      this.#node.show(pod);
      await pause();
      found.get("log created")!.push(await this.#create(pod, files));
      made.push(pod);
      await pause();
      found.get("label patched")!.push(await this.#patch(pod, files));
      if (made.length >= BATCH || index === count - 1) made = await this.#endAll(made, files);
    }
    return found;
  }

  async #create(pod: SamplePod, files: AwaitedFiles): Promise<number> {
    const path = this.#node.outputs.jobPath(containerId(pod));
    // What writes the log counts, 0.5 to 2 ms: where in it the log appears cannot be told from here.
    const start = performance.now();
    const seen = files.until(path, () => textOf(path) !== undefined);
    await this.#node.writeLogs(pod);
    return await seen - start;
  }

  async #patch(pod: SamplePod, files: AwaitedFiles): Promise<number> {
    const path = this.#node.outputs.jobPath(containerId(pod));
    const release = `patched-${++this.#marks}-`;
    const start = performance.now();
    const seen = files.until(`${release} in ${path}`, () => textOf(path)?.includes(release) ?? false);
    this.#node.scene.server.pods.patch(pod, { metadata: { labels: { release } } });
    return await seen - start;
  }

  async #endAll(pods: readonly SamplePod[], files: AwaitedFiles): Promise<[]> {
    for (const pod of pods) await this.#node.end(pod);
    const paths = pods.map((pod) => this.#node.outputs.jobPath(containerId(pod)));
    await files.until("job files are gone", () => paths.every((path) => textOf(path) === undefined));
    return [];
  }
}

/** Lets time pass. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
