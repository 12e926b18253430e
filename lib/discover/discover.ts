/**
 * Discovery: looks at the disk of the node and says which containers have a log there.
 *
 * Docker's folder and the kubelet's are looked at side by side, for a node may have both during a migration.
 *
 * @module
 */
import { Assembly } from "./assemble.ts";
import type { Discovery, NotFollowed } from "./container.ts";
import { ContainerIds } from "./container_ids.ts";
import { PodFolders } from "./cri.ts";
import { DockerFolders } from "./docker.ts";
import { FolderCache } from "./folder_cache.ts";
import { podFolderName } from "./identity.ts";
import type { LinkRoots } from "./links.ts";
import { LogFormats } from "./log_format.ts";
import { Changes, type FolderReading, NOTHING } from "./reading.ts";
import { RootFolder } from "./root_folder.ts";

/** Where container logs are looked for. */
export interface DiscoverPaths {
  /** Docker's folder of containers, WATCHER_CONTAINERS_PATH, e.g. /var/lib/docker/containers. */
  readonly containersPath: string;
  /** The kubelet's folder of pod logs, WATCHER_POD_LOGS_PATH, e.g. /var/log/pods. */
  readonly podLogsPath: string;
  /** The kubelet's folder of links that tell container ids, WATCHER_CONTAINER_LINKS_PATH, e.g. /var/log/containers. */
  readonly containerLinksPath: string;
}

/**
 * Finds the containers, at first by reading everything, then by reading again what was invalidated.
 *
 * Every result is the whole truth as far as it is known; equal results are the same object.
 */
export class Discoverer {
  readonly #roots: LinkRoots;
  readonly #formats = new LogFormats();
  readonly #ids: ContainerIds;
  readonly #docker: FolderCache;
  readonly #pods: FolderCache;
  readonly #assembly = new Assembly();
  /** What folders have told that no result has yet: a scan that breaks off leaves it to the next one, which finds those folders unchanged. */
  #changes = new Changes();
  #own: FolderReading = NOTHING;
  #dockerState = "";
  #last: Discovery | undefined;

  constructor({ containersPath, podLogsPath, containerLinksPath }: DiscoverPaths) {
    this.#roots = {
      docker: new RootFolder(containersPath, "WATCHER_CONTAINERS_PATH"),
      pods: new RootFolder(podLogsPath, "WATCHER_POD_LOGS_PATH"),
      links: new RootFolder(containerLinksPath, "WATCHER_CONTAINER_LINKS_PATH"),
    };
    const roots = this.#roots;
    this.#ids = new ContainerIds(roots);
    const docker = new DockerFolders(roots, this.#formats);
    this.#docker = new FolderCache(roots.docker, (name, { reading }) => docker.read(name, reading));
    const pods = new PodFolders(roots, { formats: this.#formats, ids: this.#ids });
    this.#pods = new FolderCache(roots.pods, (name, before) => pods.read(name, before));
  }

  /** Says that something at a path may have changed: the next scan reads the container's or pod's folder again. */
  invalidate(path: string): void {
    this.#ids.invalidatePath(path);
    this.#docker.invalidatePath(path);
    this.#pods.invalidatePath(path);
  }

  /** Makes the next scan read everything again. */
  invalidateAll(): void {
    this.#ids.invalidateAll();
    this.#docker.invalidateAll();
    this.#pods.invalidateAll();
  }

  /** Looks at what was invalidated (at the first time: at everything) and gives the whole result. */
  scan(): Discovery {
    const changes = this.#changes;
    for (const folder of this.#ids.refresh()) this.#pods.invalidateFolder(folder);
    this.#docker.refresh(changes);
    this.#followDocker(changes);
    this.#pods.refresh(changes);
    this.#own = changes.record(this.#own, this.#ownTrouble());
    return this.#result(changes);
  }

  /** Has the kubelet's links looked at again that lead to where Docker's folder changed. */
  #followDocker(changes: Changes): void {
    for (const { container } of changes.removed) this.#pods.invalidateKnown(podFolderName(container));
    for (const { container } of changes.added) this.#pods.invalidateKnown(podFolderName(container));
    const { state, realPath } = this.#roots.docker;
    const dockerState = `${state} ${realPath} ${this.#docker.isEmpty}`;
    if (dockerState !== this.#dockerState) this.#pods.invalidateAll();
    this.#dockerState = dockerState;
  }

  /** Judges what the roots mean together: one layout missing is normal, both are not. */
  #ownTrouble(): FolderReading {
    const { docker, pods } = this.#roots;
    const notFollowed: NotFollowed[] = this.#ids.trouble === undefined ? [] : [this.#ids.trouble];
    const isBlind = docker.state === "absent" && pods.state === "absent";
    const isHalfMounted = pods.state === "absent" && !isBlind && this.#ids.hasOther((id) => this.#docker.has(id));
    if (isBlind) notFollowed.push(missing(pods, `${pods.reason}; neither is there a ${docker.path} of Docker's`));
    else if (isHalfMounted) {
      notFollowed.push(missing(pods, `${this.#roots.links.path} leads there, but ${pods.reason}`));
    }
    return { found: [], notFollowed, isComplete: !isBlind && this.#ids.trouble === undefined };
  }

  #result(changes: Changes): Discovery {
    const isComplete = this.#docker.isComplete && this.#pods.isComplete && this.#own.isComplete;
    if (this.#last !== undefined && changes.isEmpty && this.#last.isComplete === isComplete) return this.#last;
    this.#forgetFormats(changes);
    this.#last = { ...this.#assembly.apply(changes), isComplete };
    this.#changes = new Changes();
    return this.#last;
  }

  #forgetFormats(changes: Changes): void {
    if (changes.removed.size === 0) return;
    const kept = new Set([...changes.added].map(({ container }) => container.logPath));
    for (const { container } of changes.removed) {
      if (!kept.has(container.logPath)) this.#formats.forget(container.logPath);
    }
  }
}

function missing(root: RootFolder, reason: string): NotFollowed {
  return { key: root.path, path: root.path, code: "missing-mount", reason };
}
