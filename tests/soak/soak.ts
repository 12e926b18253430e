/**
 * A soak: the program follows a node on which pods come and go, and must end as it began.
 *
 *     start     a node with 250 containers; the program starts and configures them
 *     warm-up   pods come and go, so that everything that is loaded once is loaded
 *     rest      only the 250 are there: state exact, first measurement
 *     churn     pods come and go while the API has its troubles
 *     end       only the 250 are there again: state exact, second measurement, SIGTERM
 *
 * @module
 */
import { Scene } from "../e2e/scene.ts";
import { running, type WatcherProcess } from "../e2e/watcher_process.ts";
import { freePort } from "../faults/metrics_scrape.ts";
import { permissionFlags } from "../../lib/cli/permissions.ts";
import { ApiTrouble } from "./api_trouble.ts";
import { type AtRest, untilAlone, untilExact } from "./at_rest.ts";
import { Churn } from "./churn.ts";
import { differences } from "./compare_outputs.ts";
import { usedHeap } from "./heap_probe.ts";
import { openFiles, processUse } from "./process_tree.ts";
import { Random } from "./random.ts";
import { type Phase, Sampler } from "./sampler.ts";
import { ShipperReader } from "./shipper_reader.ts";
import { SimulatedNode } from "./simulated_node.ts";
import type { SimulatedPod } from "./simulated_pod.ts";

/** Options of {@linkcode soak}. */
export interface SoakPlan {
  readonly seed: number;
  /** Length of the churn, and of the warm-up, in seconds. */
  readonly churnSeconds: number;
  readonly warmUpSeconds: number;
  /** Pods that have to come during the churn, which lasts longer if need be. */
  readonly pods: number;
  readonly onLine: (text: string) => void;
}

/** What a soak found. */
export interface SoakResult {
  readonly sampler: Sampler;
  readonly node: SimulatedNode;
  readonly first: AtRest;
  readonly second: AtRest;
  /** Differences after the API deleted pods whose logs stay. */
  readonly afterDeletion: readonly string[];
  readonly trouble: ApiTrouble;
  /** Length of the churn in seconds. */
  readonly churnSeconds: number;
  readonly requests: { readonly lists: number; readonly watches: number; readonly others: number };
  readonly reader: ShipperReader;
  readonly exitCode: number;
  /** Processes that outlived the program. */
  readonly leftProcesses: readonly number[];
  readonly leftFiles: readonly string[];
}

/** Containers that are there from start to end, and those among them that the API never shows. */
const STAYING = 250;
const NEVER_IN_API = 3;
/** Pods whose deletion by the API must change nothing while their logs are there. */
const DELETED_AT_END = 10;
const GRACE_SECONDS = 5;
const TICK_MS = 20;

/** Runs a soak. */
export async function soak(plan: SoakPlan): Promise<SoakResult> {
  await using scene = await Scene.open({ isFilled: false });
  const run = new SoakRun(scene, plan);
  return await run.run();
}

class SoakRun {
  readonly #scene: Scene;
  readonly #plan: SoakPlan;
  readonly #node: SimulatedNode;
  readonly #random: Random;
  readonly #metricsPort = freePort();
  readonly #inspectorPort = freePort();
  #phase: Phase = "start";
  #staying: SimulatedPod[] = [];
  #watcher!: WatcherProcess;

  constructor(scene: Scene, plan: SoakPlan) {
    this.#scene = scene;
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    this.#node = new SimulatedNode(scene, this.#random);
  }

