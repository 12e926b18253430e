/**
 * Ruby that works on the field `log`, for record_transformer with `enable_ruby`.
 *
 * Patterns and replacements come from pods, so none of their characters is Ruby: they are written in hexadecimal digits, which Ruby packs into text when it
 * runs. `@...` keeps a compiled expression between records.
 *
 * @module
 */
import type { RedactionRule, SamplingRule } from "../../lib/render/agent.ts";

/**
 * The line as UTF-8, since in_tail reads bytes, and Ruby refuses to match an expression with bytes that are no UTF-8; and without the newline that Docker's
 * lines end with, of which a pattern knows nothing.
 */
const LINE = 'record["log"].to_s.dup.force_encoding("UTF-8").scrub.delete_suffix("\\n")';

/** Placeholder that is the line as UTF-8, without its newline. */
export const PLAIN_LINE = placeholder(LINE);

/** Makes the placeholder that is the line with all rules applied, one after the other. */
export function redacted(rules: readonly RedactionRule[]): string {
  const steps = rules.map(({ pattern, replacement }, index) =>
    `.gsub(${expression(pattern, `redaction_${index}`)}) { ${text(replacement)} }`
  );
  return placeholder(LINE + steps.join(""));
}

/** Makes the placeholder that says whether the line is dropped: the first rule that matches decides. */
export function isDropped(rules: readonly SamplingRule[]): string {
  const cases = rules.map(({ pattern, rate }, index) =>
    `when ${expression(pattern, `sampling_${index}`)}.match?(line) then ::Kernel.rand >= ${Number(rate)}`
  );
  return placeholder(`line = ${LINE}; case ${cases.join(" ")} else false end`);
}

/** A value that is one placeholder and nothing else keeps its type, and is taken for Ruby as it is. */
function placeholder(code: string): string {
  return `\${(${code})}`;
}

function expression(pattern: string, name: string): string {
  return `(@${name} ||= ::Regexp.new(${text(pattern)}))`;
}

function text(value: string): string {
  return `["${hex(value)}"].pack("H*").force_encoding("UTF-8")`;
}

function hex(value: string): string {
  const bytes = new TextEncoder().encode(value);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
