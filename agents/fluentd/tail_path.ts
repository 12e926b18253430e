/**
 * Paths as in_tail takes them: strftime(3), several with a delimiter between, a pattern where there is an asterisk.
 *
 * @module
 */

const DELIMITERS = [",", "|", ";", "\t", "\n"];

/** Gives what in_tail reads as one path. */
export function tailPath(path: string): { path: string; delimiter: string } {
  const escaped = path.includes("*") ? path.replace(/[*?[\]{}\\]/g, "\\$&") : path;
  const delimiter = DELIMITERS.find((one) => !path.includes(one)) ?? "\u0001";
  return { path: escaped.replaceAll("%", "%%"), delimiter };
}
