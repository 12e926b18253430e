/**
 * A node whose agent has a shipper with a check, which is a real program, and a reload.
 *
 * @module
 */
import { join } from "node:path";
import { apiPod } from "../../lib/sample/api_pod.ts";
import { SAMPLE_NODE_NAME } from "../../lib/sample/sample_node.ts";
import { numberedPod, Scene } from "../e2e/scene.ts";
import type { WatcherProcess } from "../e2e/watcher_process.ts";
import { freePort, scrape, total } from "./metrics_scrape.ts";

/** Options of {@linkcode CheckedScene.open}. */
export interface CheckedSceneOptions {
  /** Number of pods, default 20. */
  readonly pods?: number;
  /** Numbers of pods that the check refuses. */
  readonly bad?: readonly number[];
  /** Time limit of the check and the reload, default 60 s. */
  readonly timeoutSeconds?: number;
  /** How the shipper is reloaded, default http. */
  readonly reload?: "http" | "signal";
}

const RELOADS = {
  http: `{ url: "{url}/reload", json: { status: 0 }, confirm: { url: "{url}/reload", field: "hot_reload_count" }`,
  signal: `{ signal: "HUP", pidFile: "{pidFile}", processes: ["{process}"]`,
};

function agentCode(timeoutSeconds: number, reload: "http" | "signal"): string {
  return `export default {
  summary: "A shipper with a check and a reload",
  settings: {
    dir: { env: "WATCHER_CHECKED_DIR", type: "directory", required: true, help: "Folder" },
    key: { env: "WATCHER_CHECKED_KEY", type: "string", secret: true, help: "Key" },
    url: { env: "WATCHER_CHECKED_URL", type: "url", help: "Address" },
    pidFile: { env: "WATCHER_CHECKED_PID_FILE", type: "path", help: "Pid file" },
    process: { env: "WATCHER_CHECKED_PROCESS", type: "string", help: "Process" },
  },
  outputs: { log: { template: "log.txt.eta", format: "text", each: "container", path: "{dir}/{id}.txt" } },
  minSecondsBetweenWrites: 0,
  check: {
    program: "checkd",
    arguments: ["{main}", "{dir}"],
    main: { template: "main.txt.eta", format: "text" },
    timeoutSeconds: ${timeoutSeconds},
  },
  reload: ${RELOADS[reload]}, timeoutSeconds: ${timeoutSeconds} },
  context: (target) => ({ quality: target.pod.labels.quality ?? "good", path: target.log.path }),
};
`;
}

/** The scene. Disposing of it removes all. */
export class CheckedScene implements AsyncDisposable {
  readonly folder: string;
  /** Folder of the check's program. */
  readonly checkPath: string;
  readonly #scene: Scene;
  readonly #output: string;
  readonly #port = freePort();
  /** A number by which a hanging check is known among other processes. */
  readonly #sleepSeconds = 1_000_000 + this.#port;

  private constructor(scene: Scene) {
    this.#scene = scene;
    this.folder = scene.folder;
    this.checkPath = join(scene.folder, "bin");
    this.#output = join(scene.folder, "out/checked");
  }

  static async open(options: CheckedSceneOptions): Promise<CheckedScene> {
    const { pods = 20, bad = [], timeoutSeconds = 60, reload = "http" } = options;
    const scene = new CheckedScene(await Scene.open({ isFilled: false }));
    const agent = join(scene.folder, "agents/checked");
    await Deno.mkdir(agent, { recursive: true });
    await Deno.mkdir(scene.checkPath);
    await Deno.writeTextFile(join(agent, "context.ts"), agentCode(timeoutSeconds, reload));
    await Deno.writeTextFile(join(agent, "log.txt.eta"), "<%= it.quality %>\n<%= it.path %>\n");
    await Deno.writeTextFile(
      join(agent, "main.txt.eta"),
      "include=<%= it.settings.dir %>\nkey=<%= it.settings.key ?? '' %>\nfiles=<%= it.files.length %>\n",
    );
    await scene.mendCheck();
    for (let number = 1; number <= pods; number++) await scene.startPod(number, bad.includes(number) ? "bad" : "good");
    return scene;
  }

