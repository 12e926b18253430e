/**
 * The demo: a simulated node, an embedded API, and the real watcher between them.
 *
 * @module
 */
import { join } from "node:path";
import { pause } from "../reconcile/trigger.ts";
import { materializeSampleNode } from "../sample/sample_node.ts";
import { type ApiPod, EmbeddedApi } from "./embedded_api.ts";
import { Narrator } from "./narrator.ts";
import { SimulatedNode } from "./simulated_node.ts";
import { type DemoOutputs, type Stage, type Step, STORY } from "./story.ts";

/** Options of {@linkcode runDemo}. */
export interface DemoOptions {
  /**
   * Starts the real watcher.
   * @param args Arguments after `watch`.
   * @param env Variables that it needs besides.
   */
  startWatcher(args: readonly string[], env: Readonly<Record<string, string>>): Deno.ChildProcess;
  /** Prints text for people. */
  print(text: string): Promise<void>;
  readonly isColored: boolean;
  /** Prints every line of the watcher, too. */
  readonly isDebug: boolean;
  /** Whether to go on after the story until the signal. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
}

/** How long a step may take to show on disk, milliseconds. */
const STEP_LIMIT_MS = 15_000;
/** Between steps, for reading, milliseconds. */
const PAUSE_MS = 1_000;
/** Until the watcher's log lines about a step have arrived, milliseconds. */
const LINES_MS = 80;
const GRACE_SECONDS = 2;

/**
 * Runs the demo.
 *
 * @returns Whether everything came true that was promised until the end or the signal.
 */
export async function runDemo(options: DemoOptions): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "kube-log-watcher-demo-" });
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => Deno.remove(folder, { recursive: true }));
  const sample = await materializeSampleNode(join(folder, "node"));
  const api = cleanUp.use(new EmbeddedApi());
  for (const pod of sample.pods) api.put(pod as unknown as ApiPod);
  const outputs: DemoOutputs = {
    scalyrConfig: join(folder, "etc/scalyr/agent.json"),
    jobs: join(folder, "etc/appdynamics/job"),
    links: join(folder, "log/by-name"),
  };
  const stage: Stage = { api, node: new SimulatedNode(sample), outputs };
  const narrator = new Narrator({ ...options, folder, scalyrConfig: outputs.scalyrConfig });
  await narrator.say(`A simulated node lies in ${folder}, its API answers at ${api.url}.`);
  await narrator.say("The real watcher runs against them, with the agents scalyr, appdynamics and symlinker.\n");
  const watcher = options.startWatcher(watcherArguments({ sample, api, outputs, folder }), {
    WATCHER_SCALYR_API_KEY: "demo-key",
  });
  const listening = narrator.follow(watcher.stderr);
  let isTrue = false;
  try {
    isTrue = await tell({ stage, narrator, watcher }, options);
    if (isTrue && options.keep) await keepOn({ narrator, folder }, options.signal);
  } finally {
    end(watcher);
    await Promise.all([watcher.status, listening]);
  }
  // Who stops it has seen enough; that is no failure.
  const isStopped = !isTrue && options.signal.aborted;
  await narrator.close(isTrue ? "told" : isStopped ? "stopped" : "failed");
  return isTrue || isStopped;
}

interface Place {
  readonly sample: {
    readonly containersPath: string;
    readonly podLogsPath: string;
    readonly containerLinksPath: string;
    readonly nodeName: string;
    readonly clusterId: string;
  };
  readonly api: EmbeddedApi;
  readonly outputs: DemoOutputs;
  readonly folder: string;
}

function watcherArguments({ sample, api, outputs, folder }: Place): string[] {
  const settings: Record<string, string> = {
    agents: "scalyr,appdynamics,symlinker",
    "containers-path": sample.containersPath,
    "pod-logs-path": sample.podLogsPath,
    "container-links-path": sample.containerLinksPath,
    "kube-url": api.url,
    "node-name": sample.nodeName,
    "cluster-id": sample.clusterId,
    "grace-period": String(GRACE_SECONDS),
    "state-path": join(folder, "state"),
    "scalyr-dest-path": join(folder, "log/scalyr"),
    "scalyr-config-path": outputs.scalyrConfig,
    // Nobody wants to wait for Scalyr's 10 s in a demonstration of 20.
    "write-interval": "0.25",
    "appdynamics-dest-path": outputs.jobs,
    "symlink-dir": outputs.links,
    "log-format": "json",
  };
  return Object.entries(settings).map(([flag, value]) => `--${flag}=${value}`);
}

interface Telling {
  readonly stage: Stage;
  readonly narrator: Narrator;
  readonly watcher: Deno.ChildProcess;
}

async function tell({ stage, narrator, watcher }: Telling, { signal }: DemoOptions): Promise<boolean> {
  const hasEnded = watcher.status.then(() => true);
  const first: Step = {
    title: "The watcher starts on a node that has Docker and containerd containers",
    act: () => {},
    expected: "all of them are configured",
    isMet: ({ outputs }) => isThere(outputs.scalyrConfig) && isThere(outputs.jobs) && isThere(outputs.links),
  };
  for (const step of [first, ...STORY]) {
    await narrator.begin(step.title);
    const startMs = performance.now();
    step.act(stage);
    while (!step.isMet(stage)) {
      if (await Promise.race([hasEnded, pause(3, signal).then(() => false)]) || signal.aborted) return false;
      if (performance.now() - startMs > STEP_LIMIT_MS) return await narrator.fail(step.expected);
    }
    const tookMs = performance.now() - startMs;
    await pause(LINES_MS, signal);
    await narrator.met(step.expected, tookMs);
    await pause(PAUSE_MS, signal);
  }
  return !signal.aborted;
}

async function keepOn({ narrator, folder }: { narrator: Narrator; folder: string }, signal: AbortSignal) {
  await narrator.say(`\nGoing on until Ctrl-C. Change things below ${folder}/node and see what follows.`);
  while (!signal.aborted) await pause(60_000, signal);
}

function end(watcher: Deno.ChildProcess) {
  try {
    watcher.kill("SIGTERM");
  } catch {
    // It has ended already.
  }
}

function isThere(path: string): boolean {
  try {
    const { isFile } = Deno.statSync(path);
    return isFile || [...Deno.readDirSync(path)].some(({ name }) => !name.startsWith("."));
  } catch {
    return false;
  }
}
