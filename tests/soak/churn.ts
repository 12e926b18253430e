/**
 * Keeps a node busy: pods come and go at a steady rate, and things happen to those that are there.
 *
 * @module
 */
import type { Random } from "./random.ts";
import type { SimulatedNode } from "./simulated_node.ts";
import type { SimulatedPod } from "./simulated_pod.ts";

/** Pods that start each second, as long as there is room. */
const PODS_PER_SECOND = 30;
/** Logs on disk at the same time, at most. */
const MAX_CONTAINERS = 500;
/** Room that is kept for restarts, whose logs overlap, and for the containers of pods that are about to start. */
const RESERVE = 40;

/** What happens each second to pods that are there. */
const EVENTS = [
  { perSecond: 4, happen: (node: SimulatedNode, pod: SimulatedPod) => node.restart(pod) },
  { perSecond: 6, happen: (node: SimulatedNode, pod: SimulatedPod) => node.relabel(pod) },
  { perSecond: 4, happen: (node: SimulatedNode, pod: SimulatedPod) => node.rotate(pod) },
  { perSecond: 40, happen: (node: SimulatedNode, pod: SimulatedPod) => node.append(pod) },
] as const;

/** Options of {@linkcode Churn}. */
export interface ChurnOptions {
  readonly node: SimulatedNode;
  readonly random: Random;
  /** Logs on disk that stay, for which there are pods already. */
  readonly staying: readonly SimulatedPod[];
}

/** Makes things happen on a node. */
export class Churn {
  readonly #options: ChurnOptions;
  readonly #stayingSet: ReadonlySet<SimulatedPod>;
  /** Pods that come and go, the oldest first. */
  #passing: SimulatedPod[] = [];
  #due = { pods: 0, events: EVENTS.map(() => 0) };

  constructor(options: ChurnOptions) {
    this.#options = options;
    this.#stayingSet = new Set(options.staying);
  }

  /** Lets a part of a second pass. */
  async tick(elapsedMs: number): Promise<void> {
    const { node } = this.#options;
    await node.schedule.runDue();
    // What could not be done in time is not made up for at once: the program would see a storm that no node makes.
    this.#due.pods = Math.min(this.#due.pods + PODS_PER_SECOND * elapsedMs / 1000, 10);
    for (; this.#due.pods >= 1; this.#due.pods--) await this.#startOne();
    for (const [index, { perSecond, happen }] of EVENTS.entries()) {
      const due = Math.min(this.#due.events[index]! + perSecond * elapsedMs / 1000, 10);
      this.#due.events[index] = due % 1;
      for (let left = Math.floor(due); left > 0; left--) await this.#happen(happen);
    }
  }

  /** Ends all pods that do not stay; {@linkcode SimulatedNode.schedule} has the rest of the work. */
  endAll(): void {
    const { node } = this.#options;
    for (const pod of node.pods) if (!this.#stayingSet.has(pod)) node.end(pod);
    this.#passing = [];
  }

  async #startOne(): Promise<void> {
    const { node } = this.#options;
    if (this.#roomless()) this.#endOne();
    if (node.containers >= MAX_CONTAINERS - RESERVE) return;
    this.#passing.push(await node.start());
  }

  #roomless(): boolean {
    const { node } = this.#options;
    return node.containers + RESERVE * 2 > MAX_CONTAINERS;
  }

  /** Ends one of the older pods. */
  #endOne(): void {
    const { node, random } = this.#options;
    const index = random.below(Math.ceil(this.#passing.length / 3));
    const pod = this.#passing[index];
    if (pod === undefined || pod.runs.length === 0) return;
    this.#passing.splice(index, 1);
    node.end(pod);
  }

  async #happen(happen: (typeof EVENTS)[number]["happen"]): Promise<void> {
    const { node, random, staying } = this.#options;
    const pods = random.chance(0.5) && this.#passing.length > 0 ? this.#passing : staying;
    const pod = random.pick(pods);
    if (pod.isEnding || pod.runs.length === 0) return;
    const isFull = node.containers >= MAX_CONTAINERS - 2;
    if (happen !== EVENTS[0].happen || !isFull) await happen(node, pod);
  }
}
