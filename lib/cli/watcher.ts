/**
 * Everything that a watch with one configuration is made of: what looks, what writes, and who can ask.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import { Discoverer } from "../discover/discover.ts";
import { type FolderWatch, watchFolders } from "../discover/watch_folders.ts";
import type { EventReporter } from "../events/event_reporter.ts";
import type { HintReader } from "../hints/hint_reader.ts";
import type { JoinMemory } from "../join/join.ts";
import type { Log } from "../observe/log.ts";
import type { Connection } from "../pods/connection.ts";
import { Informer } from "../pods/informer.ts";
import { PodCache } from "../pods/pod_cache.ts";
import { PodStore } from "../pods/pod_store.ts";
import type { Attempt } from "../reconcile/agent_lane.ts";
import { Controller } from "../reconcile/controller.ts";
import type { Observation } from "../reconcile/reconcile.ts";
import { pause, Trigger } from "../reconcile/trigger.ts";
import type { AgentHost } from "../render/agent_host.ts";
import { areReloaded } from "./are_reloaded.ts";
import type { WatchOptions } from "./commands.ts";
import { connect, describeNoApi } from "./connect.ts";
import { MemoryFile } from "./memory_file.ts";
import { openHintReader } from "./open_hint_reader.ts";
import { adjustmentOf, rulesOf } from "./rules_of.ts";
import { hasEarlierOutputs, stateFiles } from "./state_files.ts";
import { WatchLanes } from "./watch_lanes.ts";

/** How long `--once` waits for the API's list at the most, milliseconds. */
const ONCE_WAIT_MS = 15_000;
/** Time in which the question for the list is sent, milliseconds. */
const ASKING_MS = 10;
/** Longest random delay of the first list after a start in a cluster, milliseconds: a rollout does not arrive as one wave. */
const START_JITTER_MS = 200;

/** A watch. */
export class Watcher {
  readonly #config: Config;
  readonly #log: Log;
  readonly #trigger = new Trigger();
  readonly #store = new PodStore();
  readonly #discoverer: Discoverer;
  readonly #lanes: WatchLanes;
  readonly #hints: HintReader;
  readonly #memoryFile: MemoryFile;
  readonly #controller: Controller;
  #connection: Connection | undefined;
  #folders: FolderWatch | undefined;
  #informer: Informer | undefined;
  #events: EventReporter | undefined;
  /** Resolves when the folders are watched, and the disk was read ahead of the first list. */
  readonly #isLooking = Promise.withResolvers<void>();
  /** Whether the containers that the next pass sees have waited for the API already. */
  #hasWaited = false;

  private constructor(
    config: Config,
    { log, memoryFile, memory, isMemoryLost, hints, waitMs, lanes }: {
      log: Log;
      isMemoryLost: boolean;
      hints: HintReader;
      memoryFile: MemoryFile;
      memory: JoinMemory;
      waitMs: number;
      lanes: WatchLanes;
    },
  ) {
    this.#config = config;
    this.#lanes = lanes;
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
      lanes: lanes.open,
      trigger: this.#trigger,
      log,
      memory,
      isMemoryLost,
      onPass: (observation) => this.#remember(observation),
    });
  }

  /**
   * Opens the agents' outputs, what was remembered, and the ways to the API and to those who ask.
   *
   * @param parts.resources Takes what has to be closed in the end.
   * @throws {Error} If no agent can be used.
   */
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
    // Before they are opened, which makes ledgers.
    const hasOutputs = hasEarlierOutputs(config);
    const lanes = await WatchLanes.open(config, { log, host, resources, lateAgents });
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
      lanes,
    });
    const cache = resources.use(
      new PodCache({ store: watcher.#store, path: files.pods, log, delayMs: 1_000 }),
    );
    await cache.restore();
    await watcher.#connect(resources);
    await watcher.#openEvents();
    await watcher.#serveMetrics(resources, isFileRefused);
    await watcher.#serveReports(resources);
    log.info("Started", {
      agents: lanes.open.map(({ agent }) => agent).join(","),
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
      this.#lanes.run(signal, ({ agent }) => this.#controller.refreshAgents(`agent ${agent} can be used`)),
    ]);
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
    const { open, late } = this.#lanes;
    await Promise.all(open.map((lane) => lane.settled()));
    const isReloaded = await areReloaded(open, { log: this.#log, signal });
    const failed = open.filter((lane) => lane.hasFailed).map((lane) => lane.agent);
    if (!hasSynced && this.#informer) {
      this.#log.error("The API gave no list of pods; those not known from before have their path's identity");
    }
    if (!observation.discovery.isComplete) this.#log.error("Not all folders could be read");
    return failed.length > 0 || !isReloaded || late.names.length > 0 ||
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
    const parts = { store: this.#store, controller: this.#controller, lanes: this.#lanes.open, log: this.#log };
    this.#events = openEvents({ ...parts, connection, nodeName });
    this.#lanes.onAttempt(() => this.#events?.look());
  }

  async #serveMetrics(resources: AsyncDisposableStack, isFileRefused: () => boolean) {
    const { metricsPort: port, intervalMs } = this.#config;
    if (port === undefined) return;
    const { openMetrics } = await import("./watch_metrics.ts");
    const measured = {
      controller: this.#controller,
      lanes: this.#lanes.open,
      late: this.#lanes.late,
      folders: () => this.#folders,
      api: () => this.#informer?.stats(),
      requests: () => this.#informer?.requests() ?? [],
      hasSynced: () => this.#store.hasSynced,
      events: () => this.#events?.stats(),
      isFileRefused,
      onAttempt: (listener: (attempt: Attempt) => void) => this.#lanes.onAttempt(listener),
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
      lanes: this.#lanes.open,
      late: this.#lanes.late,
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
