/**
 * A private copy of everything that an agent wants on disk, for the shipper's own check to look at.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { Rendered } from "../render/rendered.ts";
import { StagingArea } from "../render/staging_area.ts";
import { inParallel } from "../write/in_parallel.ts";

/** A place that the operator named for the agent's outputs. */
export interface StagedPlace {
  /** Name of the setting. */
  readonly name: string;
  /** Absolute path of the live place. */
  readonly path: string;
  readonly kind: "directory" | "file";
}

/** A folder with the copies, which only what has changed is written to. */
export class StagedTree implements Disposable {
  readonly #area: StagingArea;
  readonly #places: readonly StagedPlace[];
  readonly #staged = new Map<string, Rendered>();
  readonly #folders = new Set<string>();
  /** The list that is staged wholly. */
  #whole: readonly Rendered[] | undefined;

  /**
   * Makes an empty tree.
   *
   * @param options.parent Folder to make it in, default the system's folder for temporary files.
   */
  constructor(places: readonly StagedPlace[], { parent }: { parent?: string | undefined } = {}) {
    this.#area = StagingArea.open(parent);
    this.#places = places;
    for (const { name } of places) this.#makeFolder(this.#folderOf(name));
  }

  /** Where the copies of the places are, by name of the setting. */
  get places(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#places.map(({ name, path, kind }) => [
        name,
        kind === "file" ? join(this.#folderOf(name), basename(path)) : this.#folderOf(name),
      ]),
    );
  }

  /** Lists the copies by path, sorted. */
  get files(): string[] {
    return [...this.#staged.keys()].map((path) => this.#copyOf(path)).sort();
  }

  /** Brings the copies to what is wanted. @throws {Error} If that is not possible. */
  async update(wanted: readonly Rendered[]): Promise<void> {
    if (wanted === this.#whole) return;
    this.#whole = undefined;
    const left = new Set(this.#staged.keys());
    for (const { path } of wanted) left.delete(path);
    for (const path of left) {
      Deno.removeSync(this.#copyOf(path));
      this.#staged.delete(path);
    }
    const failures: unknown[] = [];
    await inParallel(wanted.filter((item) => !isSame(this.#staged.get(item.path), item)), {
      work: (item) => this.#stage(item).catch((error) => void failures.push(error)),
    });
    if (failures.length > 0) throw failures[0];
    this.#whole = wanted;
  }

  /** Gives an empty folder that a program may write to. */
  emptyFolder(): string {
    const path = join(this.#area.path, "work");
    removeIfThere(path);
    Deno.mkdirSync(path, { mode: 0o700 });
    return path;
  }

  /** Writes the main file of a check. */
  writeMain(name: string, contents: string): string {
    const path = join(this.#area.path, "main", name);
    this.#makeFolder(dirname(path));
    Deno.writeTextFileSync(path, contents, { mode: 0o600 });
    return path;
  }

  /** Replaces paths of copies in a text by those of what they are copies of. */
  asLive(text: string): string {
    let live = text;
    for (const { name, path, kind } of this.#places) {
      live = live.replaceAll(this.#folderOf(name), kind === "file" ? dirname(path) : path);
    }
    return live.replaceAll(`${this.#area.path}/`, "");
  }

  [Symbol.dispose]() {
    this.#area[Symbol.dispose]();
  }

  async #stage(item: Rendered) {
    const copy = this.#copyOf(item.path);
    this.#makeFolder(dirname(copy));
    const before = this.#staged.get(item.path);
    this.#staged.delete(item.path);
    if (before?.kind === "link" || item.kind === "link") removeIfThere(copy);
    if (item.kind === "link") await Deno.symlink(item.target, copy);
    else await Deno.writeTextFile(copy, item.contents, { mode: 0o600 });
    this.#staged.set(item.path, item);
  }

  #copyOf(path: string): string {
    const own = this.#places.find((place) => place.kind === "file" && place.path === path);
    if (own) return join(this.#folderOf(own.name), basename(path));
    const [inner] = this.#places.filter((place) => place.kind === "directory" && path.startsWith(`${place.path}/`))
      .sort((a, b) => b.path.length - a.path.length);
    if (!inner) throw new Error(`Cannot stage ${path}: it lies in no place of the agent`);
    return join(this.#folderOf(inner.name), path.slice(inner.path.length + 1));
  }

  #folderOf(name: string): string {
    return join(this.#area.path, "tree", name);
  }

  #makeFolder(path: string) {
    if (this.#folders.has(path)) return;
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#folders.add(path);
  }
}

function isSame(a: Rendered | undefined, b: Rendered): boolean {
  if (a === b) return true;
  if (a?.kind === "file" && b.kind === "file") return a.contents === b.contents;
  return a?.kind === "link" && b.kind === "link" && a.target === b.target;
}

function removeIfThere(path: string) {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
