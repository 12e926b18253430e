/**
 * Fluentd's configuration language, v1: every value is a double-quoted literal.
 *
 * In double quotes `#{...}` is Ruby that is run when the file is read, so `#` is always escaped. A backslash before any other letter or digit than those
 * below is an error (lib/fluent/config/literal_parser.rb, 1.16).
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";
import { readFluentd } from "./read_fluentd.ts";

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\f", "\\f"],
  ["\b", "\\b"],
]);

/** The language of the files for Fluentd. `{ name: "klw_1" }` is the name of a label, which cannot be quoted. */
export const fluentd: Language = {
  write(value) {
    if (typeof value === "string") return quoted(value);
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    const name = (value as { readonly name?: unknown } | null)?.name;
    if (typeof name === "string" && /^[a-z0-9_]+$/.test(name)) return `@${name}`;
    throw new TypeError(`Cannot write ${JSON.stringify(value)} for Fluentd: it is neither a text nor a label's name`);
  },
  check: readFluentd,
};

function quoted(text: string): string {
  const escaped = text.replace(/["\\#]/g, "\\$&").replace(/[\n\r\t\f\b]/g, (control) => CONTROLS.get(control)!);
  return `"${escaped}"`;
}
