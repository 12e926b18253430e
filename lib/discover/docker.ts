/**
 * Finds the containers in Docker's folder: `<containers-path>/<id>/config.v2.json` and `<id>-json.log` beside it.
 *
 * @module
 */
import type { Container, NotFollowed } from "./container.ts";
import { doesExist, isAbsent, isDiskError, unreadableReason } from "./disk_error.ts";
import { type DockerConfig, type DockerSkip, parseDockerConfig } from "./docker_config.ts";
import { containerKey, isContainerId } from "./identity.ts";
import { followLinks, type LinkRoots, type LiveLog } from "./links.ts";
import type { LogFormats } from "./log_format.ts";
import { type FolderReading, type Found, notFollowing, unreadableFolder } from "./reading.ts";

/** Those that dockerd writes have some kilobytes. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** What a config.v2.json said when it was last read, and which state of the file that was. */
interface Remembered {
  readonly stamp: string;
  /** From an earlier state of the file where this one could not be parsed; undefined where none could. */
  readonly config: DockerConfig | DockerSkip | undefined;
}

/** Reads the folders of Docker's containers. */
export class DockerFolders {
  readonly #roots: LinkRoots;
  readonly #formats: LogFormats;
  readonly #configs = new Map<string, Remembered>();

  constructor(roots: LinkRoots, formats: LogFormats) {
    this.#roots = roots;
    this.#formats = formats;
  }

  /** Reads one container's folder; undefined when there is no container in it, or none any more. */
  read(id: string, previous: FolderReading | undefined): FolderReading | undefined {
    // Docker names folders by ids alone; anything else here, such as lost+found, is no container.
    if (!isContainerId(id)) return undefined;
    const folder = `${this.#roots.docker.realPath}/${id}`;
    try {
      const config = this.#config(id, `${folder}/config.v2.json`);
      if (config.kind === "skip") return notFollowing(skip(id, { folder, why: config }));
      return this.#container({ id, folder, config, previous });
    } catch (error) {
      if (!isAbsent(error)) return unreadable(id, { folder, error, previous });
      this.#configs.delete(id);
      return undefined;
    }
  }

  #config(id: string, path: string): DockerConfig | DockerSkip {
    const { mtime, size, ino, isFile } = Deno.statSync(path);
    // A folder or a pipe will not become a configuration: it is named, and no reason to keep from removing what is gone elsewhere.
    if (!isFile) return { kind: "skip", code: "malformed", reason: `${path} is no regular file; remove it` };
    const stamp = `${mtime?.getTime()} ${size} ${ino}`;
    let known = this.#configs.get(id);
    if (known?.stamp !== stamp) {
      const config = size > MAX_CONFIG_BYTES ? undefined : parseDockerConfig(Deno.readTextFileSync(path));
      known = { stamp, config: config ?? known?.config };
      this.#configs.set(id, known);
    }
    return known.config ?? { kind: "skip", code: "malformed", reason: brokenReason(path, size) };
  }

  #container({ id, folder, config, previous }: {
    id: string;
    folder: string;
    config: DockerConfig;
    previous: FolderReading | undefined;
  }): FolderReading {
    const path = `${folder}/${id}-json.log`;
    const log = followLinks(path, this.#roots);
    if ("path" in log) return { found: [this.#found(id, { config, log })], notFollowed: [], isComplete: true };
    const key = { key: id, path: folder };
    if (log.code === "unreadable") return unreadableFolder({ ...key, ...log }, previous?.found);
    if (log.code !== "no-log-file") return notFollowing({ ...key, ...log });
    if (previous?.found.length && doesExist(`${path}.1`)) {
      // Docker renames the log before it opens the next one: the container has a log, just not at this moment.
      return { found: previous.found, notFollowed: [], isComplete: true };
    }
    return notFollowing(skip(id, { folder, why: noLog(folder, { path, config }) }));
  }

  #found(id: string, { config, log }: { config: DockerConfig; log: LiveLog }): Found {
    const { namespace, podName, podUid, containerName, restart, image, createdMs } = config;
    const logFormat = this.#formats.of(log.path, { info: log.info, fallback: "json-file" });
    const key = containerKey(podUid, { containerName, restart });
    const container: Container = {
      key,
      layout: "docker",
      id,
      containerName,
      restart,
      podName,
      namespace,
      podUid,
      logPath: log.path,
      logFormat,
      image,
    };
    return { key, container, createdMs };
  }
}

function skip(id: string, { folder, why }: { folder: string; why: Pick<NotFollowed, "code" | "reason"> }): NotFollowed {
  return { key: id, path: folder, code: why.code, reason: why.reason };
}

function unreadable(id: string, { folder, error, previous }: {
  folder: string;
  error: unknown;
  previous: FolderReading | undefined;
}): FolderReading {
  const why = { code: "unreadable" as const, reason: unreadableReason(folder, error) };
  return unreadableFolder(skip(id, { folder, why }), previous?.found);
}

function brokenReason(path: string, size: number): string {
  if (size > MAX_CONFIG_BYTES) return `${path} has ${size} bytes, more than the ${MAX_CONFIG_BYTES} that are read`;
  return `${path} is no whole JSON object with a Config (${size} bytes); it is read again when it changes`;
}

/** Tells a log driver that writes no json log from a container that did not start yet. */
function noLog(folder: string, { path, config }: { path: string; config: DockerConfig }): DockerSkip {
  const driver = logDriver(`${folder}/hostconfig.json`);
  if (config.logPath === "" && driver !== undefined && driver !== "json-file") {
    const reason = `Its log driver is ${driver}, which writes no json log; use the log driver json-file`;
    return { kind: "skip", code: "log-driver", reason };
  }
  return {
    kind: "skip",
    code: "no-log-file",
    reason: `${path} does not exist; Docker makes it when the container starts`,
  };
}

/** Reads `LogConfig.Type` of a hostconfig.json; undefined where it does not say. */
function logDriver(path: string): string | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    // Whoever opens a pipe waits for its other end, for ever.
    if (!isFile || size > MAX_CONFIG_BYTES) return undefined;
    const config = JSON.parse(Deno.readTextFileSync(path));
    const type: unknown = config?.LogConfig?.Type;
    return typeof type === "string" && type !== "" ? type : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isDiskError(error)) return undefined;
    throw error;
  }
}
