/**
 * Learns container ids from the links `<container-links-path>/<pod>_<ns>_<container>-<id>.log`.
 *
 * The id of a log is that of the link that leads to it; the rest of a link's name is not believed, for it is cut where it
 * is long and could be anything (kubelet, pkg/kubelet/kuberuntime/legacy.go, logSymlink).
 *
 * @module
 */
import type { NotFollowed } from "./container.ts";
import { resolve } from "node:path";
import { rethrowUnlessDiskError, unreadableReason } from "./disk_error.ts";
import { firstPart } from "./folder_cache.ts";
import { type FolderStamps, haveStamps, readingStart, stampsOf } from "./folder_stamps.ts";
import type { LinkRoots } from "./links.ts";
import { below } from "./root_folder.ts";

const LINK_NAME = /-([0-9a-f]{64})\.log$/;
/** Where the kubelet keeps pod logs: links name this path, wherever the folder is mounted for this program. */
const KUBELET_POD_LOGS = "/var/log/pods";

/** The ids that the links tell. */
export class ContainerIds {
  readonly #roots: LinkRoots;
  /** Log, as path below the folder of pod logs, by the name of the link. */
  readonly #logs = new Map<string, string>();
  /** Names of the links by log; more than one where an old link was left behind. */
  readonly #links = new Map<string, readonly string[]>();
  readonly #dirty = new Set<string>();
  #isListingDue = true;
  /** Stamp of the folder when it was listed; undefined where that does not tell whether it changed. */
  #stamp: FolderStamps | undefined;
  /** Where the logs lay then, of which links tell where they lie. */
  #podLogs = "";
  #trouble: NotFollowed | undefined;

  constructor(roots: LinkRoots) {
    this.#roots = roots;
  }

  /** Says why the links could not be read; undefined while they can, or while the node has none. */
  get trouble(): NotFollowed | undefined {
    return this.#trouble;
  }

  /** Tells whether a link leads to a log of a container that is not among those given. */
  hasOther(isKnown: (id: string) => boolean): boolean {
    return this.#logs.keys().some((name) => !isKnown(idOf(name) ?? ""));
  }

  /** Gives the id of a log, named by its path below the folder of pod logs; undefined where no link leads to it. */
  get(log: string): string | undefined {
    const links = this.#links.get(log);
    const link = links === undefined || links.length < 2 ? links?.[0] : this.#newest(links);
    return link === undefined ? undefined : idOf(link);
  }

  /** Marks all links as to be read again. */
  invalidateAll(): void {
    this.#isListingDue = true;
  }

  /** Marks the link at a path as to be read again, if it lies in the folder of links. */
  invalidatePath(path: string): void {
    const name = this.#roots.links.relative(path);
    if (name === "") this.#isListingDue = true;
    else if (name !== undefined) this.#dirty.add(name);
  }

  /** Reads again what is marked; gives the names of the pod folders whose logs have other ids now. */
  refresh(): Set<string> {
    if (this.#isListingDue || this.#trouble !== undefined) this.#list();
    const changed = new Set<string>();
    for (const name of this.#dirty) {
      for (const log of this.#readLink(name)) changed.add(firstPart(log));
    }
    this.#dirty.clear();
    return changed;
  }

  #list(): void {
    const { links, pods } = this.#roots;
    this.#isListingDue = false;
    this.#trouble = undefined;
    try {
      if (!links.look()) return this.#reportRoot();
      // A link cannot be changed, only another put in its place.
      const podLogs = `${pods.state} ${pods.realPath}`;
      const isSame = this.#podLogs === podLogs && this.#stamp !== undefined;
      if (isSame && haveStamps([links.realPath], this.#stamp!)) return;
      const startMs = readingStart();
      this.#podLogs = podLogs;
      for (const entry of Deno.readDirSync(links.realPath)) if (entry.isSymlink) this.#dirty.add(entry.name);
      for (const name of this.#logs.keys()) this.#dirty.add(name);
      this.#stamp = stampsOf([links.realPath], startMs);
    } catch (error) {
      this.#report("unreadable", unreadableReason(links.path, error));
    }
  }

  /** Reports a folder of links that is not there; that there never was one is normal. */
  #reportRoot(): void {
    const { state, reason } = this.#roots.links;
    if (state !== "absent") this.#report(state === "unreadable" ? "unreadable" : "missing-mount", reason);
  }

  #report(code: NotFollowed["code"], reason: string): void {
    const { path } = this.#roots.links;
    this.#trouble = { key: path, path, code, reason };
  }

  /** Reads one link; gives the logs that it leads to no longer, or newly. */
  #readLink(name: string): string[] {
    if (!LINK_NAME.test(name)) return [];
    const before = this.#logs.get(name);
    const now = this.#logOf(name);
    if (before === now) return [];
    if (before !== undefined) this.#drop(before, name);
    if (now === undefined) this.#logs.delete(name);
    else {
      this.#logs.set(name, now);
      this.#links.set(now, [...this.#links.get(now) ?? [], name]);
    }
    return [before, now].filter((log) => log !== undefined);
  }

  #drop(log: string, name: string): void {
    const left = (this.#links.get(log) ?? []).filter((other) => other !== name);
    if (left.length === 0) this.#links.delete(log);
    else this.#links.set(log, left);
  }

  #logOf(name: string): string | undefined {
    const { links, pods } = this.#roots;
    try {
      const target = resolve(links.realPath, Deno.readLinkSync(`${links.realPath}/${name}`));
      return (pods.relative(target) ?? below(target, KUBELET_POD_LOGS)) || undefined;
    } catch (error) {
      // Removed meanwhile, or no link at all (EINVAL): either way it tells no id.
      rethrowUnlessDiskError(error);
      return undefined;
    }
  }

  /** Gives the link made last: the container that writes to the log now. */
  #newest(names: readonly string[]): string | undefined {
    const made = (name: string): number => {
      try {
        return Deno.lstatSync(`${this.#roots.links.realPath}/${name}`).mtime?.getTime() ?? 0;
      } catch (error) {
        rethrowUnlessDiskError(error);
        return 0;
      }
    };
    return names.toSorted((a, b) => made(b) - made(a) || (a < b ? -1 : 1))[0];
  }
}

function idOf(name: string): string | undefined {
  return LINK_NAME.exec(name)?.[1];
}
