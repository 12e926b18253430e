/**
 * Builds the real collaborators of `watch` and runs them.
 *
 * @module
 */
import { dirname } from "node:path";
import type { ApiAccess, Config } from "../config/config.ts";
import { Discoverer } from "../discover/discover.ts";
import { type FolderWatch, watchFolders } from "../discover/watch_folders.ts";
import type { HintReader } from "../hints/hint_reader.ts";
import type { JoinMemory } from "../join/join.ts";
import type { EventReporter } from "../events/event_reporter.ts";
import { createLog, type Log } from "../observe/log.ts";
import type { Connection } from "../pods/connection.ts";
import { Informer } from "../pods/informer.ts";
import { PodCache } from "../pods/pod_cache.ts";
import { PodStore } from "../pods/pod_store.ts";
import type { AgentLane, Attempt } from "../reconcile/agent_lane.ts";
import { Controller } from "../reconcile/controller.ts";
import type { Observation } from "../reconcile/reconcile.ts";
import { pause, Trigger } from "../reconcile/trigger.ts";
import type { AgentHost } from "../render/agent_host.ts";
import { areReloaded } from "./are_reloaded.ts";
import type { WatchOptions } from "./commands.ts";
import { connect } from "./connect.ts";
import { LateLanes } from "./late_lanes.ts";
import { MemoryFile } from "./memory_file.ts";
import { openHintReader } from "./open_hint_reader.ts";
import { openLane } from "./open_lane.ts";
import { adjustmentOf, rulesOf } from "./rules_of.ts";
import { hasEarlierOutputs, stateFiles } from "./state_files.ts";

/** How long `--once` waits for the API's list at the most, milliseconds. */
const ONCE_WAIT_MS = 15_000;
/** Time in which the question for the list is sent, milliseconds. */
const ASKING_MS = 10;
/** Longest random delay of the first list after a start in a cluster, milliseconds: a rollout does not arrive as one wave. */
const START_JITTER_MS = 200;
/** Longest time between attempts to open an agent that could not be opened at the start, milliseconds. */
const LATE_RETRY_MS = 10_000;

/**
 * Keeps the agents' files true until the signal.
 *
 * @returns The exit code: 0, or with `once` 1 if anything failed.
 */
export async function watch(config: Config, options: WatchOptions, host: AgentHost): Promise<number> {
  const { once, signal, late: lateAgents = new Map() } = options;
  const log = createLog({
    level: config.isDebug ? "debug" : config.logLevel ?? "info",
    format: config.logFormat,
    color: config.logFormat === "text" && Deno.stderr.isTerminal() && !Deno.noColor,
  });
  const parts = { log, host, lateAgents };
  if (once || !options.file || config.configPath === undefined) {
    return await watchOne(config, { once, signal, ...parts, isFileRefused: () => false });
  }
  const { text: applied, reconfigure } = options.file;
  const { watchConfigFile } = await import("./watch_config_file.ts");
  await using file = watchConfigFile({ path: config.configPath, applied, reconfigure, log, signal });
  for (let inForce: Config | undefined, next = config;;) {
    const changed = file.next();
    try {
      const exitCode = await watchOne(next, {
        ...parts,
        once,
        signal: AbortSignal.any([signal, changed.signal]),
        isFileRefused: () => next === inForce || file.isRefused,
      });
      inForce = next;
      if (signal.aborted || !changed.config) return exitCode;
      next = changed.config;
      log.info("The configuration file was changed, and what it says is in force now", { path: config.configPath });
    } catch (error) {
      if (inForce === undefined || next === inForce) throw error;
      log.error(`${(error as Error).message}; the configuration from before stays in force`);
      next = inForce;
    }
  }
}

