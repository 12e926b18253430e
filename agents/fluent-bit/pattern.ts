/**
 * Regular expressions as Fluent Bit takes them: Onigmo with Ruby's syntax, between slashes.
 *
 * @module
 */
import type { SamplingRule } from "../../lib/render/agent.ts";

/** Makes the rule's regex for lines in which the pattern is found. */
export function found(pattern: string): string {
  return `/${inert(pattern)}/`;
}

/** Makes the rule's regex for lines in which the pattern is not found; `(?m:.)` is any character, newlines too. */
export function notFound(pattern: string): string {
  return `/\\A(?!(?m:.*)(?:${inert(pattern)}))/`;
}

/**
 * Makes the regexes of what is dropped by rules of which the first that matches decides: a rule with rate 0 drops what none before it keeps.
 *
 * @param rules Those with a rate above 0 keep all that they match.
 */
export function dropped(rules: readonly SamplingRule[]): string[] {
  return rules.flatMap(({ pattern, rate }, index) => {
    if (rate > 0) return [];
    const kept = rules.slice(0, index).filter((rule) => rule.rate > 0);
    const unless = kept.map((rule) => `(?!(?m:.*)(?:${inert(rule.pattern)}))`).join("");
    return [`/\\A${unless}(?m:.*)(?:${inert(pattern)})/`];
  });
}

/**
 * Writes `$` as `\x24` where a brace follows, which Fluent Bit would take for a variable. A portable pattern has it so only for the character, escaped or in
 * a class, never for the end of the line.
 */
function inert(pattern: string): string {
  return pattern.replace(/\\[^]|\$/g, (part, at: number) => {
    const isDollar = part === "$" || part === "\\$";
    return isDollar && pattern[at + part.length] === "{" ? "\\x24" : part;
  });
}

/** An escaped character, a class, or any other character. */
const TOKEN = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|[^]/g;

/** Kinds of characters that are ends of lines, too, without these. */
const KINDS: Readonly<Record<string, string>> = { "\\s": "[ \\t\\r\\f\\v]", "\\W": "[^\\w\\n]", "\\D": "[^\\d\\n]" };

/**
 * Makes a pattern that matches no newline. Docker's lines end with one, of which a pattern knows nothing: `[^a]$` must not find it in `a`.
 */
export function withoutNewline(pattern: string): string {
  return pattern.replace(TOKEN, (token) => {
    if (token.startsWith("[^")) return `[^\\n${token.slice(2)}`;
    if (token.startsWith("[")) return /\\[sWDn]/.test(token) ? `[[^\\n]&&${token.slice(1)}` : token;
    return KINDS[token] ?? token;
  });
}
