/**
 * Literals of the language expr, in which operators of the file log receiver have their conditions (expr-lang 1.17).
 *
 * @module
 */

/** Writes a text as a literal; it has no `EXPR(` in it, which the receiver would look for again. */
export function exprText(value: string): string {
  // deno-lint-ignore no-control-regex
  const escaped = value.replaceAll(/[\\"]/g, "\\$&").replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, unicode);
  return `"${escaped.replaceAll("EXPR(", "\\u0045XPR(")}"`;
}

/** Makes the condition that a pattern is found in a line of the body. */
export function bodyHas(pattern: string): string {
  return `body matches ${exprText(inLines(pattern))}`;
}

/** Has `^` and `$` match at each line. */
export function inLines(pattern: string): string {
  return `(?m)${pattern}`;
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
