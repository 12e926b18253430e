/**
 * Did-you-mean: the known word that a mistyped one is nearest to.
 *
 * @module
 */

/** Letters that a word must have to be taken for the beginning of a longer one. */
const MIN_CUT_LENGTH = 5;

/**
 * Finds the candidate with the fewest edits to `word`, when few enough that a typing error is likely; else the only one that begins with
 * `word`, which was cut short then.
 * @returns The candidate; undefined when none is near.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...new Set(candidates)];
  return nearest(word, all) ?? continuation(word, all);
}

/** Finds what a word of some length continues to. */
function continuation(word: string, candidates: readonly string[]): string | undefined {
  const longer = candidates.filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()));
  return word.length >= MIN_CUT_LENGTH && longer.length === 1 ? longer[0] : undefined;
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.min(4, Math.floor(word.length / 3)));
  let best: string | undefined;
  let fewest = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= fewest) continue;
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Makes the words `; did you mean X?` to end a message with; empty when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = suggest(word, candidates);
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** Counts edits by Damerau and Levenshtein: insert, delete, replace, swap of neighbours (no part is edited twice). */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = from[row - 1] === to[column - 1] ? 0 : 1;
      let edits = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + replaced);
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap) edits = Math.min(edits, beforeLast[column - 2]! + 1);
      current.push(edits);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length]!;
}