  /** Starts the watcher with the agent alone. */
  watch(env: Readonly<Record<string, string>>, args: readonly string[] = []): WatcherProcess {
    return this.#scene.watch(args, {
      env: {
        WATCHER_AGENTS: "checked",
        WATCHER_AGENTS_PATH: join(this.folder, "agents"),
        WATCHER_CHECKED_DIR: this.#output,
        WATCHER_CHECK_PATH: `${this.checkPath}`,
        WATCHER_METRICS_PORT: String(this.#port),
        WATCHER_INTERVAL: "1",
        // However slow the machine is, no pod is followed without its labels.
        WATCHER_POD_WAIT: "600",
        WATCHER_SCALYR_API_KEY: "",
        ...env,
      },
    });
  }

  /** The check refuses a file whose first line is "bad", and needs a main file that includes the staged folder. */
  async mendCheck() {
    await this.#writeCheck(`
[ "$(/usr/bin/head -n 1 "$1")" = "include=$2" ] || { echo "error: no main file"; exit 2; }
for file in "$2"/*.txt; do
  [ -e "$file" ] || continue
  read -r word < "$file"
  if [ "$word" = bad ]; then echo "starting"; echo "error: $file: no text" >&2; exit 1; fi
done`);
  }

  /** The check refuses everything. */
  async breakCheck(words = "error: broken altogether") {
    await this.#writeCheck(`PATH=/usr/bin:/bin; echo "${words}" >&2; exit 1`);
  }

  /** The check does not end. */
  async hangCheck() {
    await this.#writeCheck(`/bin/sleep ${this.#sleepSeconds}`);
  }

  async startPod(number: number, quality = "good") {
    await this.#scene.startPod(numberedPod(number, { quality }));
  }

  /** Changes the label of a pod that decides whether the check takes it. */
  async label(number: number, quality: string) {
    this.#scene.putPod(apiPod(numberedPod(number, { quality }), { nodeName: SAMPLE_NODE_NAME }));
    await Promise.resolve();
  }

  /** Names of the files that are live. */
  files(): readonly string[] {
    try {
      return [...Deno.readDirSync(this.#output)].map(({ name }) => name).filter((name) => name.endsWith(".txt"));
    } catch {
      return [];
    }
  }

  /** Contents of the live file of a pod. */
  read(number: number): string | undefined {
    const path = join(this.#output, `${numberedPod(number).containers[0]!.id}.txt`);
    return this.files().some((name) => path.endsWith(name)) ? Deno.readTextFileSync(path) : undefined;
  }

  async untilFiles(watcher: WatcherProcess, count: number) {
    await watcher.until(`${count} files are live`, () => this.files().length === count);
  }

  async untilBehind(watcher: WatcherProcess, condition: (behind: number) => boolean) {
    await watcher.until(`generations_behind fits ${condition}`, async () => {
      const behind = await this.metric("generations_behind");
      return behind !== undefined && condition(behind);
    });
  }

  /** Adds up a metric; undefined as long as nothing answers. */
  async metric(name: string): Promise<number | undefined> {
    const metrics = await scrape(this.#port);
    return metrics && total(metrics, name);
  }

  /** Number of times that the check was run. */
  checkRuns(): number {
    try {
      return Deno.readTextFileSync(join(this.folder, "runs")).length;
    } catch {
      return 0;
    }
  }

  /** Command lines of processes that have to do with the scene. */
  leftProcesses(): readonly string[] {
    return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap(({ name }) => {
      try {
        const line = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
        return line.includes(this.checkPath) || line.includes(`sleep ${this.#sleepSeconds}`) ? [line] : [];
      } catch {
        return [];
      }
    });
  }

  async [Symbol.asyncDispose]() {
    await this.#scene[Symbol.asyncDispose]();
  }

  /** Replaces the program in one step, as it may be running. */
  async #writeCheck(script: string) {
    const path = join(this.checkPath, "checkd");
    const text = `#!/bin/sh\nprintf x >> "${join(this.folder, "runs")}"\n${script}\n`;
    await Deno.writeTextFile(`${path}.new`, text, { mode: 0o755 });
    await Deno.rename(`${path}.new`, path);
  }
}
