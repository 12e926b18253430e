/**
 * How values are written in Splunk's .conf files, and a reader that refuses what Splunk would take for something else.
 *
 * A value ends at the end of its line, and a backslash there goes on with the next one; there are no quotes and no escapes (inputs.conf.spec, Splunk 9). So what cannot be
 * written is replaced.
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";

/** Writes a text as a value, and an object as the pairs of `_meta`. */
function write(value: unknown): string {
  if (typeof value === "string") return oneLine(value);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value).map(([name, text]) => `${fieldName(name)}::${fieldValue(String(text))}`).join(" ");
  }
  throw new TypeError(`Cannot write ${JSON.stringify(value)} as text: it is neither a text nor an object`);
}

/** Makes one line of a text that does not go on with the next. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
  return line.replace(/[\s\\]+$/, "") || "_";
}

function fieldName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_");
}

/** A blank ends the value of a field, and two colons begin one. */
function fieldValue(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._:/@+,=-]/gu, "_").replaceAll("::", ":_") || "_";
}

const LINE = /^(?:#.*|\[([^\]]+)\]|([A-Za-z_]+) = (\S|\S.*[^\s\\])|)$/u;

/** Reads a file: comments, headers of stanzas, and settings, of each stanza each once. */
function check(text: string): void {
  let seen: Set<string> | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const match = LINE.exec(line);
    if (!match || /[\p{Cc}\u2028\u2029]/u.test(line)) {
      throw new SyntaxError(`line ${index + 1} is ${JSON.stringify(line.slice(0, 100))}`);
    }
    const [, header, name] = match;
    if (header !== undefined) seen = new Set();
    if (name === undefined) continue;
    if (!seen) throw new SyntaxError(`line ${index + 1} is before all stanzas`);
    if (seen.has(name)) throw new SyntaxError(`line ${index + 1} has ${name} a second time`);
    seen.add(name);
  }
}

/** The language, for the agent's `languages`. */
export const splunkConf: Language = { write, check };
