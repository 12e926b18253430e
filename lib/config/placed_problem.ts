/**
 * What is wrong with a file, with its place taken out of the sentence: for programs that read messages, and to sort them.
 *
 * @module
 */

/** A sentence with its place, where it has one. */
export interface PlacedProblem {
  /** Sentence without the place. */
  readonly message: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** Finds the place that a sentence begins with, `<path>:<line>:<column>`. */
export function placedProblem(sentence: string, path: string): PlacedProblem {
  const match = sentence.startsWith(`${path}:`) ? /^:(\d+):(\d+):? (.*)$/s.exec(sentence.slice(path.length)) : null;
  if (!match) return { message: sentence };
  return { file: path, line: Number(match[1]), column: Number(match[2]), message: match[3]! };
}

/** Sorts sentences by their places in a file; those without one come last, in their order. */
export function sortByPlace(sentences: readonly string[], path: string): string[] {
  const placed = sentences.map((sentence) => ({ sentence, ...placedProblem(sentence, path) }));
  placed.sort((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || (a.column ?? 0) - (b.column ?? 0));
  return placed.map(({ sentence }) => sentence);
}
