/**
 * A node on which pods come, change and go, on disk and in the API, in every order in which a real one shows it.
 *
 * @module
 */
import { apiPod } from "../../lib/sample/api_pod.ts";
import { SAMPLE_NODE_NAME } from "../../lib/sample/sample_node.ts";
import type { Scene } from "../e2e/scene.ts";
import type { Random } from "./random.ts";
import { Schedule } from "./schedule.ts";
import { SimulatedDisk } from "./simulated_disk.ts";
import { makeAnnotations, makeLabels, makePod, type Run, samplePodOf, type SimulatedPod } from "./simulated_pod.ts";

/** What has happened so far. */
export interface NodeCounts {
  pods: number;
  containers: number;
  restarts: number;
  labelChanges: number;
  rotations: number;
  /** Pods deleted from the API while their logs were there still. */
  deletedBefore: number;
  /** Pods deleted from the API after their logs. */
  deletedAfter: number;
}

/** The node. */
export class SimulatedNode {
  readonly counts: NodeCounts = {
    pods: 0,
    containers: 0,
    restarts: 0,
    labelChanges: 0,
    rotations: 0,
    deletedBefore: 0,
    deletedAfter: 0,
  };
  readonly schedule = new Schedule();
  readonly #scene: Scene;
  readonly #random: Random;
  readonly #disk: SimulatedDisk;
  /** All pods of which anything is left, on disk or in the API. */
  readonly #pods = new Set<SimulatedPod>();
  readonly #names = new Set<string>();

  constructor(scene: Scene, random: Random) {
    this.#scene = scene;
    this.#random = random;
    this.#disk = new SimulatedDisk(scene.paths);
  }

  /** All pods of which anything is left. */
  get pods(): ReadonlySet<SimulatedPod> {
    return this.#pods;
  }

  /** Number of logs on disk. */
  get containers(): number {
    let count = 0;
    for (const { runs } of this.#pods) count += runs.length;
    return count;
  }

  /** Ids of the containers whose logs are on disk. */
  liveIds(): Set<string> {
    return new Set([...this.#pods].flatMap(({ runs }) => runs.map(({ id }) => id)));
  }

  /**
   * Makes a pod and has its logs and the API's word of it appear.
   *
   * @param options.isAtOnce Whether both happen now, default false.
   * @param options.isInApi Whether the API ever shows it, default true.
   */
  async start({ isAtOnce = false, isInApi = true } = {}): Promise<SimulatedPod> {
    const random = this.#random;
    const isNameFree = (namespace: string, name: string) => !this.#names.has(`${namespace}/${name}`);
    const pod = makePod(++this.counts.pods, { random, isNameFree });
    this.#pods.add(pod);
    this.#names.add(`${pod.namespace}/${pod.name}`);
    if (isAtOnce) {
      if (isInApi) this.#show(pod);
      await this.#startContainers(pod);
      return pod;
    }
    // Mostly the API is first; sometimes it is later than a log waits for it.
    const order = random.next();
    const diskMs = order < 0.7 ? random.between(0, 300) : 0;
    const apiMs = order < 0.7 ? 0 : order < 0.96 ? random.between(0, 1000) : random.between(3500, 5000);
    if (isInApi) this.schedule.after(apiMs, () => this.#show(pod));
    this.schedule.after(diskMs, () => this.#startContainers(pod));
    return pod;
  }

  /** Has a pod's logs vanish and the API delete it, one before the other. */
  end(pod: SimulatedPod): void {
    if (pod.isEnding) return;
    pod.isEnding = true;
    const isApiFirst = this.#random.chance(0.5);
    const laterMs = this.#random.between(0, 1500);
    if (isApiFirst) this.counts.deletedBefore++;
    else this.counts.deletedAfter++;
    this.schedule.after(isApiFirst ? 0 : laterMs, () => this.deleteFromApi(pod));
    this.schedule.after(isApiFirst ? laterMs : 0, async () => {
      await this.#disk.removeAll(pod);
      this.#forget(pod);
    });
  }

  /** Has the API delete a pod. */
  deleteFromApi(pod: SimulatedPod): void {
    if (pod.isInApi) this.#scene.server.pods.delete(pod);
    pod.isInApi = false;
    this.#names.delete(`${pod.namespace}/${pod.name}`);
    this.#forget(pod);
  }

  /** Starts a container anew; the log of the run before goes a little later. */
  async restart(pod: SimulatedPod): Promise<void> {
    const container = this.#random.pick(pod.containers);
    const before = pod.runs.filter(({ containerName }) => containerName === container.name);
    container.id = this.#random.hex(64);
    container.restart++;
    this.counts.restarts++;
    this.counts.containers++;
    await this.#disk.start(pod, container);
    if (pod.isInApi) this.#show(pod);
    this.schedule.after(this.#random.between(200, 3000), async () => {
      for (const run of before) if (pod.runs.includes(run)) await this.#disk.remove(pod, run);
    });
  }

  /** Changes labels and annotations. */
  relabel(pod: SimulatedPod): void {
    if (!pod.isInApi) return;
    if (this.#random.chance(0.7)) pod.labels = makeLabels(this.#random);
    else pod.annotations = makeAnnotations(this.#random);
    this.counts.labelChanges++;
    this.#show(pod);
  }

  /** Rotates a log. */
  async rotate(pod: SimulatedPod): Promise<void> {
    const run = this.#pickRun(pod);
    if (run === undefined) return;
    this.counts.rotations++;
    await this.#disk.rotate(pod, run);
  }

  /** Writes a line to a log. */
  async append(pod: SimulatedPod): Promise<void> {
    const run = this.#pickRun(pod);
    if (run !== undefined) await this.#disk.append(pod, run);
  }

  #pickRun(pod: SimulatedPod): Run | undefined {
    return pod.runs.length === 0 ? undefined : this.#random.pick(pod.runs);
  }

  async #startContainers(pod: SimulatedPod): Promise<void> {
    await this.#disk.startSandbox(pod);
    for (const container of pod.containers) await this.#disk.start(pod, container);
    this.counts.containers += pod.containers.length;
  }

  #show(pod: SimulatedPod): void {
    if (pod.isEnding && !pod.isInApi) return;
    pod.isInApi = true;
    pod.wasInApi = true;
    const shown = apiPod(samplePodOf(pod), { nodeName: SAMPLE_NODE_NAME });
    this.#scene.putPod(shown);
  }

  #forget(pod: SimulatedPod): void {
    if (pod.isEnding && !pod.isInApi && pod.runs.length === 0) this.#pods.delete(pod);
  }
}
