/**
 * Watches the folders of container logs with inotify, as a hint when to look again; a periodic look stays the truth.
 *
 * All watches of a Deno process share one inotify instance. When inotify runs out, polling takes its place.
 *
 * @module
 */
import { resolve } from "node:path";
import { isAbsent, rethrowUnlessDiskError } from "./disk_error.ts";
import type { DiscoverPaths } from "./discover.ts";
import { canMatter, dirtOf, type WatchedRoot, watchedRoots } from "./folder_events.ts";
import { NewFolders } from "./new_folders.ts";
import { RescanPace } from "./rescan_pace.ts";
import { RetryPace } from "./retry_pace.ts";
import { below } from "./root_folder.ts";

/** A further folder that is watched, without what lies below it; for instance that of a secret's key file. */
export interface ExtraFolder {
  readonly path: string;
  /** Called when anything in the folder may have changed. */
  readonly onChange: () => void;
}

/** Options of {@linkcode watchFolders}. */
export interface FolderWatchOptions extends DiscoverPaths {
  /** Called with a path at which something may have changed; with a root folder when anything may. */
  readonly onDirty: (path: string) => void;
  /** Called when watching, or an attempt to watch again, failed and polling goes on, with a sentence that says why and what would mend it. */
  readonly onDegraded?: (reason: string) => void;
  /** Called when watching works again. */
  readonly onRestored?: () => void;
  /** Further folders, default none. */
  readonly extraPaths?: readonly ExtraFolder[];
  /** Milliseconds between two polls while watching does not work, default 2000. */
  readonly pollIntervalMs?: number;
  /** Milliseconds between two attempts to watch again, default 60000. Where a watch that stood broke, the first comes sooner: see {@linkcode RetryPace}. */
  readonly retryIntervalMs?: number;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

const MAX_ATTEMPTS = 5;

/** Starts to watch. Folders that do not exist are left out until {@linkcode FolderWatch.refresh} finds them. */
export function watchFolders(options: FolderWatchOptions): FolderWatch {
  const watch = new FolderWatch(options);
  watch.refresh();
  return watch;
}

/** A running watch; made by {@linkcode watchFolders}. */
export class FolderWatch implements AsyncDisposable {
  readonly #options: FolderWatchOptions;
  readonly #roots: readonly WatchedRoot[];
  readonly #extras: readonly ExtraFolder[];
  readonly #newFolders: NewFolders;
  readonly #rescans: RescanPace;
  readonly #loops = new Set<Promise<void>>();
  readonly #onAbort = () => void this[Symbol.asyncDispose]();
  #watchers: Deno.FsWatcher[] = [];
  /** Which folders are watched, and which they were then; empty when they must be watched anew. */
  #watched = "";
  #restarting: Promise<void> | undefined;
  #pollTimer: ReturnType<typeof setInterval> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #retries: RetryPace;
  #isEnded = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
    this.#roots = watchedRoots(options).map((root) => ({ ...root, path: resolve(root.path) }));
    this.#extras = (options.extraPaths ?? []).map((extra) => ({ ...extra, path: resolve(extra.path) }));
    this.#newFolders = new NewFolders(options.onDirty);
    this.#rescans = new RescanPace(() => this.#everythingIsDirty());
    this.#retries = new RetryPace(options.retryIntervalMs ?? 60_000);
    if (options.signal?.aborted) this.#isEnded = true;
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** True while watching does not work and the folders are polled instead. */
  get isPolling(): boolean {
    return this.#pollTimer !== undefined;
  }

  /**
   * Looks whether folders appeared, vanished or were replaced since the watch began, and begins anew if so. To be called
   * before every full scan. Everything is called dirty as soon as a new watch stands.
   */
  refresh(): void {
    if (this.#isEnded || this.isPolling || this.#restarting !== undefined) return;
    if (this.#identify() !== this.#watched) this.#restart();
    for (const extra of this.#extras) if (!this.#isWatchable(extra.path)) extra.onChange();
  }

  /** Ends the watch and waits until its loops are done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#close();
    this.#newFolders[Symbol.dispose]();
    this.#rescans[Symbol.dispose]();
    this.#stopPolling();
    await Promise.all([...this.#loops, this.#restarting]);
  }

  /**
   * Begins to watch anew, at once if nothing is watched yet. Deno lets go of a closed watcher's folders only when its
   * loop has ended; a folder that is replaced and watched again before that gets no watch (seen with Deno 2.9.6).
   */
  #restart(attempt = 1): void {
    this.#close();
    if (this.#loops.size === 0) return this.#open(attempt);
    this.#restarting ??= Promise.all(this.#loops).then(() => {
      this.#restarting = undefined;
      if (!this.#isEnded) this.#open(attempt);
    });
  }

  #open(attempt: number): void {
    try {
      const watched = this.#identify();
      this.#listenTo(this.#roots.map(({ path }) => path).filter((path) => identityOf(path) !== ""), true);
      this.#listenTo(this.#extras.map(({ path }) => path).filter((path) => this.#isWatchable(path)), false);
      this.#watched = watched;
    } catch (error) {
      // A folder that goes while the tree is walked fails the whole walk; another walk finds it gone.
      if (isAbsent(error) && attempt < MAX_ATTEMPTS) return this.#restart(attempt + 1);
      return this.#degrade(error, this.#retries.afterRefusal());
    }
    if (this.isPolling) {
      this.#stopPolling();
      this.#options.onRestored?.();
    }
    // What happened before the watch stood has no events.
    this.#everythingIsDirty();
  }

  #listenTo(paths: readonly string[], recursive: boolean): void {
    if (paths.length === 0) return;
    const watcher = Deno.watchFs([...paths], { recursive });
    this.#watchers.push(watcher);
    const loop = recursive ? this.#listen(watcher) : this.#listenToExtras(watcher);
    this.#loops.add(loop);
    void loop.finally(() => this.#loops.delete(loop));
  }

  async #listen(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const event of watcher) {
        if (canMatter(event) && this.#watchers.includes(watcher)) this.#take(event);
      }
    } catch (error) {
      if (this.#watchers.includes(watcher)) this.#degrade(error, this.#retries.afterBreak());
    }
  }

