/**
 * What a watcher works between: a node's logs, the API, and the folders of the shippers.
 *
 * @module
 */
import { join } from "node:path";
import { type ApiPod, apiPod } from "../../lib/sample/api_pod.ts";
import { writeCriContainer } from "../../lib/sample/cri_files.ts";
import {
  materializeSampleNode,
  SAMPLE_NODE_NAME,
  type SamplePaths,
  samplePaths,
} from "../../lib/sample/sample_node.ts";
import { SAMPLE_PODS, type SamplePod } from "../../lib/sample/sample_pods.ts";
import { ApiServer, type ApiServerOptions } from "../api_server/api_server.ts";
import { Outputs } from "./outputs.ts";
import { WatcherProcess, type WatcherProcessOptions } from "./watcher_process.ts";

/** Options of {@linkcode Scene.open}. */
export interface SceneOptions extends ApiServerOptions {
  /** Whether the node has the containers of the sample node, and the API their pods; default true. */
  readonly isFilled?: boolean;
}

/** The key of Scalyr in every scene. */
export const SCENE_SECRET = "key-1";

/** Ids of the sample node's containers, sorted. */
export const SAMPLE_IDS = SAMPLE_PODS.flatMap(({ containers }) => containers.map(({ id }) => id)).sort();

/** A node, its API and its outputs, in a temporary folder. Disposing of it removes all. */
export class Scene implements AsyncDisposable {
  readonly folder: string;
  readonly paths: SamplePaths;
  readonly outputs: Outputs;
  readonly server: ApiServer;

  private constructor(folder: string, server: ApiServer) {
    this.folder = folder;
    this.server = server;
    this.paths = samplePaths(join(folder, "node"));
    this.outputs = new Outputs(join(folder, "out"));
    Deno.mkdirSync(join(folder, "tmp"));
  }

  static async open({ isFilled = true, ...options }: SceneOptions = {}): Promise<Scene> {
    const scene = new Scene(await Deno.realPath(await Deno.makeTempDir()), ApiServer.start(options));
    if (isFilled) {
      const { pods } = await materializeSampleNode(join(scene.folder, "node"));
      pods.forEach((pod) => scene.putPod(pod));
    } else {
      for (const path of Object.values(scene.paths)) await Deno.mkdir(path, { recursive: true });
    }
    return scene;
  }

  /** Folder in which the program makes its temporary files. */
  get temporaryPath(): string {
    return join(this.folder, "tmp");
  }

  /** The environment of a watcher with all three agents; its log is JSON with all details. */
  get env(): Readonly<Record<string, string>> {
    const { containersPath, podLogsPath, containerLinksPath } = this.paths;
    return {
      ...this.outputs.env,
      WATCHER_SCALYR_API_KEY: SCENE_SECRET,
      WATCHER_CONTAINERS_PATH: containersPath,
      WATCHER_POD_LOGS_PATH: podLogsPath,
      WATCHER_CONTAINER_LINKS_PATH: containerLinksPath,
      WATCHER_KUBE_URL: this.server.url,
      WATCHER_LOG_FORMAT: "json",
      WATCHER_DEBUG: "true",
      CLUSTER_NODE_NAME: SAMPLE_NODE_NAME,
      TMPDIR: this.temporaryPath,
    };
  }

  /** Starts `watch` in its environment. */
  watch(args: readonly string[] = [], { env = {}, ...options }: WatcherProcessOptions = {}): WatcherProcess {
    const given = Object.entries({ ...this.env, ...env }).filter(([, value]) => value !== "");
    return WatcherProcess.start(["watch", ...args], { ...options, env: Object.fromEntries(given) });
  }

  /** Starts `watch` and waits until exactly the containers given are configured, default those of the sample node. */
  async watchUntilComplete(
    args: readonly string[] = [],
    { ids = SAMPLE_IDS, ...options }: WatcherProcessOptions & { ids?: readonly string[] } = {},
  ): Promise<WatcherProcess> {
    const watcher = this.watch(args, options);
    await this.untilExactly(ids, watcher);
    return watcher;
  }

  /** Waits until exactly these containers are configured, each wholly. */
  async untilExactly(ids: readonly string[], watcher: WatcherProcess): Promise<void> {
    const wanted = [...ids].sort().join();
    await watcher.until(
      `exactly ${ids.length} containers are configured`,
      () => this.outputs.complete().join() === wanted && this.outputs.traces().join() === wanted,
    );
  }

  /** Waits until the API was asked that often. */
  async untilAsked(
    { lists = 0, watches = 0 }: { lists?: number; watches?: number },
    watcher: WatcherProcess,
  ): Promise<void> {
    await watcher.until(
      `the API was asked for ${lists} lists and ${watches} watches`,
      () => this.server.count("list") >= lists && this.server.count("watch") >= watches,
    );
  }

  /** Waits until a watch is open. */
  async untilWatching(watcher: WatcherProcess): Promise<void> {
    await watcher.until("a watch of pods is open", () => this.server.openWatches > 0);
  }

  /** Shows a pod of the program's sample node to the API. */
  putPod(pod: ApiPod): void {
    // An index signature says less than the fields that the server names.
    this.server.pods.put({ ...pod, metadata: { ...pod.metadata } });
  }

  /** Starts a pod in the layout of containerd: its logs, the kubelet's links, and the API's pod. */
  async startPod(pod: SamplePod): Promise<void> {
    this.putPod(apiPod(pod, { nodeName: SAMPLE_NODE_NAME }));
    for (const container of pod.containers) await this.writeContainer(pod, container);
  }

  /** Writes the log of a container and the link to it. */
  async writeContainer(pod: SamplePod, container: SamplePod["containers"][number]): Promise<void> {
    const { podLogsPath, containerLinksPath } = this.paths;
    await writeCriContainer(podLogsPath, { pod, container, containerLinksPath });
  }

  /** Removes a pod's logs and links from disk, as the kubelet does; the API is not asked. */
  async removeLogs(pod: SamplePod): Promise<void> {
    const { podLogsPath, containerLinksPath } = this.paths;
    for (const { name, id } of pod.containers) {
      await Deno.remove(join(containerLinksPath, `${pod.name}_${pod.namespace}_${name}-${id}.log`));
    }
    await Deno.remove(join(podLogsPath, `${pod.namespace}_${pod.name}_${pod.uid}`), { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Makes a pod of one container, from a number that makes its ids. */
export function numberedPod(number: number, labels: Readonly<Record<string, string>> = {}): SamplePod {
  const hex = number.toString(16);
  const container = {
    name: "app",
    id: `f${hex.padStart(63, "0")}`,
    image: "registry.example/numbered:1",
    line: "hello",
  };
  return {
    layout: "cri",
    name: `numbered-${number}`,
    namespace: "shop",
    uid: `00000000-0000-4000-8000-${hex.padStart(12, "0")}`,
    labels: { application: `numbered-${number}`, version: "1", ...labels },
    containers: [container],
  };
}

/** Finds a pod of the sample node by its application, or its name. */
export function samplePod(name: string): SamplePod {
  const found = SAMPLE_PODS.find((pod) => pod.labels?.application === name || pod.name.startsWith(name));
  if (found === undefined) throw new Error(`There is no sample pod ${name}`);
  return found;
}

/** Returns the id of a pod's container. */
export function idOf(pod: SamplePod, name = pod.containers[0]!.name): string {
  return pod.containers.find((container) => container.name === name)!.id;
}