/** Watches with one configuration, until the signal. */
async function watchOne(
  config: Config,
  { once, signal, log, host, lateAgents, isFileRefused }: {
    readonly once: boolean;
    readonly signal: AbortSignal;
    readonly log: Log;
    readonly host: AgentHost;
    readonly lateAgents: NonNullable<WatchOptions["late"]>;
    readonly isFileRefused: () => boolean;
  },
): Promise<number> {
  await using resources = new AsyncDisposableStack();
  // One pass alone has no later one to wait for.
  const waitMs = once || config.api.kind === "none" ? 0 : config.podWaitMs;
  const watcher = await Watcher.open(config, { log, host, resources, waitMs, lateAgents, isFileRefused });
  const stop = new AbortController();
  const running = watcher.start(AbortSignal.any([signal, stop.signal]));
  let exitCode: number | void;
  try {
    // What runs beside the passes ends at the signal only, or by an error that nothing was meant to survive.
    exitCode = await Promise.race([once ? watcher.once(signal) : watcher.run(signal), running]);
  } finally {
    stop.abort();
    await running;
  }
  log.info("Stopped");
  return exitCode ?? 0;
}

/** Everything that a watch is made of. */
class Watcher {
  readonly #config: Config;
  readonly #log: Log;
  readonly #trigger = new Trigger();
  readonly #store = new PodStore();
  readonly #discoverer: Discoverer;
  readonly #lanes: AgentLane[] = [];
  readonly #late: LateLanes;
  readonly #hints: HintReader;
  readonly #memoryFile: MemoryFile;
  readonly #controller: Controller;
  #connection: Connection | undefined;
  #folders: FolderWatch | undefined;
  #informer: Informer | undefined;
  #events: EventReporter | undefined;
  readonly #attemptListeners: ((attempt: Attempt) => void)[] = [];
  /** Resolves when the folders are watched, and the disk was read ahead of the first list. */
  readonly #isLooking = Promise.withResolvers<void>();
  /** Whether the containers that the next pass sees have waited for the API already. */
  #hasWaited = false;

