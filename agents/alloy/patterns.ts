/**
 * Patterns and replacements in the words of loki.process.
 *
 * @module
 */
import { quoted } from "./language.ts";

/** Makes the selector of the lines for which a rule decides: they match it, and none of the rules before. */
export function selectorOf(
  containerId: string,
  { pattern, before }: { pattern: string; before: readonly string[] },
): string {
  const filters = [...before.map((one) => ` !~ ${quoted(one)}`), ` |~ ${quoted(pattern)}`];
  return `${containerSelector(containerId)}${filters.join("")}`;
}

/** Makes the selector of all lines of a container. */
export function containerSelector(containerId: string): string {
  return `{container_id=${quoted(containerId)}}`;
}

/**
 * Makes one group of the whole pattern: stage.replace replaces groups, not matches, and each of them.
 *
 * @param pattern Has no groups but `(...)` and `(?:...)`.
 */
export function asOneGroup(pattern: string): string {
  const inside = pattern.replaceAll(
    /\\[^]|\[(?:[^\\\]]|\\[^])*\]|\((?!\?)/g,
    (found) => found === "(" ? "(?:" : found,
  );
  return `(${inside})`;
}

/** Writes plain text as a template of Go, which stage.replace takes the replacement for. */
export function asTemplate(text: string): string {
  return text.replaceAll("{{", '{{"{{"}}');
}
