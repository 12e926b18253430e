/**
 * Regular expressions as the Datadog agent takes them: Go's, that is RE2's.
 *
 * @module
 */

/** What containerd and CRI-O write before each line. */
export const CRI_PREFIX = "\\S+ (?:stdout|stderr) [FP]\\S* ";

/** Writes a pattern so that no percent sign in it is one of a template variable, and nothing in front of it could change it. */
export function whole(pattern: string): string {
  return `(?:${pattern.replace(/\\[^]|%/g, (part) => part === "%" || part === "\\%" ? "\\x25" : part)})`;
}

/**
 * Makes the pattern of lines in which, after a prefix, a pattern is found. Datadog puts `^` before it.
 *
 * @returns undefined where `^` stands elsewhere than at the start of an alternative: it means the end of the prefix then, and RE2 cannot say that.
 */
export function afterPrefix(pattern: string, prefix: string): string | undefined {
  const alternatives: string[] = [];
  for (const alternative of alternativesOf(pattern)) {
    const isAnchored = alternative.startsWith("^");
    const rest = isAnchored ? alternative.slice(1) : alternative;
    if (hasStartAnchor(rest)) return undefined;
    alternatives.push(`${isAnchored ? "" : ".*"}${whole(rest)}`);
  }
  return `${prefix}(?:${alternatives.join("|")})`;
}

/** An escaped character, a class, or any other character. */
const TOKEN = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^]/g;

/** Takes a pattern apart at the bars that are in no group. */
function alternativesOf(pattern: string): string[] {
  const alternatives = [""];
  let depth = 0;
  for (const [token] of pattern.matchAll(TOKEN)) {
    if (token === "(") depth++;
    if (token === ")") depth--;
    if (token === "|" && depth === 0) alternatives.push("");
    else alternatives[alternatives.length - 1] += token;
  }
  return alternatives;
}

function hasStartAnchor(pattern: string): boolean {
  return [...pattern.matchAll(TOKEN)].some(([token]) => token === "^");
}
