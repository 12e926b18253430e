/**
 * How values are written in syslog-ng's configuration, and a reader that refuses what syslog-ng would refuse.
 *
 * Strings are in double quotes, with backslash escapes. A backtick substitutes, even in quotes, and is written twice; where a string is a template, a dollar sign
 * begins a macro or a function, and is written twice, too (syslog-ng 3.38, lib/cfg-lex.l, and as the program itself reads them).
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";

/** A text that syslog-ng takes as it stands: a path or a pattern. All others are written for templates. */
export interface PlainText {
  readonly plain: string;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "`": "``",
};

/** Writes texts, {@linkcode PlainText} and numbers. */
function write(value: unknown): string {
  if (typeof value === "string") return quoted(value).replaceAll("$", "$$$$");
  if (typeof value === "number") return String(value);
  const plain = (value as PlainText | null)?.plain;
  if (typeof plain === "string") return quoted(plain);
  throw new TypeError(`Cannot write ${JSON.stringify(value)} as text: it is neither a text nor a number`);
}

function quoted(text: string): string {
  // deno-lint-ignore no-control-regex
  return `"${text.replaceAll(/[\\"`\u0000-\u001f\u007f]/g, (c) => SHORT_ESCAPES[c] ?? hex(c))}"`;
}

function hex(c: string): string {
  return `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** Blank space and comments, strings, words, and the other signs that the templates use. */
const TOKEN = /(?:\s|#[^\n]*\n)+|("(?:[^"\\`\n]|\\[\\"nrt]|\\x[0-9a-f]{2}|``)*")|([\w.-]+)|([(){};,<])/y;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "{": "}" };

/** Reads a file of the part of the language that the templates are written in. */
function check(text: string): void {
  const open: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text);
    if (!token) throw new SyntaxError(`line ${lineOf(text, at)} has ${JSON.stringify(text.slice(at, at + 20))}`);
    const sign = token[3] ?? "";
    if (sign in CLOSING) open.push(CLOSING[sign]!);
    else if (/[)}]/.test(sign) && open.pop() !== sign) {
      throw new SyntaxError(`line ${lineOf(text, at)} has a ${sign} too many`);
    }
  }
  if (open.length > 0) throw new SyntaxError(`${open.at(-1)} is missing at its end`);
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

/** The language, for the agent's `languages`. */
export const syslogNg: Language = { write, check };
