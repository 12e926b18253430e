/**
 * Takes over patterns and replacements of other programs, which have more than what all shippers read alike.
 *
 * @module
 */
import type { RedactionRule } from "./log_hints.ts";
import { whyNotPortable } from "./portable_pattern.ts";
import { DEFAULT_REPLACEMENT, isReplacement, type Refuse } from "./rule_list.ts";

/** Gives a pattern if it is portable; else says why it is not. */
export function readForeignPattern(
  value: unknown,
  { refuse, matchesText = false }: { refuse: Refuse; matchesText?: boolean },
): string | undefined {
  if (typeof value !== "string") return void refuse("a regular expression");
  const why = whyNotPortable(value, { matchesText });
  if (why === undefined) return value;
  return void refuse(`a regular expression that all shippers read alike; it has ${why}`);
}

/**
 * Makes a redaction rule. Where the replacement cannot be taken over, because it refers to groups or is no line, what is matched is hidden all the same.
 *
 * @param options.references Finds references to groups in a replacement.
 */
export function foreignRedaction(
  { pattern, replacement }: { pattern: string; replacement: unknown },
  { references, refuse }: { references: RegExp; refuse: Refuse },
): RedactionRule {
  if (replacement === undefined) return { pattern, replacement: DEFAULT_REPLACEMENT };
  if (isReplacement(replacement) && !references.test(replacement)) return { pattern, replacement };
  refuse(`a replacement that is plain text on one line; ${DEFAULT_REPLACEMENT} is taken`);
  return { pattern, replacement: DEFAULT_REPLACEMENT };
}
