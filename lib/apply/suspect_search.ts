/**
 * Finds those of many that a check refuses, by trying parts of them together with what was accepted already.
 *
 * @module
 */

/** Options of {@linkcode searchSuspects}. */
export interface SuspectSearchOptions<T> {
  /** Tries these, in addition to what is no suspect; tells what is wrong, undefined if nothing is. */
  readonly probe: (accepted: readonly T[]) => Promise<string | undefined>;
  /** What is wrong with all of them together. */
  readonly why: string;
  /** Whether it is known that what is no suspect is fine, so that not everything can be bad. */
  readonly isBaseGood: boolean;
  /** Number of searches among these that came to nothing: each one begins with others. Default 0. */
  readonly failedSearches?: number;
  /** Tells that the search has to end. */
  readonly isOver?: () => boolean;
}

/** What a search found. All that was accepted is fine together. */
export interface SuspectSearch<T> {
  readonly accepted: readonly T[];
  /** Those that are refused, with the reason. */
  readonly bad: ReadonlyMap<T, string>;
  /** Those that the search did not come to. */
  readonly open: readonly T[];
}

/** Suspects that are tried alone at first. */
const SAMPLES = 3;
/** Fewer suspects than this are not worth samples. */
const MIN_SAMPLED = 8;

/** Tells how many probes a search may make. */
export function mostProbes(suspects: number): number {
  return 2 * Math.ceil(Math.log2(suspects + 1)) + 16;
}

/**
 * Searches. One that is bad among n is found with at most 2 log2(n) + 3 probes; no search makes more than {@linkcode mostProbes}.
 *
 * If nothing that is tried is fine, it is not the suspects: then none of them is called bad.
 */
export async function searchSuspects<T>(
  suspects: readonly T[],
  options: SuspectSearchOptions<T>,
): Promise<SuspectSearch<T>> {
  const search = new Search(options, mostProbes(suspects.length));
  const samples = suspects.length < MIN_SAMPLED ? [] : sampleOf(suspects, options.failedSearches ?? 0);
  for (const one of samples) await search.add([one]);
  const { accepted, bad, open } = search;
  const isNothingFine = () => accepted.length === 0 && bad.size > 0;
  if (samples.length > 0 && isNothingFine()) return { accepted: [], bad: new Map(), open: suspects };
  const others = suspects.filter((one) => !samples.includes(one));
  await search.add(others, bad.size + open.length === 0 ? options.why : undefined);
  if (isNothingFine() && !options.isBaseGood) return { accepted: [], bad: new Map(), open: suspects };
  return { accepted, bad, open };
}

class Search<T> {
  readonly accepted: T[] = [];
  readonly bad = new Map<T, string>();
  readonly open: T[] = [];
  readonly #options: SuspectSearchOptions<T>;
  #probes: number;

  constructor(options: SuspectSearchOptions<T>, probes: number) {
    this.#options = options;
    this.#probes = probes;
  }

  /**
   * Sorts a group into those that are fine and those that are not.
   *
   * @param why What is wrong with it together with all that is accepted, where that is known.
   * @returns Whether all of it is fine.
   */
  async add(group: readonly T[], why?: string): Promise<boolean> {
    if (group.length === 0) return true;
    const { probe, isOver } = this.#options;
    if (why === undefined) {
      if (this.#probes-- <= 0 || isOver?.()) {
        this.open.push(...group);
        return false;
      }
      why = await probe([...this.accepted, ...group]);
    }
    if (why === undefined) {
      this.accepted.push(...group);
      return true;
    }
    if (group.length === 1) {
      this.bad.set(group[0]!, why);
      return false;
    }
    const half = group.length >> 1;
    const isFirstFine = await this.add(group.slice(0, half));
    // With the first half all is well, so what is wrong is in the second.
    return await this.add(group.slice(half), isFirstFine ? why : undefined) && isFirstFine;
  }
}

/** Picks some that lie apart, others each time. */
function sampleOf<T>(suspects: readonly T[], time: number): T[] {
  const step = Math.floor(suspects.length / SAMPLES);
  return Array.from(
    { length: SAMPLES },
    (_, index) => suspects[index * step + ((step >> 1) + time * 7 + index) % step]!,
  );
}
