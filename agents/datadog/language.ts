/**
 * YAML in which the Datadog agent replaces nothing.
 *
 * It replaces template variables, `%%env_NAME%%` and others, in logs configurations too, and asks the secrets backend for a value that is wholly `ENC[...]`;
 * neither has an escape.
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";

/** The language of the files for Datadog. */
export const datadogYaml: Language = {
  like: "yaml",
  write: (value, like) => like(inertData(value)),
  check(text) {
    const at = text.indexOf("%%");
    if (at !== -1) throw new Error(`${JSON.stringify(text.slice(at, at + 20))} would be taken for a template variable`);
  },
};

/**
 * Puts a space between two percent signs, and between `ENC` and `[` at the start. Where there are spaces already one is added, so that two texts never become
 * the same.
 */
export function inertText(text: string): string {
  return text.replace(/%(?= *%)/g, "% ").replace(/^([ \t]*ENC)(?= *\[)/, "$1 ");
}

function inertData(value: unknown): unknown {
  if (typeof value === "string") return inertText(value);
  if (Array.isArray(value)) return value.map(inertData);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [inertText(key), inertData(item)]));
}
