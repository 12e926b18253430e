/**
 * YAML in which nothing is a variable to Fluent Bit.
 *
 * Every property is searched for `${NAME}`, values of processors twice (5.1), and there is no escape; a name that is not set leaves nothing behind.
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";

/** The language of the files for Fluent Bit. */
export const fluentBitYaml: Language = {
  like: "yaml",
  write: (value, like) => like(inertData(value)),
  check(text) {
    const at = text.indexOf("${");
    if (at !== -1) throw new Error(`${JSON.stringify(text.slice(at, at + 20))} would be taken for a variable`);
  },
};

/**
 * Puts a space between `$` and `{`. Where there are spaces already one is added, so that two texts never become the same.
 */
export function inertText(text: string): string {
  return text.replace(/\$(?= *\{)/g, "$ ");
}

function inertData(value: unknown): unknown {
  if (typeof value === "string") return inertText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inertData);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [inertText(key), inertData(item)]));
}
