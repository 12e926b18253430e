/**
 * Alloy's configuration syntax, as of `github.com/grafana/alloy/syntax`.
 *
 * @module
 */
import type { Language } from "../../lib/render/agent.ts";

/** Texts are literals of Go; nothing in them is replaced by anything. */
export const ALLOY: Language = { write, check };

function write(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(write).join(", ")}]`;
  if (value === null) return "null";
  return `{${Object.entries(value as object).map(([name, item]) => `${quoted(name)} = ${write(item)}`).join(", ")}}`;
}

/** Writes a text as Go and Alloy take it: JSON, but for the mark U+FEFF, which Go refuses within a source. LogQL takes the same. */
export function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\ufeff", "\\ufeff");
}

/** What texts of Go have after a backslash. */
const STRING = /"(?:[^"\\\n\ufeff]|\\(?:[abfnrtv\\"]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}))*"/y;
const TOKENS: readonly [kind: string, expression: RegExp][] = [
  ["end", /[ \t]*\n\s*/y],
  ["", /[ \t]+|\/\/[^\n]*/y],
  ["string", STRING],
  ["number", /-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ["name", /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y],
  ["sign", /[={}[\],]/y],
];

interface Token {
  readonly kind: string;
  readonly text: string;
}

/** Refuses what is not made of blocks and attributes as this agent writes them. */
function check(text: string) {
  new Body(tokensOf(text)).readAll();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = TOKENS.map(([kind, expression]) => {
      expression.lastIndex = at;
      return { kind, text: expression.exec(text)?.[0] ?? "" };
    }).find((token) => token.text !== "");
    if (!found) throw new Error(`It has ${quoted(text.slice(at, at + 20))}, which Alloy does not take`);
    at += found.text.length;
    if (found.kind !== "") tokens.push(found);
  }
  return tokens;
}

/** Reads statements: `name = value`, and `name "label" { statements }`. */
class Body {
  #at = 0;

  constructor(readonly tokens: readonly Token[]) {}

  readAll() {
    this.#statements();
    if (this.#at < this.tokens.length) this.#fail("a statement");
  }

  #statements() {
    while (this.#take("end") || this.#is("name")) {
      if (!this.#take("name")) continue;
      if (this.#take("sign", "=")) this.#value();
      else this.#block();
      const isLast = this.#at === this.tokens.length || this.#is("sign", "}");
      if (!isLast && !this.#is("end")) this.#fail("the end of a line");
    }
  }

  #block() {
    this.#take("string");
    if (!this.#take("sign", "{")) this.#fail("{");
    this.#statements();
    if (!this.#take("sign", "}")) this.#fail("}");
  }

  #value() {
    if (this.#take("string") || this.#take("number") || this.#take("name")) return;
    const isObject = this.#is("sign", "{");
    if (!this.#take("sign", "{") && !this.#take("sign", "[")) this.#fail("a value");
    const close = isObject ? "}" : "]";
    while (this.#take("end") || !this.#take("sign", close)) {
      if (this.#is("sign", close)) continue;
      if (isObject && !((this.#take("string") || this.#take("name")) && this.#take("sign", "="))) this.#fail("a key");
      this.#value();
      if (!this.#take("sign", ",") && !this.#is("sign", close)) this.#fail(`, or ${close}`);
    }
  }

  #is(kind: string, text?: string): boolean {
    const token = this.tokens[this.#at];
    return token?.kind === kind && (text === undefined || token.text === text);
  }

  #take(kind: string, text?: string): boolean {
    const isNext = this.#is(kind, text);
    if (isNext) this.#at++;
    return isNext;
  }

  #fail(expected: string): never {
    const token = this.tokens[this.#at]?.text ?? "its end";
    throw new Error(`It has ${JSON.stringify(token.slice(0, 40))} where Alloy expects ${expected}`);
  }
}