  async #listenToExtras(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const event of watcher) {
        if (event.kind === "access" || !this.#watchers.includes(watcher)) continue;
        const isChanged = (folder: string) => event.paths.some((path) => below(path, folder) !== undefined);
        for (const extra of this.#extras) if (event.flag === "rescan" || isChanged(extra.path)) extra.onChange();
      }
    } catch (error) {
      if (this.#watchers.includes(watcher)) this.#degrade(error, this.#retries.afterBreak());
    }
  }

  #take(event: Deno.FsEvent): void {
    if (event.flag === "rescan") {
      // Folders made meanwhile may have no watch: the next refresh begins anew.
      this.#watched = "";
      return this.#rescans.request();
    }
    for (const path of event.paths) {
      const dirt = dirtOf(path, { kind: event.kind, roots: this.#roots });
      if (dirt === undefined) continue;
      if (event.kind === "remove" && this.#roots.some((root) => root.path === path)) this.#watched = "";
      this.#options.onDirty(dirt.path);
      if (dirt.newFolder !== undefined) this.#newFolders.add(dirt.newFolder);
    }
  }

  #everythingIsDirty(): void {
    for (const { path } of this.#roots) this.#options.onDirty(path);
    for (const { onChange } of this.#extras) onChange();
  }

  #degrade(error: unknown, retryMs: number): void {
    this.#close();
    if (this.#isEnded) return;
    const { onDegraded, pollIntervalMs = 2000 } = this.#options;
    this.#stopPolling();
    this.#pollTimer = setInterval(() => this.#everythingIsDirty(), pollIntervalMs);
    this.#retryTimer = setTimeout(() => this.#restart(), retryMs);
    onDegraded?.(degradedReason(error, pollIntervalMs));
  }

  #stopPolling(): void {
    clearInterval(this.#pollTimer);
    clearTimeout(this.#retryTimer);
    this.#pollTimer = undefined;
  }

  #close(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    this.#watched = "";
    for (const watcher of watchers) watcher.close();
  }

  #identify(): string {
    const extras = this.#extras.filter(({ path }) => this.#isWatchable(path));
    return [...this.#roots, ...extras].map(({ path }) => `${path} ${identityOf(path)}`).join("\n");
  }

  /** Tells whether an extra folder exists and lies outside of the roots, whose watch its own would replace. */
  #isWatchable(path: string): boolean {
    return identityOf(path) !== "" && this.#roots.every((root) => below(path, root.path) === undefined);
  }
}

/** Tells which folder a path is now; empty where there is none or it cannot be looked at. */
function identityOf(path: string): string {
  try {
    // The inode of a removed folder may come back at once; its time of birth does not.
    const { dev, ino, birthtime, isDirectory } = Deno.statSync(path);
    return isDirectory ? `${dev}:${ino}:${birthtime?.getTime()}` : "";
  } catch (error) {
    rethrowUnlessDiskError(error);
    return "";
  }
}

/** Says why there is no watch. The messages are those of the crate notify and of Linux; they bear no code. */
function degradedReason(error: unknown, pollIntervalMs: number): string {
  const message = error instanceof Error ? error.message : String(error);
  const cure = /watch limit/.test(message)
    ? "raise fs.inotify.max_user_watches on the node"
    : /Too many open files/.test(message)
    ? "raise fs.inotify.max_user_instances on the node"
    : error instanceof Deno.errors.NotCapable
    ? "start the program with --allow-read"
    : "changes are found all the same";
  return `The folders of container logs cannot be watched (${message}); they are polled every ${pollIntervalMs} ms; ${cure}`;
}
