/**
 * Keeps together what an agent wants on disk, and does again only what a change touched: on a node of thousands one container's change must
 * not sort and compare the paths of all others.
 *
 * @module
 */
import type { CheckedAnswer } from "./check_answer.ts";
import { assemble, type AssembleOptions, byPath, nodeFilesOf } from "./assemble.ts";
import type { KnownTarget } from "./known_target.ts";
import type { Rendered, RenderedFile, RenderedLink, Rendering } from "./rendered.ts";
import { TakenPaths } from "./taken_paths.ts";

/** What a turn touched. */
export interface Touched {
  /** Ids of targets of which something else is known now. */
  readonly ids: readonly string[];
  /** Gives what was known of a target before. */
  before(id: string): KnownTarget | undefined;
}

/** Above this many touched targets everything is put together anew. */
const FEW = 256;

/** One agent's rendering, as it stands. */
export class Assembly {
  #links: readonly Rendered[] = [];
  #files: readonly Rendered[] = [];
  /** Ids of targets that something is said about: a refusal, warnings, or what could not be expressed. */
  #noted = new Set<string>();
  #rendering: Rendering | undefined;
  /** Whether some target was left out since its path is another's: whose it is depends on all. */
  #hasClash = true;

  /** Forgets what was put together: the next turn puts everything together. */
  forget() {
    this.#rendering = undefined;
    this.#links = this.#files = [];
    this.#noted.clear();
  }

  /** Puts the rendering together after a turn. @throws {Error} As {@linkcode assemble}; then it is as forgotten. */
  take(answer: CheckedAnswer, options: AssembleOptions & { readonly touched: Touched }): Rendering {
    const last = this.#rendering;
    this.#rendering = undefined;
    const isSmall = last !== undefined && !this.#hasClash && options.touched.ids.length <= FEW;
    return this.#rendering = (isSmall ? this.#change(last, answer, options) : undefined) ?? this.#all(answer, options);
  }

  #all(answer: CheckedAnswer, options: AssembleOptions): Rendering {
    const { rendering, links, files, hasClash } = assemble(answer, options);
    this.#links = links;
    this.#files = files;
    this.#hasClash = hasClash;
    this.#noted = new Set(
      [rendering.refused, rendering.warnings, rendering.unexpressed].flatMap((said) =>
        said.map(({ targetId }) => targetId)
      ),
    );
    return rendering;
  }

  /** Undefined if a path may be taken by two: then all of them have to be looked at. */
  #change(
    last: Rendering,
    answer: CheckedAnswer,
    options: AssembleOptions & { readonly touched: Touched },
  ): Rendering | undefined {
    const { wanted, known, touched: { ids, before } } = options;
    const filesOf = (one: KnownTarget | undefined) => one?.used ? one.files : [];
    const gone = new Set(ids.flatMap((id) => filesOf(before(id))));
    const come = ids.toSorted().filter((id) => wanted.has(id)).map((id) => filesOf(known.get(id)));
    const nodeFiles = nodeFilesOf(answer, options);
    const links = this.#links.filter((one) => !gone.has(one));
    const files = this.#files.filter((one) => !gone.has(one));
    if (!areFree(come, { nodeFiles, lists: [links, files] })) return undefined;
    this.#links = merged(links, come.flat().filter((one): one is RenderedLink => one.kind === "link"));
    this.#files = merged(files, come.flat().filter((one): one is RenderedFile => one.kind === "file"));
    return { ...this.#notes(last, options), wanted: [...this.#links, ...this.#files, ...nodeFiles] };
  }

  #notes(last: Rendering, { wanted, known, touched: { ids } }: AssembleOptions & { readonly touched: Touched }) {
    const { refused, warnings, unexpressed } = last;
    const isSaid = (id: string) => {
      const one = wanted.has(id) ? known.get(id) : undefined;
      return one !== undefined && (one.refusal !== undefined || one.warnings.length + one.unexpressed.length > 0);
    };
    if (!ids.some((id) => this.#noted.has(id) || isSaid(id))) return { refused, warnings, unexpressed };
    for (const id of ids) {
      if (isSaid(id)) this.#noted.add(id);
      else this.#noted.delete(id);
    }
    const said = [...this.#noted].sort().flatMap((id) => known.get(id) ?? []);
    return {
      refused: said.flatMap(({ refusal }) => refusal ?? []),
      warnings: said.flatMap((one) => one.warnings),
      unexpressed: said.flatMap((one) => one.unexpressed),
    };
  }
}

/** Tells whether no path of new files is, holds, or lies below one that is taken. @param taken Lists sorted by path. */
function areFree(
  come: readonly (readonly Rendered[])[],
  { nodeFiles, lists }: { readonly nodeFiles: readonly Rendered[]; readonly lists: readonly (readonly Rendered[])[] },
): boolean {
  const own = new TakenPaths();
  if (nodeFiles.some((file) => own.claim([file], "") !== undefined)) return false;
  return come.every((files) =>
    own.claim(files, "") === undefined && files.every((file) => lists.every((list) => isFreeIn(list, file)))
  );
}

function isFreeIn(list: readonly Rendered[], { path, root }: Rendered): boolean {
  const below = `${path}/`;
  if (list[firstAt(list, below)]?.path.startsWith(below)) return false;
  for (let taken = path; taken.length > root.length; taken = taken.slice(0, taken.lastIndexOf("/"))) {
    if (list[firstAt(list, taken)]?.path === taken) return false;
  }
  return true;
}

function firstAt(list: readonly Rendered[], path: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.path < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is sorted but for its end is sorted in linear time. */
function merged(list: readonly Rendered[], come: readonly Rendered[]): readonly Rendered[] {
  return come.length === 0 ? list : [...list, ...come].sort(byPath);
}
