/**
 * Makes the pattern of a record's first line: AppDynamics compares it with the raw line, the runtime's prefix included.
 *
 * @module
 */

/** Time, stream and tag that containerd and CRI-O write before each line. */
const CRI_PREFIX = "^\\S+ \\S+ \\S+ ";

/**
 * Puts the prefix of the CRI format before a pattern of bare lines.
 *
 * @param firstLine Portable pattern.
 * @returns undefined if `^` stands elsewhere than at its start, or in one of several alternatives only.
 */
export function recordStart(firstLine: string): string | undefined {
  const { carets, hasAlternatives } = anchorsOf(firstLine);
  if (carets === 0) return `${CRI_PREFIX}.*(?:${firstLine})`;
  return carets === 1 && firstLine.startsWith("^") && !hasAlternatives ? CRI_PREFIX + firstLine.slice(1) : undefined;
}

/** Counts the anchors of a pattern, and tells whether it has alternatives outside of all groups. */
function anchorsOf(pattern: string): { carets: number; hasAlternatives: boolean } {
  let carets = 0;
  let depth = 0;
  let hasAlternatives = false;
  // Escapes, classes, and single characters.
  for (const [part] of pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[^]/g)) {
    if (part === "^") carets++;
    else if (part === "(") depth++;
    else if (part === ")") depth--;
    else if (part === "|" && depth === 0) hasAlternatives = true;
  }
  return { carets, hasAlternatives };
}
