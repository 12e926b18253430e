/**
 * A reader that never lets the watcher's files out of its sight, as shippers do: it reads every new version within
 * milliseconds, notes what is not whole, and when each container's files came and went.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { linkTarget, listLinks, listLogs, names } from "./node_logs.ts";
import { leaves, type Places } from "./written.ts";

/** When something came and went, milliseconds of the epoch: of the node's files as the file system says, of the watcher's as they were seen. */
export interface Times {
  cameMs: number;
  /** Undefined while it is there. */
  goneMs: number | undefined;
}

/** Options of {@linkcode OutputReader}. */
export interface OutputReaderOptions {
  readonly places: Places;
  /** The node's /var/log as seen from here. */
  readonly varLog: string;
}

/** Keys that every version of agent.json has. */
const KEYS = ["api_key", "server_attributes", "logs", "monitors", "implicit_metric_monitor"];
/** Keys of every job file. */
const JOB_KEYS = ["version", "enabled", "source", "fields", "grok", "eventTimestamp"];
/** Pause between two looks, milliseconds. */
const PAUSE_MS = 2;
/** Every how many looks everything is looked at, not only what may be new. */
const FULL_LOOK = 20;

/** Reads until it is disposed of. */
export class OutputReader implements AsyncDisposable {
  /** Log files by path. */
  readonly logs = new Map<string, Times>();
  /** The kubelet's links by container id. */
  readonly links = new Map<string, Times>();
  /** Log path of each container id that a link of the kubelet named. */
  readonly logOf = new Map<string, string>();
  readonly entries = new Map<string, Times>();
  readonly jobs = new Map<string, Times>();
  readonly scalyrLinks = new Map<string, Times>();
  readonly symlinks = new Map<string, Times>();
  /** Each link that was seen with its target: container id, target. */
  readonly seenTargets = new Map<string, readonly [id: string, target: string]>();
  /** What was not whole. */
  readonly violations: string[] = [];
  /** What the init container wrote before the watcher's first version. */
  firstConfig: unknown;
  /** Versions of files that were read. */
  versions = 0;
  looks = 0;
  readonly #options: OutputReaderOptions;
  readonly #read = new Map<string, string>();
  readonly #running: Promise<void>;
  #isOver = false;

  constructor(options: OutputReaderOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose]() {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      this.#look();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  /** Looks for new versions; at times, for what is heavy to look at or has times of its own, too. */
  #look(): void {
    const { places, varLog } = this.#options;
    const isFull = this.looks++ % FULL_LOOK === 0;
    this.#readConfig(places.config);
    this.#readJobs(places.jobs, isFull);
    this.#readLinks(this.scalyrLinks, { folder: places.scalyrLinks, isFull });
    this.#readLinks(this.symlinks, { folder: places.symlinks, isFull });
    if (!isFull) return;
    const links = listLinks(varLog);
    for (const { id, logPath } of links) this.logOf.set(id, logPath);
    note(this.links, new Map(links.map(({ id, bornMs }) => [id, bornMs])));
    note(this.logs, new Map([...listLogs(varLog)].map(([path, { bornMs }]) => [path, bornMs])));
  }

  #readConfig(path: string): void {
    const before = this.#read.get(path);
    const text = this.#newVersion(path);
    if (text === undefined) {
      if (before !== undefined && !stateOf(path)) this.violations.push(`${path} is gone`);
      return;
    }
    this.#attempt(path, () => {
      const config = JSON.parse(text);
      if (this.entries.size === 0 && !("server_attributes" in config)) return void (this.firstConfig = config);
      const missing = KEYS.filter((key) => !(key in config));
      if (missing.length > 0) throw new Error(`these keys are missing: ${missing.join(", ")}`);
      note(this.entries, now(config.logs.map(({ path }: { path: string }) => basename(dirname(path)))));
    });
  }

  #readJobs(folder: string, isFull: boolean): void {
    const files = new Map(
      names(folder).filter((name) => name.endsWith(".job"))
        .map((name) => [name.replace(/^container-|-jobfile\.job$/g, ""), join(folder, name)]),
    );
    for (const [id, path] of files) {
      const text = isFull || !this.jobs.has(id) ? this.#newVersion(path) : undefined;
      if (text !== undefined) this.#attempt(path, () => checkJob(text));
    }
    note(this.jobs, now(files.keys()));
  }

  #readLinks(times: Map<string, Times>, { folder, isFull }: { folder: string; isFull: boolean }): void {
    const present: string[] = [];
    for (const id of names(folder).filter((name) => !name.startsWith("."))) {
      // A folder comes before the link in it; once it is known to be there, it is enough to look now and then.
      const hasLink = times.has(id) && !isFull ? true : this.#readTree(join(folder, id), id);
      if (hasLink) present.push(id);
    }
    note(times, now(present));
  }

  /** Notes where the links of a container lead. @returns Whether there are any. */
  #readTree(folder: string, id: string): boolean {
    const targets = leaves(folder).flatMap((path) => {
      const target = linkTarget(path);
      return target === undefined ? [] : [[path, target] as const];
    });
    for (const [path, target] of targets) this.seenTargets.set(`${path} ${target}`, [id, target]);
    return targets.length > 0;
  }

  /** Reads a file if it is not the one that was read last. */
  #newVersion(path: string): string | undefined {
    const state = stateOf(path);
    const version = `${state?.ino} ${state?.size} ${state?.mtime?.getTime()}`;
    if (!state?.isFile || this.#read.get(path) === version) return undefined;
    try {
      const text = Deno.readTextFileSync(path);
      this.#read.set(path, version);
      this.versions++;
      return text;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  #attempt(path: string, check: () => void): void {
    try {
      check();
    } catch (error) {
      this.violations.push(`${path} at ${new Date().toISOString()}: ${(error as Error).message}`);
    }
  }
}

function checkJob(text: string): void {
  const job: unknown = parse(text, { version: "1.1" });
  const missing = JOB_KEYS.filter((key) => !(typeof job === "object" && job !== null && key in job));
  if (missing.length > 0) throw new Error(`these keys are missing: ${missing.join(", ")}`);
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
}

function now(ids: Iterable<string>): Map<string, number> {
  return new Map(Iterator.from(ids).map((id) => [id, Date.now()]));
}

/** Notes what came and what went since the last look. */
function note(times: Map<string, Times>, present: ReadonlyMap<string, number>): void {
  for (const [key, cameMs] of present) {
    const known = times.get(key);
    if (!known) times.set(key, { cameMs, goneMs: undefined });
    else if (known.goneMs !== undefined) known.goneMs = undefined;
  }
  for (const [key, known] of times) {
    if (known.goneMs === undefined && !present.has(key)) known.goneMs = Date.now();
  }
}

function stateOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
