/**
 * Measures the program each second, and says how it is doing every few seconds.
 *
 * @module
 */
import type { WatcherProcess } from "../e2e/watcher_process.ts";
import { scrape, total } from "../faults/metrics_scrape.ts";
import { openFiles, processUse } from "./process_tree.ts";

/** Parts of a soak. */
export type Phase = "start" | "warm-up" | "rest" | "churn" | "end";

/** One measurement. */
export interface Sample {
  /** Since the start of the soak, in seconds. */
  readonly seconds: number;
  readonly phase: Phase;
  /** Resident memory of the watcher, in bytes. */
  readonly rss: number;
  /** Resident memory of the watcher and its agents, in bytes. */
  readonly treeRss: number;
  readonly children: number;
  readonly openFiles: number;
  /** Time on a processor so far: that of the watcher, in seconds. */
  readonly cpuSeconds: number;
  /** Logs on disk. */
  readonly containers: number;
  readonly pods: number;
  readonly passes: number;
  readonly writeSets: number;
}

const SAMPLE_MS = 1000;
const SAMPLES_PER_LINE = 5;

/** Options of {@linkcode Sampler}. */
export interface SamplerOptions {
  readonly watcher: WatcherProcess;
  readonly metricsPort: number;
  /** What the simulation knows. */
  readonly counts: () => Pick<Sample, "phase" | "containers" | "pods">;
  readonly onLine: (text: string) => void;
}

/** Measures until it is told to stop. */
export class Sampler {
  readonly samples: Sample[] = [];
  /** Lines that the program logged as errors. */
  readonly errors: string[] = [];
  readonly #options: SamplerOptions;
  readonly #startMs = performance.now();
  #isStopped = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** Measures again and again. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#measure();
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  }

  /** Ends {@linkcode run} after its measurement. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Gives the samples of a phase. */
  of(phase: Phase): readonly Sample[] {
    return this.samples.filter((sample) => sample.phase === phase);
  }

  async #measure(): Promise<void> {
    const { watcher, metricsPort, counts, onLine } = this.#options;
    const metrics = await scrape(metricsPort);
    const own = processUse(watcher.pid);
    this.#takeLines();
    if (own === undefined) return;
    const children = watcher.descendants().flatMap((pid) => processUse(pid) ?? []);
    this.samples.push({
      seconds: (performance.now() - this.#startMs) / 1000,
      ...counts(),
      rss: own.rss,
      treeRss: children.reduce((sum, { rss }) => sum + rss, own.rss),
      children: children.length,
      openFiles: openFiles(watcher.pid).length,
      cpuSeconds: own.cpuSeconds,
      passes: total(metrics, "passes_total"),
      writeSets: total(metrics, "write_sets_total"),
    });
    if (this.samples.length % SAMPLES_PER_LINE === 0) onLine(lineOf(this.samples.at(-1)!));
  }

  /** Keeps what is worth it of the log; a soak of hours logs much. */
  #takeLines(): void {
    for (const { level, message } of this.#options.watcher.lines.splice(0)) {
      if (level === "error") this.errors.push(message);
    }
  }
}

function lineOf(sample: Sample): string {
  const { seconds, phase, containers, pods, passes, writeSets, rss, treeRss, children, openFiles } = sample;
  const mb = (bytes: number) => Math.round(bytes / 2 ** 20);
  return `${seconds.toFixed(0).padStart(5)} s  ${
    phase.padEnd(7)
  }  ${containers} containers, ${pods} pods so far, ${passes} passes, ` +
    `${writeSets} write sets, ${mb(rss)} MB, with ${children} agents ${mb(treeRss)} MB, ${openFiles} open files`;
}