  async run(): Promise<SoakResult> {
    await this.#fill();
    await using watcher = this.#watcher = this.#watch();
    const sampler = new Sampler({
      watcher,
      metricsPort: this.#metricsPort,
      onLine: this.#plan.onLine,
      counts: () => ({ phase: this.#phase, containers: this.#node.containers, pods: this.#node.counts.pods }),
    });
    const outputs = this.#scene.outputs;
    const reader = new ShipperReader({
      outputs,
      random: new Random(this.#plan.seed + 1),
      liveIds: () => this.#node.liveIds(),
    });
    const beside = [sampler.run(), reader.run()];
    try {
      const result = await this.#phases();
      const leftProcesses = watcher.descendants();
      this.#say("SIGTERM");
      const exitCode = await watcher.stop();
      return {
        ...result,
        sampler,
        reader,
        node: this.#node,
        exitCode,
        leftProcesses: running([watcher.pid, ...leftProcesses]),
        leftFiles: [
          ...outputs.temporaryFiles(),
          ...[...Deno.readDirSync(this.#scene.temporaryPath)].map(({ name }) => name),
        ],
      };
    } finally {
      sampler.stop();
      reader.stop();
      await Promise.all(beside);
    }
  }

  async #phases() {
    const { server } = this.#scene;
    const churn = new Churn({ node: this.#node, random: this.#random, staying: this.#staying });
    await untilExact(() => this.#differences());
    this.#enter("warm-up");
    await this.#churnFor(churn, this.#plan.warmUpSeconds);
    this.#enter("rest");
    const first = await this.#rest(churn);
    this.#enter("churn");
    const trouble = new ApiTrouble(server, this.#random);
    const causing = trouble.run();
    const startMs = performance.now();
    await this.#churnFor(churn, this.#plan.churnSeconds);
    while (this.#node.counts.pods - first.pods < this.#plan.pods) await this.#churnFor(churn, 1);
    const churnSeconds = (performance.now() - startMs) / 1000;
    trouble.stop();
    await causing;
    this.#enter("end");
    const second = await this.#rest(churn);
    const requests = { lists: server.count("list"), watches: server.count("watch"), others: server.count("other") };
    return { first, second, trouble, churnSeconds, requests, afterDeletion: await this.#deleteFromApi() };
  }

  async #fill(): Promise<void> {
    this.#say(`A node with ${STAYING} containers, seed ${this.#plan.seed}`);
    for (let pods = 0; this.#node.containers < STAYING; pods++) {
      this.#staying.push(await this.#node.start({ isAtOnce: true, isInApi: pods >= NEVER_IN_API }));
    }
  }

  #watch(): WatcherProcess {
    const flags = [...permissionFlags(Deno.execPath()), `--inspect=127.0.0.1:${this.#inspectorPort}`];
    return this.#scene.watch([], {
      flags,
      env: {
        WATCHER_DEBUG: "",
        WATCHER_METRICS_PORT: String(this.#metricsPort),
        WATCHER_GRACE_PERIOD: String(GRACE_SECONDS),
        // So that a soak of two minutes has full scans and comparisons with the disk in it.
        WATCHER_INTERVAL: "10",
      },
    });
  }

  async #churnFor(churn: Churn, seconds: number): Promise<void> {
    let lastMs = performance.now();
    for (const endMs = lastMs + seconds * 1000; lastMs < endMs;) {
      await sleep(TICK_MS);
      const nowMs = performance.now();
      await churn.tick(nowMs - lastMs);
      lastMs = nowMs;
    }
  }

  /** Lets all pods that come and go end, waits until everything is quiet, and measures. */
  async #rest(churn: Churn): Promise<AtRest> {
    // Those that are about to start do so first, or they would never end.
    await this.#runOutSchedule();
    churn.endAll();
    await this.#runOutSchedule();
    const settled = await untilExact(() => this.#differences());
    const childrenGoneAfter = await untilAlone(this.#watcher);
    const open = openFiles(this.#watcher.pid);
    const heap = await usedHeap(this.#inspectorPort);
    const { rss } = processUse(this.#watcher.pid)!;
    this.#say(
      `at rest: exact after ${settled.settledAfter.toFixed(1)} s, ${(heap / 2 ** 20).toFixed(2)} MB of heap in use`,
    );
    return { ...settled, childrenGoneAfter, openFiles: open, heap, rss, pods: this.#node.counts.pods };
  }

  async #runOutSchedule(): Promise<void> {
    while (this.#node.schedule.size > 0) {
      await this.#node.schedule.runDue();
      await sleep(TICK_MS);
    }
  }

  /** Has the API delete pods whose logs stay: that must change nothing, grace period or not. */
  async #deleteFromApi(): Promise<readonly string[]> {
    const pods = this.#staying.filter(({ isInApi }) => isInApi).slice(0, DELETED_AT_END);
    for (const pod of pods) this.#node.deleteFromApi(pod);
    await sleep((GRACE_SECONDS + 1) * 1000);
    return this.#differences();
  }

  #differences(): readonly string[] {
    return differences(this.#node.pods, this.#scene.outputs);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#say(phase);
  }

  #say(text: string): void {
    this.#plan.onLine(`-- ${text}`);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
