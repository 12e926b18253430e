/**
 * Decides, without touching anything, what has to be done so that the disk shows what an agent wants.
 *
 * @module
 */
import type { Rendered, RenderedFile, RenderedLink } from "../render/rendered.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { type CurrentState, MISSING, type OnDisk, type OwnedKind } from "./on_disk.ts";
import type { Places } from "./places.ts";

/** Why an operation is done. */
export type Reason =
  | "created"
  | "updated"
  /** Something that we did not write lay at the path; it is ours from now on. */
  | "adopted"
  | "repaired: was changed by someone else"
  | "repaired: was missing"
  | "removed: no longer wanted";

/** One change to the disk. */
export type Operation =
  | { readonly kind: "directory"; readonly path: string; readonly reason: Reason }
  | { readonly kind: "file"; readonly path: string; readonly reason: Reason; readonly wanted: RenderedFile }
  | { readonly kind: "link"; readonly path: string; readonly reason: Reason; readonly wanted: RenderedLink }
  | { readonly kind: "remove"; readonly path: string; readonly reason: Reason; readonly was: OwnedKind };

/** A path that was not or cannot be brought to what is wanted. */
export interface Failure {
  readonly path: string;
  /** Sentence without a full stop. */
  readonly reason: string;
}

/** What a plan is made of. */
export interface PlanInput {
  /** In the order in which it is to be written. */
  readonly wanted: readonly Rendered[];
  /** What the ledger lists, oldest first. */
  readonly owned: ReadonlyMap<string, OwnedKind>;
  /** Listed, but not yet known to have been made: when missing, nobody took them away. */
  readonly announced?: ReadonlySet<string>;
  readonly current: CurrentState;
  readonly places: Places;
  /** False when what is wanted may be incomplete: then nothing is removed. */
  readonly mayRemove: boolean;
  /** Looks at every owned folder, not only when something is removed; default true. */
  readonly isFull?: boolean;
}

/** What is to be done. */
export interface Plan {
  /** In order: folders as they are needed, links and files as wanted; then removals: files, links, folders from the inside out. */
  readonly operations: readonly Operation[];
  readonly failures: readonly Failure[];
  /** What the ledger has to list before the first operation. */
  readonly announce: ReadonlyMap<string, OwnedKind>;
  /** Owned paths that are gone or are no longer ours, and not wanted: the ledger can forget them. */
  readonly forgotten: readonly string[];
}

/** Plans the writes of one agent. */
export function planWrites(input: PlanInput): Plan {
  const planner = new Planner(input);
  for (const item of input.wanted) planner.want(item);
  if (input.mayRemove) planner.remove();
  return planner;
}

class Planner implements Plan {
  readonly operations: Operation[] = [];
  readonly failures: Failure[] = [];
  readonly announce = new Map<string, OwnedKind>();
  readonly forgotten: string[] = [];
  readonly #input: PlanInput;
  readonly #wanted = new Set<string>();
  /** By folder: why nothing can be written in it, or undefined when it is there or will be. */
  readonly #folders = new Map<string, string | undefined>();

  constructor(input: PlanInput) {
    this.#input = input;
  }

