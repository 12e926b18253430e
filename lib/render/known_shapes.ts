/**
 * Remembers which shapes of YAML parse, so that thousands of files that differ in their quoted values alone are not parsed one by one.
 *
 * A shape is a text without the contents of those double-quoted strings that end a line, behind a key or a dash, or a map on one line. What such a string holds
 * changes nothing of how the rest is read, provided that it is a whole scalar, which is found out once for each shape, and that it holds only
 * what any YAML parser takes as it stands.
 *
 * @module
 */

/** Shapes that are remembered; an agent's templates make a few. */
const MAX_SHAPES = 256;

/**
 * Longest text whose shape is remembered, in UTF-16 units. That of a file for the whole node is another one after each change: a hundred of
 * them would fill the memory, and trying them would take as long again as parsing them.
 */
const MAX_LENGTH = 16_384;

/**
 * The inside of a quoted string as JSON writes it. Left to the parser: control characters, the line breaks of YAML 1.1 (NEL, LS, PS), byte order marks, and
 * surrogates, whole or halved, as characters or as escapes.
 */
const INSIDE = String
  .raw`(?:[^"\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|\\["\\bfnrt]|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4})*`;
const KEY = "[A-Za-z_][A-Za-z0-9_.-]*: ";
/** The pairs before the last one of a map on one line. */
const PAIRS = `(?:${KEY}(?:[A-Za-z0-9_.-]+|"${INSIDE}"), )*`;

/** A quoted string that ends a line, behind what can only be a key or dashes, or that ends a map on one line. */
const QUOTED = new RegExp(`^( *(?:- )*(?:- |${KEY}|\\{${PAIRS}${KEY}))"${INSIDE}"(\\}?)$`, "gm");

/** What takes the place of a string while a shape is tried. */
const MARK = "\u00a7mark\u00a7";

/**
 * Shapes that parsed, each with something that follows from the shape alone. A shape is tried when it is met for the second time: where a value stands
 * in another place than at the end of a line, every file has a shape of its own, and trying it would take as long again as parsing the file.
 */
export class KnownShapes<T extends object> {
  readonly #parse: (text: string) => unknown;
  readonly #gist: (value: unknown) => T;
  readonly #known = new Map<string, T | "met once" | "not sound">();

  /**
   * @param parse Parses a text. Throws if it cannot be parsed.
   * @param gist Gives of the parsed value what is needed; it must not depend on the contents of strings.
   */
  constructor(parse: (text: string) => unknown, gist: (value: unknown) => T) {
    this.#parse = parse;
    this.#gist = gist;
  }

  /** Gives the gist of a text. @throws {unknown} What the parser throws. */
  gistOf(text: string): T {
    if (text.length > MAX_LENGTH) return this.#gist(this.#parse(text));
    let count = 0;
    const shape = text.replace(QUOTED, (_, head: string, tail: string) => (count++, `${head}""${tail}`));
    const known = this.#known.get(shape);
    if (typeof known === "object") return known;
    const gist = this.#gist(this.#parse(text));
    // A text with the mark in it tells nothing of the others of its shape.
    if (known === "met once" && !text.includes(MARK)) {
      this.#known.set(shape, this.#isSound(text, count) ? gist : "not sound");
    } else if (known === undefined) {
      if (this.#known.size >= MAX_SHAPES) this.#known.clear();
      this.#known.set(shape, "met once");
    }
    return gist;
  }

  /** Tells whether every string that a shape leaves out is a whole scalar, wherever the parser found the text's structure. */
  #isSound(text: string, count: number): boolean {
    try {
      return marksIn(this.#parse(text.replace(QUOTED, `$1"${MARK}"$2`))) === count;
    } catch {
      return false;
    }
  }
}

/** Counts the values that are the mark and nothing else. */
function marksIn(value: unknown): number {
  if (typeof value === "string") return Number(value === MARK);
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, one) => sum + marksIn(one), 0);
}
