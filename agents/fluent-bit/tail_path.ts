/**
 * Paths as the input tail takes them: patterns of glob(3), several between commas, with variables.
 *
 * @module
 */

/** Makes the pattern that stands for one file; a comma can only be written as any character. */
export function tailPath(path: string): string {
  return path.replace(/[*?[\\]/g, "\\$&").replaceAll(",", "?").replaceAll("${", "[$]{");
}