  want(item: Rendered): void {
    const { path } = item;
    const { owned, current, places } = this.#input;
    if (this.#wanted.has(path)) return this.#fail(path, `Path ${path} is wanted by two outputs`);
    this.#wanted.add(path);
    const ownedAs = owned.get(path);
    const refusal = ownedAs === undefined ? places.refusal(path) : undefined;
    if (refusal !== undefined) return this.#fail(path, refusal);
    const state = current.get(path) ?? MISSING;
    if (ownedAs === item.kind && matches(item, state)) return;
    const obstacle = this.#obstacle(path, state);
    if (obstacle !== undefined) return this.#fail(path, obstacle);
    if (ownedAs !== item.kind) this.announce.set(path, item.kind);
    if (!matches(item, state)) this.operations.push(operationFor(item, this.#reason(item, state)));
  }

  remove(): void {
    const { owned, isFull = true } = this.#input;
    const files: Operation[] = [], links: Operation[] = [], folders: string[] = [];
    let isAnyLeafGone = false;
    for (const [path, kind] of owned) {
      if (kind === "directory") folders.push(path);
      else if (!this.#wanted.has(path)) {
        isAnyLeafGone = true;
        if (this.#isStillOurs(path, kind)) (kind === "file" ? files : links).push(removal(path, kind));
      }
    }
    this.operations.push(...files.reverse(), ...links.reverse());
    if (isAnyLeafGone || isFull) this.#removeFolders(folders);
  }

  #removeFolders(folders: readonly string[]): void {
    const needed = this.#neededFolders();
    for (const path of folders.filter((folder) => !needed.has(folder)).sort().reverse()) {
      if (this.#isStillOurs(path, "directory")) this.operations.push(removal(path, "directory"));
    }
  }

  #neededFolders(): ReadonlySet<string> {
    const needed = new Set<string>();
    for (const path of this.#wanted) {
      let end = path.lastIndexOf("/");
      for (let folder = path.slice(0, end); end > 0 && !needed.has(folder); folder = path.slice(0, end)) {
        needed.add(folder);
        end = path.lastIndexOf("/", end - 1);
      }
    }
    return needed;
  }

  /** Tells whether an unwanted path is what the ledger says, reached through folders only; otherwise it is forgotten. */
  #isStillOurs(path: string, kind: OwnedKind): boolean {
    const { current, places } = this.#input;
    const isReached = places.ancestors(path).every((folder) => current.get(folder)?.kind === "directory");
    if (isReached && current.get(path)?.kind === kind) return true;
    this.forgotten.push(path);
    return false;
  }

  #obstacle(path: string, state: OnDisk): string | undefined {
    for (const folder of this.#input.places.ancestors(path)) {
      if (!this.#folders.has(folder)) this.#folders.set(folder, this.#prepareFolder(folder));
      const problem = this.#folders.get(folder);
      if (problem !== undefined) return `Cannot write ${path}: ${problem}`;
    }
    if (state.kind === "directory") return `Cannot write ${path}: a folder lies at that path, move it away`;
    if (state.kind === "other") return `Cannot write ${path}: ${state.problem}`;
    return undefined;
  }

  #prepareFolder(folder: string): string | undefined {
    const state = this.#input.current.get(folder) ?? MISSING;
    if (state.kind === "directory") return undefined;
    if (state.kind === "link") return `${folder} leads out through a link, put a real folder there`;
    if (state.kind !== "missing") return `${folder} is no folder, move it away`;
    const isOwned = this.#input.owned.get(folder) === "directory";
    if (!isOwned) this.announce.set(folder, "directory");
    const reason = isOwned && !this.#isAnnounced(folder) ? "repaired: was missing" : "created";
    this.operations.push({ kind: "directory", path: folder, reason });
    return undefined;
  }

  #reason(item: Rendered, state: OnDisk): Reason {
    const isOwned = this.#input.owned.has(item.path);
    if (state.kind === "missing") {
      return isOwned && !this.#isAnnounced(item.path) ? "repaired: was missing" : "created";
    }
    if (!isOwned || this.#isAnnounced(item.path)) return "adopted";
    const isChanged = (state.kind === "file" || state.kind === "link") && state.isChanged === true;
    return isChanged ? "repaired: was changed by someone else" : "updated";
  }

  #isAnnounced(path: string): boolean {
    return this.#input.announced?.has(path) === true;
  }

  #fail(path: string, reason: string): void {
    this.failures.push({ path, reason });
  }
}

function matches(item: Rendered, state: OnDisk): boolean {
  if (item.kind === "link") return state.kind === "link" && state.target === item.target;
  return state.kind === "file" && state.mode === item.mode && state.fingerprint === fingerprintOf(item);
}

function operationFor(item: Rendered, reason: Reason): Operation {
  return item.kind === "file"
    ? { kind: "file", path: item.path, reason, wanted: item }
    : { kind: "link", path: item.path, reason, wanted: item };
}

function removal(path: string, was: OwnedKind): Operation {
  return { kind: "remove", path, reason: "removed: no longer wanted", was };
}
