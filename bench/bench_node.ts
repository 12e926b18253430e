/**
 * A node with any number of containers, its API, and places for the agents' files: what the program is measured on.
 *
 * @module
 */
import { join } from "node:path";
import { writeSamplePod } from "../lib/sample/sample_node.ts";
import type { SamplePod } from "../lib/sample/sample_pods.ts";
import { Outputs } from "../tests/e2e/outputs.ts";
import { Scene } from "../tests/e2e/scene.ts";
import type { WatcherProcess } from "../tests/e2e/watcher_process.ts";
import { benchApiPod, benchPod, type Layout } from "./bench_pods.ts";

/** What a node is made like. */
export interface Subject {
  readonly containers: number;
  readonly layout: Layout;
}

/** Sets of agents that are measured; `one` is the agent that writes a file per container. */
export const AGENT_SETS = {
  one: "appdynamics",
  three: "scalyr,appdynamics,symlinker",
} as const;

/** Name of a set of agents. */
export type AgentSet = keyof typeof AGENT_SETS;

/** How a watch is started. */
export interface StartOptions {
  /** Default `three`. */
  readonly agents?: AgentSet;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Flags of `deno run`, default the program's own. */
  readonly flags?: readonly string[];
}

/** Files that are written at the same time when a node is made. */
const AT_ONCE = 32;

/** The node. Disposing of it removes all. */
export class BenchNode implements AsyncDisposable {
  readonly subject: Subject;
  readonly scene: Scene;
  /** Where the newest watch writes. */
  outputs: Outputs;
  #starts = 0;
  #agents: AgentSet = "three";
  #nextNumber: number;

  private constructor(scene: Scene, subject: Subject) {
    this.scene = scene;
    this.subject = subject;
    this.outputs = scene.outputs;
    this.#nextNumber = subject.containers;
  }

  /** Makes a node. */
  static async open(subject: Subject): Promise<BenchNode> {
    const node = new BenchNode(await Scene.open({ isFilled: false }), subject);
    const numbers = Array.from({ length: subject.containers }, (_, number) => number);
    for (let start = 0; start < numbers.length; start += AT_ONCE) {
      await Promise.all(numbers.slice(start, start + AT_ONCE).map((number) => node.#startPod(number)));
    }
    return node;
  }

  /** What the node is called in messages, e.g. `250 cri`. */
  get name(): string {
    return `${this.subject.containers} ${this.subject.layout}`;
  }

  /** Starts a watch with outputs of its own, so that nothing is known from before. */
  watch({ agents = "three", env = {}, args = [], ...options }: StartOptions = {}): WatcherProcess {
    this.outputs = new Outputs(join(this.scene.folder, `out-${++this.#starts}`));
    // Where a manifest has it: beside the outputs its records would change folders a second after the work is done.
    const state = { WATCHER_STATE_PATH: join(this.scene.folder, `state-${this.#starts}`) };
    this.#agents = agents;
    const settings = { ...this.outputs.env, WATCHER_AGENTS: AGENT_SETS[agents], WATCHER_DEBUG: "", ...state, ...env };
    return this.scene.watch(args, { ...options, env: settings });
  }

  /** Makes a pod that is nowhere yet. */
  newPod(): SamplePod {
    return benchPod(this.#nextNumber++, this.subject.layout);
  }

  /** Tells the API of a pod, or of its change. */
  show(pod: SamplePod): void {
    this.scene.putPod(benchApiPod(pod));
  }

  /** Writes a pod's files as the kubelet and the runtime do. */
  async writeLogs(pod: SamplePod): Promise<void> {
    await writeSamplePod(pod, this.scene.paths);
  }

  /** Removes a pod from disk and API. */
  async end(pod: SamplePod): Promise<void> {
    const { containersPath } = this.scene.paths;
    if (pod.layout === "cri") await this.scene.removeLogs(pod);
    else for (const { id } of pod.containers) await Deno.remove(join(containersPath, id), { recursive: true });
    this.scene.server.pods.delete(pod);
  }

  /** Tells whether exactly that many containers are configured, each wholly by every agent of the newest watch. */
  isComplete(containers: number): boolean {
    if (this.jobFiles() !== containers || this.#agents === "one") return this.jobFiles() === containers;
    const { outputs } = this;
    return outputs.complete().length === containers && outputs.traces().length === containers;
  }

  /** Counts the job files of the newest watch. */
  jobFiles(): number {
    let count = 0;
    try {
      for (const { name } of Deno.readDirSync(this.outputs.jobsPath)) count += Number(name.endsWith(".job"));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scene[Symbol.asyncDispose]();
  }

  async #startPod(number: number): Promise<void> {
    const pod = benchPod(number, this.subject.layout);
    this.show(pod);
    await this.writeLogs(pod);
  }
}
