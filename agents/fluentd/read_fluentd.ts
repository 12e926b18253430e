/**
 * Reads Fluentd's configuration language, v1, as far as files of this agent use it, and refuses what Fluentd would run or refuse.
 *
 * Follows lib/fluent/config/v1_parser.rb and literal_parser.rb of Fluentd 1.16. Values that are JSON without quotes and single-quoted ones are not taken.
 *
 * @module
 */

/** A section, `<name argument>` to `</name>`. */
export interface Section {
  readonly name: string;
  readonly argument: string;
  readonly values: ReadonlyMap<string, string>;
  readonly sections: readonly Section[];
}

/** A text is not a configuration that Fluentd takes. */
export class FluentdSyntaxError extends Error {
  override name = "FluentdSyntaxError";
}

const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f", b: "\b", 0: "\0" };

/**
 * Reads a file.
 *
 * @returns Its sections; a file of this agent has no values outside of them.
 * @throws {FluentdSyntaxError} If it is none.
 */
export function readFluentd(text: string): readonly Section[] {
  const reader = new Reader(text.split("\n"));
  const { values, sections } = reader.body(undefined);
  if (values.size > 0) throw new FluentdSyntaxError(`value ${[...values.keys()][0]} is in no section`);
  return sections;
}

class Reader {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /** Reads to the end of a section, or of the file. */
  body(name: string | undefined): Pick<Section, "values" | "sections"> {
    const values = new Map<string, string>();
    const sections: Section[] = [];
    for (;;) {
      const line = this.#lines[this.#at++]?.trim();
      if (line === undefined) {
        if (name === undefined) return { values, sections };
        this.#refuse(`section ${name} has no end`);
      }
      if (line === "" || line.startsWith("#")) continue;
      const end = /^<\/([A-Za-z0-9_]+)>$/.exec(line);
      if (end) {
        if (end[1] !== name) this.#refuse(`</${end[1]}> ends section ${name ?? "of nothing"}`);
        return { values, sections };
      }
      const start = /^<([A-Za-z0-9_]+)(?: ([^\s>]+))?>$/.exec(line);
      if (start) {
        const [, inner = "", argument = ""] = start;
        sections.push({ name: inner, argument, ...this.body(inner) });
        continue;
      }
      const value = /^([@A-Za-z_][A-Za-z0-9_]*) ([^]*)$/.exec(line);
      if (!value) this.#refuse(`${JSON.stringify(line.slice(0, 100))} is neither a value nor a section`);
      // Another file is read in its place.
      if (name === undefined && value[1] === "@include" && this.#value(value[2]!) !== "") continue;
      if (values.has(value[1]!)) this.#refuse(`value ${value[1]} is there twice`);
      values.set(value[1]!, this.#value(value[2]!));
    }
  }

  #value(text: string): string {
    if (text.startsWith('"')) return this.#quoted(text);
    if (/^['{[]/.test(text)) this.#refuse("a value without double quotes begins with ', { or [");
    if (/#\{|\s#/.test(text)) this.#refuse("a value without double quotes has code or a comment");
    return text;
  }

  #quoted(text: string): string {
    const parts: string[] = [];
    // Long texts are read in long pieces.
    const piece = /[^"\\#]+|\\([^])|#(?!\{)/y;
    for (let at = piece.lastIndex = 1;; at = piece.lastIndex) {
      const match = piece.exec(text);
      if (match) {
        parts.push(match[1] === undefined ? match[0] : this.#escape(match[1]));
        continue;
      }
      if (text.startsWith("#{", at)) this.#refuse("code #{...} in a quoted value");
      if (text[at] !== '"') this.#refuse("a quoted value has no end");
      if (at !== text.length - 1) this.#refuse("something stands after the end of a quoted value");
      return parts.join("");
    }
  }

  #escape(character: string): string {
    if (Object.hasOwn(LETTERS, character)) return LETTERS[character]!;
    if (/[A-Za-z0-9]/.test(character)) this.#refuse(`unknown escape \\${character}`);
    return character;
  }

  #refuse(what: string): never {
    throw new FluentdSyntaxError(`line ${this.#at}: ${what}`);
  }
}
