/**
 * Texts in which record_transformer finds nothing to replace.
 *
 * It replaces `${...}` and `__NAME__` in every text and every key, unknown ones by nothing, and has no escape. What it puts in is not looked at again, so a `$`
 * before a brace and the first of two `_` are put in by it themselves, from two fields that are there for that.
 *
 * @module
 */

/** Fields that a record has while its attributes are added. */
export const MARKS = { klw_dollar: "$", klw_underscore: "_" } as const;

const DOLLAR = '${record["klw_dollar"]}';
const UNDERSCORE = '${record["klw_underscore"]}';

/** Tells whether record_transformer might replace something in a text. */
function isReplaced(text: string): boolean {
  return text.includes("${") || /__[A-Z_]+__/.test(text);
}

/** Writes a text so that record_transformer makes the text itself of it. */
export function asTemplate(text: string): string {
  if (!isReplaced(text)) return text;
  return text.replaceAll("${", () => `${DOLLAR}{`).replaceAll("__", () => `${UNDERSCORE}_`);
}

/** Tells whether a template needs the fields of {@linkcode MARKS}. */
export function needsMarks(template: string): boolean {
  return /\$\{record\[\\?"klw_/.test(template);
}