  private constructor(
    config: Config,
    { log, memoryFile, memory, isMemoryLost, hints, waitMs, late }: {
      log: Log;
      isMemoryLost: boolean;
      hints: HintReader;
      memoryFile: MemoryFile;
      memory: JoinMemory;
      waitMs: number;
      late: LateLanes;
    },
  ) {
    this.#config = config;
    this.#late = late;
    this.#hints = hints;
    this.#log = log;
    this.#memoryFile = memoryFile;
    this.#discoverer = new Discoverer(config);
    const currentWaitMs = () => this.#hasWaited ? 0 : waitMs;
    this.#controller = new Controller({
      discoverer: {
        scan: () => this.#discoverer.scan(),
        invalidateAll: () => {
          this.#folders?.refresh();
          this.#discoverer.invalidateAll();
        },
      },
      pods: this.#store,
      rules: rulesOf(config),
      adjust: adjustmentOf(config),
      hints,
      clusterEnvironment: config.node.clusterEnvironment,
      get waitMs() {
        return currentWaitMs();
      },
      graceMs: config.gracePeriodMs,
      intervalMs: config.intervalMs,
      lanes: this.#lanes,
      trigger: this.#trigger,
      log,
      memory,
      isMemoryLost,
      onPass: (observation) => this.#remember(observation),
    });
  }

  static async open(
    config: Config,
    { log, host, resources, waitMs, lateAgents, isFileRefused }: {
      isFileRefused: () => boolean;
      log: Log;
      host: AgentHost;
      resources: AsyncDisposableStack;
      waitMs: number;
      lateAgents: NonNullable<WatchOptions["late"]>;
    },
  ): Promise<Watcher> {
    const lanes: AgentLane[] = [];
    // Before they are opened, which makes ledgers.
    const hasOutputs = hasEarlierOutputs(config);
    const late = new LateLanes({ log, retryMs: Math.min(config.intervalMs, LATE_RETRY_MS) });
    const parts = { config, log, host, resources };
    for (const agent of config.agents) {
      const lane = config.agents.length === 1
        ? await openLane(agent, parts)
        : await late.open(agent.description.name, () => openLane(agent, parts));
      if (lane) lanes.push(lane);
    }
    if (lanes.length === 0) throw new Error(`No agent can be used: ${late.names.join(", ")}`);
    for (const [name, resolve] of lateAgents) await late.open(name, async () => await openLane(await resolve(), parts));
    const files = stateFiles(config);
    Deno.mkdirSync(dirname(files.pods), { recursive: true, mode: 0o700 });
    const memoryFile = resources.use(new MemoryFile({ path: files.containers, log }));
    const memory = memoryFile.restore(performance.now());
    const hints = await openHintReader(config, lateAgents.keys());
    const watcher = new Watcher(config, {
      log,
      memoryFile,
      memory,
      isMemoryLost: hasOutputs && memory.size === 0,
      hints,
      waitMs,
      late,
    });
    for (const lane of lanes) watcher.#add(lane);
    const cache = resources.use(
      new PodCache({ store: watcher.#store, path: files.pods, log, delayMs: 1_000 }),
    );
    await cache.restore();
    await watcher.#connect(resources);
    await watcher.#openEvents();
    await watcher.#serveMetrics(resources, isFileRefused);
    await watcher.#serveReports(resources);
    log.info("Started", {
      agents: lanes.map(({ agent }) => agent).join(","),
      node: config.node.name || undefined,
      api: watcher.#connection?.description ?? describeNoApi(config.api),
    });
    return watcher;
  }

  /** Starts what runs beside the passes; resolves when all of it has ended. */
  async start(signal: AbortSignal): Promise<void> {
    this.#store.onChange(() => this.#trigger.fire("pod changed"));
    const listing = this.#informer?.run({ signal });
    // While the API works on its answer, the disk is read; that keeps the thread busy, so that the question has to be on its way before.
    if (listing) await pause(ASKING_MS, signal);
    await using folders = this.#watchFolders(signal);
    this.#folders = folders;
    if (listing) this.#controller.lookAhead();
    this.#isLooking.resolve();
    await Promise.all([
      listing,
      this.#events?.run({ signal }),
      ...this.#lanes.map((lane) => lane.run(signal)),
      this.#openLate(signal),
    ]);
  }

  #add(lane: AgentLane) {
    this.#lanes.push(lane);
    lane.onAttempt((attempt) => {
      for (const listener of this.#attemptListeners) listener(attempt);
    });
  }

  async #openLate(signal: AbortSignal): Promise<void> {
    const running: Promise<void>[] = [];
    await this.#late.run(signal, (lane) => {
      this.#add(lane);
      running.push(lane.run(signal));
      this.#controller.refreshAgents(`agent ${lane.agent} can be used`);
    });
    await Promise.all(running);
  }

  /** Makes passes until the signal. The first one waits a short time for the API, so that it does not show less than is known. */
  async run(signal: AbortSignal): Promise<number> {
    this.#hasWaited = !await this.#firstList(this.#informer?.synced(), { timeoutMs: this.#config.podWaitMs, signal });
    await this.#controller.run(signal);
    return 0;
  }

  /** Makes one complete pass. */
  async once(signal: AbortSignal): Promise<number> {
    const hasSynced = await this.#firstList(this.#informer?.judged(), { timeoutMs: ONCE_WAIT_MS, signal });
    const observation = this.#controller.pass(["once"]);
    await Promise.all(this.#lanes.map((lane) => lane.settled()));
    const isReloaded = await areReloaded(this.#lanes, { log: this.#log, signal });
    const failed = this.#lanes.filter((lane) => lane.hasFailed).map((lane) => lane.agent);
    if (!hasSynced && this.#informer) {
      this.#log.error("The API gave no list of pods; those not known from before have their path's identity");
    }
    if (!observation.discovery.isComplete) this.#log.error("Not all folders could be read");
    return failed.length > 0 || !isReloaded || this.#late.names.length > 0 ||
        (!hasSynced && this.#informer !== undefined) ||
        !observation.discovery.isComplete
      ? 1
      : 0;
  }

  async #firstList(
    listed: Promise<void> | undefined,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<boolean> {
    if (!listed) return false;
    // That kept the thread busy: an answer that came meanwhile is taken in only now, however long it took.
    await this.#isLooking.promise;
    const over = new AbortController();
    await Promise.race([listed, pause(timeoutMs, AbortSignal.any([signal, over.signal]))]);
    over.abort();
    return this.#store.hasSynced;
  }

  async #connect(resources: AsyncDisposableStack) {
    const { api, node } = this.#config;
    const connection = await connect(api);
    if (!connection) return;
    resources.defer(() => connection.close());
    this.#connection = connection;
    this.#informer = new Informer({
      connection,
      store: this.#store,
      nodeName: node.name,
      log: this.#log,
      startJitterMs: api.kind === "service-account" ? START_JITTER_MS : 0,
    });
  }

  async #openEvents() {
    const { hasEvents = false, node: { name: nodeName } } = this.#config;
    if (!hasEvents) return;
    const connection = this.#connection;
    if (!connection) return this.#log.warn("No Kubernetes Events are sent: the Kubernetes API is not asked");
    const { openEvents } = await import("./open_events.ts");
    const parts = { store: this.#store, controller: this.#controller, lanes: this.#lanes, log: this.#log };
    this.#events = openEvents({ ...parts, connection, nodeName });
    this.#attemptListeners.push(() => this.#events?.look());
  }

  async #serveMetrics(resources: AsyncDisposableStack, isFileRefused: () => boolean) {
    const { metricsPort: port, intervalMs } = this.#config;
    if (port === undefined) return;
    const { openMetrics } = await import("./watch_metrics.ts");
    const measured = {
      controller: this.#controller,
      lanes: this.#lanes,
      late: this.#late,
      folders: () => this.#folders,
      api: () => this.#informer?.stats(),
      requests: () => this.#informer?.requests() ?? [],
      hasSynced: () => this.#store.hasSynced,
      events: () => this.#events?.stats(),
      isFileRefused,
      onAttempt: (listener: (attempt: Attempt) => void) => void this.#attemptListeners.push(listener),
    };
    resources.use(await openMetrics(measured, { port, intervalMs, log: this.#log }));
  }

  async #serveReports(resources: AsyncDisposableStack) {
    if ((await Deno.permissions.query({ name: "net" })).state !== "granted") return;
    const { serveReports, socketPath } = await import("./report_socket.ts");
    const path = socketPath(this.#config);
    const { runningReport } = await import("./running_report.ts");
    const parts = {
      config: this.#config,
      controller: this.#controller,
      lanes: this.#lanes,
      late: this.#late,
      hints: this.#hints,
      api: this.#connection?.description ?? describeNoApi(this.#config.api),
      hasPods: () => this.#store.hasSynced,
    };
    resources.use(serveReports({ path, log: this.#log, report: (wanted) => runningReport(parts, wanted) }));
  }

  #watchFolders(signal: AbortSignal): FolderWatch {
    const further = this.#config.agents.flatMap((
      { secretFiles, description },
    ) => [...Object.values(secretFiles).map((path) => dirname(path)), description.folder]);
    return watchFolders({
      ...this.#config,
      signal,
      onDirty: (path) => {
        this.#discoverer.invalidate(path);
        this.#trigger.fire(`changed on disk: ${path}`);
      },
      onDegraded: (reason) => this.#log.once("folder watch", "warn", reason),
      onRestored: () => this.#log.once("folder watch", "info", "Folders are watched again"),
      extraPaths: [...new Set(further)].map((path) => ({
        path,
        onChange: () => this.#controller.refreshAgents(`changed on disk: ${path}`),
      })),
    });
  }

  #remember({ joined, discovery }: Observation) {
    this.#hasWaited = false;
    this.#events?.look();
    this.#memoryFile.save(joined.memory);
    if (!discovery.isComplete || !this.#store.hasRetired) return;
    this.#store.retain(new Set([...joined.memory.values()].map(({ container }) => container.podUid)));
  }
}

function describeNoApi(api: ApiAccess): string {
  return api.kind === "none" ? `not asked: ${api.reason}` : "not asked";
}
