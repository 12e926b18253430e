/**
 * Finds the containers in the kubelet's folder of pod logs: `<pod-logs-path>/<ns>_<pod>_<uid>/<container>/<n>.log`.
 *
 * The files are written by containerd and CRI-O; with dockershim they are links into Docker's folder. The kubelet
 * rotates `<n>.log` to `<n>.log.<time>` and has the runtime open it anew (pkg/kubelet/logs/container_log_manager.go).
 *
 * @module
 */
import type { Container, LogFormat, NotFollowed } from "./container.ts";
import type { ContainerIds } from "./container_ids.ts";
import { isAbsent, unreadableReason } from "./disk_error.ts";
import type { Before } from "./folder_cache.ts";
import { haveStamps, readingStart, stampsOf } from "./folder_stamps.ts";
import {
  containerKey,
  isContainerName,
  parsePodFolder,
  type PodIdentity,
  restartOfLiveLog,
  restartOfRotatedLog,
} from "./identity.ts";
import { dockerIdOf, followLinks, type LinkRoots } from "./links.ts";
import type { LogFormats } from "./log_format.ts";
import { type FolderReading, type Found, notFollowing, unreadableFolder } from "./reading.ts";

/** One container's folder of logs, on its way to being read. */
interface LogFolder {
  readonly pod: PodIdentity;
  readonly containerName: string;
  /** Every link of it resolved. */
  readonly path: string;
  /** Below the folder of pod logs. */
  readonly relative: string;
  /** What was found in it before. */
  readonly known: readonly Found[];
}

/** Reads the folders of pods. */
export class PodFolders {
  readonly #roots: LinkRoots;
  readonly #formats: LogFormats;
  readonly #ids: ContainerIds;

  constructor(roots: LinkRoots, { formats, ids }: { readonly formats: LogFormats; readonly ids: ContainerIds }) {
    this.#roots = roots;
    this.#formats = formats;
    this.#ids = ids;
  }

  /**
   * Reads one pod's folder; undefined when it is not there.
   *
   * One that nothing touched is only looked at, and read where it does not look as it did. That takes until it was read twice: the first reading is
   * that of a start, which is not to take longer.
   */
  read(name: string, { reading: previous, isTouched }: Before): FolderReading | undefined {
    const path = `${this.#roots.pods.realPath}/${name}`;
    if (previous === undefined || isTouched) return this.#read(path, { name, previous });
    if (previous.stamps !== undefined && haveStamps(foldersOf(path, previous), previous.stamps)) return previous;
    const startMs = readingStart();
    const reading = this.#read(path, { name, previous });
    const stamps = reading && this.#isAsListed(path, reading) && stampsOf(foldersOf(path, reading), startMs);
    return stamps ? { ...reading, stamps } : reading;
  }

  /** Tells whether a reading depends on nothing but the names in the folders that are listed: no log is a link, and none may still tell its format. */
  #isAsListed(path: string, { found, notFollowed, isComplete }: FolderReading): boolean {
    return isComplete && found.length > 0 && notFollowed.length === 0 &&
      found.every(({ container: { logPath } }) => logPath.startsWith(`${path}/`) && this.#formats.isRead(logPath));
  }

