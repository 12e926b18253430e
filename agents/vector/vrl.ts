/**
 * Writes values as literals of VRL, Vector's language.
 *
 * Checked against the lexer of VRL 0.38: strings know `\\ \" \n \r \t \0` and `\{`, which keeps `{{name}}` from being a template; other characters stand for themselves.
 *
 * @module
 */

const ESCAPED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Values as VRL takes them into a program. */
export type VrlValue = string | number | Readonly<Record<string, string>>;

/** A regular expression that is to be written as a literal of VRL. */
export class VrlPattern {
  constructor(readonly pattern: string) {}
}

/** Puts values into the text of a program, each as a complete literal. */
export function vrl(parts: TemplateStringsArray, ...values: readonly (VrlValue | VrlPattern)[]): string {
  return String.raw({ raw: parts }, ...values.map(literal));
}

function literal(value: VrlValue | VrlPattern): string {
  if (value instanceof VrlPattern) return pattern(value.pattern);
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return float(value);
  return `{${Object.entries(value).map(([name, item]) => `${text(name)}: ${text(item)}`).join(", ")}}`;
}

function text(value: string): string {
  return `"${value.replaceAll(/[\\"{]/g, "\\$&").replaceAll(/[\n\r\t]/g, (character) => ESCAPED[character]!)}"`;
}

/** A number with a point, as it would be an integer otherwise; VRL knows no exponents. */
function float(value: number): string {
  const digits = String(value);
  if (/e/.test(digits)) return value.toFixed(20);
  return digits.includes(".") ? digits : `${digits}.0`;
}

/** `r'...'` has no escapes of its own: what would end it, or its line, is written by the expression's own. */
function pattern(source: string): string {
  const inside = source.replaceAll(
    /\\([^])|['\p{Cc}]/gsu,
    (found, escaped?: string) => hexadecimal(escaped ?? found) ?? found,
  );
  return `r'${inside}'`;
}

function hexadecimal(character: string): string | undefined {
  if (!/^['\p{Cc}]$/u.test(character)) return undefined;
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
