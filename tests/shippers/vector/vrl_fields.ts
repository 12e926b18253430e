/**
 * Reads the fields that a VRL program sets to literals, one `.name = literal` in a line; for tests that have no VRL at hand.
 *
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", '"': '"', "{": "{" };

/** Gives the fields by name. @throws {Error} If a literal is not one of VRL, or is a template. */
export function readVrlFields(program: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const line of program.split("\n")) {
    const match = /^\.([a-z_]+) = (["{].*)$/su.exec(line);
    if (match) fields[match[1]!] = new Reader(match[2]!).whole();
  }
  return fields;
}

/** Reads texts and objects of texts. */
class Reader {
  #at = 0;

  constructor(readonly text: string) {}

  whole(): unknown {
    const value = this.text.startsWith("{") ? this.#object() : this.#string();
    if (this.#at !== this.text.length) throw new Error(`A literal is followed by ${this.text.slice(this.#at)}`);
    return value;
  }

  #object(): Record<string, string> {
    const found: [string, string][] = [];
    this.#take(/\{/y);
    while (this.text[this.#at] !== "}") {
      if (found.length > 0) this.#take(/, /y);
      const name = this.#string();
      this.#take(/: /y);
      found.push([name, this.#string()]);
    }
    this.#take(/\}/y);
    return Object.fromEntries(found);
  }

  #string(): string {
    const inside = this.#take(/"((?:[^"\\]|\\[^])*)"/y)[1]!;
    if (/(?<!\\)\{\{/.test(inside.replaceAll("\\\\", ""))) throw new Error(`${inside} is a template`);
    return inside.replaceAll(/\\([^])/g, (_, letter: string) => {
      if (!Object.hasOwn(ESCAPES, letter)) throw new Error(`VRL has no escape \\${letter}`);
      return ESCAPES[letter]!;
    });
  }

  #take(expression: RegExp): RegExpExecArray {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.text);
    if (!match) throw new Error(`No literal: ${this.text.slice(this.#at)}`);
    this.#at = expression.lastIndex;
    return match;
  }
}