  #read(
    path: string,
    { name, previous }: { readonly name: string; readonly previous: FolderReading | undefined },
  ): FolderReading | undefined {
    const names = readNames(path, (entry) => entry.isDirectory);
    if (names === undefined) return undefined;
    if (!Array.isArray(names)) return unreadable(path, { error: names.error, known: previous?.found });
    const pod = parsePodFolder(name);
    if (pod === undefined) {
      return malformed(path, "It is no pod's folder: the kubelet names them <namespace>_<pod>_<uid>");
    }
    const known = previous?.found ?? [];
    return merge(names.map((containerName) =>
      this.#readContainer({
        pod,
        containerName,
        path: `${path}/${containerName}`,
        relative: `${name}/${containerName}`,
        known: known.filter((found) => found.container.containerName === containerName),
      })
    ));
  }

  #readContainer(folder: LogFolder): FolderReading {
    const { path, containerName, known } = folder;
    if (!isContainerName(containerName)) return malformed(path, "Its name is none that a container can have");
    const names = readNames(path, (entry) => !entry.isDirectory);
    if (names === undefined) return merge([]);
    if (!Array.isArray(names)) return unreadable(path, { error: names.error, known });
    const live = new Set(names.map(restartOfLiveLog));
    const logs = [...live].filter((restart) => restart !== undefined).map((restart) => this.#readLog(folder, restart));
    const rotated = new Set(names.map(restartOfRotatedLog));
    // Between the kubelet's rename and the runtime's reopening there is no live log, but there is a container.
    const reopening = known.filter(({ container: { restart } }) => !live.has(restart) && rotated.has(restart));
    if (logs.length + reopening.length === 0) return noLogYet(path);
    return merge([...logs, { found: reopening, notFollowed: [], isComplete: true }]);
  }

  #readLog(folder: LogFolder, restart: number): FolderReading {
    const path = `${folder.path}/${restart}.log`;
    const known = folder.known.filter((found) => found.container.restart === restart);
    const log = followLinks(path, this.#roots);
    if (!("path" in log)) {
      // Gone between the listing and this look.
      if (log.isAbsent) return merge([]);
      const notFollowed = { key: path, path, code: log.code, reason: log.reason };
      return log.code === "unreadable" ? unreadableFolder(notFollowed, known) : notFollowing(notFollowed);
    }
    const dockerId = dockerIdOf(log.path);
    const fallback = dockerId === undefined ? "cri" : "json-file";
    const logFormat = this.#formats.of(log.path, { info: log.info, fallback });
    // The kubelet may remove the link before the log; an id once learned stays, so that nothing is renamed for that.
    const learned = known.find(({ container }) => container.logPath === log.path)?.container.id;
    const id = this.#ids.get(`${folder.relative}/${restart}.log`) ?? dockerId ?? learned;
    const found = toFound(folder, { restart, id, logPath: log.path, logFormat });
    return { found: [found], notFollowed: [], isComplete: true };
  }
}

function toFound({ pod, containerName }: LogFolder, log: {
  restart: number;
  id: string | undefined;
  logPath: string;
  logFormat: LogFormat;
}): Found {
  const { restart, id, logPath, logFormat } = log;
  const key = containerKey(pod.podUid, { containerName, restart });
  const container: Container = {
    key,
    layout: "cri",
    id,
    containerName,
    restart,
    podName: pod.podName,
    namespace: pod.namespace,
    podUid: pod.podUid,
    logPath,
    logFormat,
    image: undefined,
  };
  return { key, container, createdMs: 0 };
}

/** Lists the folders that a reading without anything to be told is made from: the pod's, and that of each container. */
function foldersOf(path: string, { found }: FolderReading): string[] {
  return [path, ...new Set(found.map(({ container }) => `${path}/${container.containerName}`))];
}

/** Reads the names in a folder; undefined when it is not there, the error when it cannot be read. */
function readNames(
  path: string,
  isWanted: (entry: Deno.DirEntry) => boolean,
): string[] | undefined | { error: unknown } {
  try {
    const names: string[] = [];
    for (const entry of Deno.readDirSync(path)) if (isWanted(entry)) names.push(entry.name);
    return names;
  } catch (error) {
    return isAbsent(error) ? undefined : { error };
  }
}

function merge(readings: readonly FolderReading[]): FolderReading {
  if (readings.length === 1 && readings[0] !== undefined) return readings[0];
  return {
    found: readings.flatMap((reading) => reading.found),
    notFollowed: readings.flatMap((reading) => reading.notFollowed),
    isComplete: readings.every((reading) => reading.isComplete),
  };
}

function malformed(path: string, reason: string): FolderReading {
  return notFollowing({ key: path, path, code: "malformed", reason });
}

function noLogYet(path: string): FolderReading {
  const reason = `${path} holds no live log <n>.log; the runtime makes it when the container starts`;
  return notFollowing({ key: path, path, code: "no-log-file", reason });
}

function unreadable(path: string, { error, known }: { error: unknown; known: readonly Found[] | undefined }) {
  const trouble: NotFollowed = { key: path, path, code: "unreadable", reason: unreadableReason(path, error) };
  return unreadableFolder(trouble, known);
}
