/**
 * What the shippers would read: the outputs of all three agents.
 *
 * @module
 */
import { join, relative } from "node:path";
import { parse } from "yaml";

/** One entry of `logs` in Scalyr's agent.json. */
export interface ScalyrLog {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The folders and files that the agents write, below one folder. */
export class Outputs {
  readonly folder: string;
  readonly scalyrDestPath: string;
  readonly scalyrConfigPath: string;
  readonly jobsPath: string;
  readonly linksPath: string;

  constructor(folder: string) {
    this.folder = folder;
    this.scalyrDestPath = join(folder, "scalyr");
    this.scalyrConfigPath = join(folder, "scalyr-config/agent.json");
    this.jobsPath = join(folder, "jobs");
    this.linksPath = join(folder, "links");
  }

  /** Settings that make the agents write here. */
  get env(): Readonly<Record<string, string>> {
    return {
      WATCHER_AGENTS: "scalyr,appdynamics,symlinker",
      WATCHER_SCALYR_DEST_PATH: this.scalyrDestPath,
      WATCHER_SCALYR_CONFIG_PATH: this.scalyrConfigPath,
      WATCHER_APPDYNAMICS_DEST_PATH: this.jobsPath,
      WATCHER_SYMLINK_DIR: this.linksPath,
      // Scalyr's own is 10 s.
      WATCHER_WRITE_INTERVAL: "0.25",
    };
  }

  /** Scalyr's configuration; undefined as long as there is none. */
  scalyr(): { readonly api_key: string; readonly logs: readonly ScalyrLog[] } | undefined {
    const text = textOf(this.scalyrConfigPath);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Scalyr's entry of a container. */
  log(id: string): ScalyrLog | undefined {
    return this.scalyr()?.logs.find(({ attributes }) => attributes.container_id === id);
  }

  /** Fields of a container's job file. */
  job(id: string): Readonly<Record<string, string>> | undefined {
    const text = textOf(this.jobPath(id));
    return text === undefined ? undefined : parse(text).fields;
  }

  jobPath(id: string): string {
    return join(this.jobsPath, `container-${id}-jobfile.job`);
  }

  /** Ids of containers that have a link of the symlinker. */
  linked(): readonly string[] {
    return linkedIn(this.linksPath);
  }

  /** Ids of containers that are configured wholly: in each agent's files, every link there and leading to a log. */
  complete(): readonly string[] {
    const sets = this.#idsByAgent();
    return [...sets[0]!].filter((id) => sets.every((ids) => ids.has(id))).sort();
  }

  /** Ids of containers of which anything is there. */
  traces(): readonly string[] {
    return [...new Set(this.#idsByAgent().flatMap((ids) => [...ids]))].sort();
  }

  /** Every file and link but the watcher's own, with what tells whether it was written anew; paths relative to the folder. */
  prints(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      walk(this.folder).filter((path) => !/\/\.[^/]*$/.test(path)).flatMap((path) => {
        try {
          const { ino, mtime } = Deno.lstatSync(path);
          return [[relative(this.folder, path), `inode ${ino}, written ${mtime?.toISOString()}`]];
        } catch (error) {
          // Gone since the folder was listed.
          if (error instanceof Deno.errors.NotFound) return [];
          throw error;
        }
      }),
    );
  }

  /** Files that are there for a moment only. */
  temporaryFiles(): readonly string[] {
    return walk(this.folder).filter((path) => /\.tmp(-|$)/.test(path));
  }

  #idsByAgent(): readonly Set<string>[] {
    const jobs = namesIn(this.jobsPath).flatMap((name) =>
      /^container-([0-9a-f]{64})-jobfile\.job$/.exec(name)?.[1] ?? []
    );
    const logs = this.scalyr()?.logs.filter(({ path }) => textOf(path) !== undefined) ?? [];
    return [
      new Set(logs.map(({ attributes }) => attributes.container_id!)),
      new Set(linkedIn(this.scalyrDestPath)),
      new Set(jobs),
      new Set(linkedIn(this.linksPath)),
    ];
  }
}

/** Ids of containers with a link that leads to a log. */
function linkedIn(folder: string): readonly string[] {
  // The watcher's own files, a socket among them, lie there too, and are hidden.
  return walk(folder).filter((path) => /^[0-9a-f]{64}/.test(relative(folder, path)) && textOf(path) !== undefined)
    .map((path) => relative(folder, path).slice(0, 64));
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Lists files and links, neither folders nor the watcher's socket. */
function walk(folder: string): readonly string[] {
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    try {
      const { isDirectory, isFile, isSymlink } = Deno.lstatSync(path);
      return isDirectory ? walk(path) : isFile || isSymlink ? [path] : [];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  });
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
