/**
 * Pods that come, change and go all the time.
 *
 * @module
 */
import type { SamplePod } from "../../lib/sample/sample_pods.ts";
import { idOf, numberedPod, type Scene } from "../e2e/scene.ts";

/** Pods at once at the most. */
const MOST_PODS = 40;
/** Between two changes, in milliseconds. */
const PAUSE_MS = 4;

/** Changes a scene until it is disposed of. */
export class Churn implements AsyncDisposable {
  /** Number of changes so far. */
  changes = 0;
  readonly #scene: Scene;
  readonly #pods = new Map<number, SamplePod>();
  readonly #running: Promise<void>;
  #next = 0;
  #isStopped = false;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#running = this.#run();
  }

  /** Ids of the containers whose logs are there. */
  get ids(): readonly string[] {
    return [...this.#pods.values()].map((pod) => idOf(pod));
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#change();
      this.changes++;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #change(): Promise<void> {
    const { server } = this.#scene;
    const numbers = [...this.#pods.keys()];
    const number = numbers[Math.floor(Math.random() * numbers.length)];
    const chance = Math.random();
    if (number === undefined || (chance < 0.4 && numbers.length < MOST_PODS)) return await this.#start();
    const pod = this.#pods.get(number)!;
    const name = { namespace: pod.namespace, name: pod.name };
    if (chance < 0.7) return server.pods.patch(name, { metadata: { labels: { release: `r${this.changes}` } } });
    this.#pods.delete(number);
    server.pods.delete(name);
    await this.#scene.removeLogs(pod);
  }

  async #start(): Promise<void> {
    const number = this.#next++;
    const pod = numberedPod(number);
    await this.#scene.startPod(pod);
    this.#pods.set(number, pod);
  }
}
