/**
 * Tells whether a regular expression is in the part of the syntax that RE2, Rust, PCRE, Onigmo, Python and JavaScript read alike: a pod writes it once, whatever
 * shipper reads it.
 *
 * Portable are characters, `.`, `^` and `$`, classes with ranges, `\d \D \w \W \s \S \b \B`, `\t \n \r \f`, `\x01` to `\x7f`, escaped punctuation, groups `(...)`
 * and `(?:...)`, alternatives, and the quantifiers `* + ? {n} {n,} {n,m}`, each maybe followed by `?`. Not portable are look-around, references, flags, named groups,
 * possessive quantifiers, POSIX classes and class operations, braces and brackets that are not escaped, and characters outside of the basic plane.
 *
 * @module
 */

/** Longest pattern, in characters, and deepest nesting of groups. */
export const MAX_PATTERN = 1024;
const MAX_DEPTH = 30;
/** Largest repeat count, also of repeats within repeats: the limit of RE2. */
const MAX_REPEAT = 1000;
/**
 * Most characters that a pattern may stand for when its repeats are written out. Rust refuses programs of more than 10 MiB, and `\w` with all letters of Unicode
 * takes more than 50 KiB of that; other classes take less.
 */
const MAX_SIZE = 10_000;
const WORD_SIZE = 100;
const CLASS_SIZE = 20;

/** What a pattern is not, and where. */
class NotPortable extends Error {}

/** What is known of a part of a pattern. */
interface Part {
  /** Fewest characters that it matches. */
  readonly width: number;
  /** Number of characters and classes when its repeats are written out. */
  readonly size: number;
  /** Largest product of repeat counts in it. */
  readonly repeat: number;
}

const NOTHING: Part = { width: 0, size: 0, repeat: 1 };

/** Tells whether a pattern is portable; an empty one is not. */
export function isPortablePattern(pattern: string): boolean {
  return whyNotPortable(pattern) === undefined;
}

/**
 * Tells why a pattern is not portable, in words that follow "it has"; undefined if it is. Takes time in proportion to the pattern's length.
 *
 * @param options.matchesText Whether it must match one character at the least, as a rule that replaces must; default false.
 */
export function whyNotPortable(
  pattern: string,
  { matchesText = false }: { matchesText?: boolean } = {},
): string | undefined {
  if (pattern === "") return "no character";
  if (pattern.length > MAX_PATTERN) return `${pattern.length} characters, at most ${MAX_PATTERN} are taken`;
  try {
    const { width } = new PatternReader(pattern).readAll();
    return matchesText && width === 0 ? "a match with no text at all" : undefined;
  } catch (error) {
    if (error instanceof NotPortable) return error.message;
    throw error;
  }
}

class PatternReader {
  readonly #pattern: string;
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  readAll(): Part {
    const part = this.#alternatives();
    if (this.#next !== undefined) this.#refuse("a parenthesis too many");
    return part;
  }

  get #next(): string | undefined {
    return this.#pattern[this.#at];
  }

  #refuse(what: string): never {
    throw new NotPortable(`${what} (character ${this.#at + 1})`);
  }

  /** Takes what a sticky expression matches from here on. */
  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#pattern) ?? undefined;
    if (match) this.#at = expression.lastIndex;
    return match;
  }

  #alternatives(): Part {
    if (++this.#depth > MAX_DEPTH) this.#refuse(`groups nested more than ${MAX_DEPTH} deep`);
    let { width, size, repeat } = this.#sequence();
    while (this.#take(/\|/y)) {
      const other = this.#sequence();
      width = Math.min(width, other.width);
      size += other.size;
      repeat = Math.max(repeat, other.repeat);
    }
    this.#depth--;
    return { width, size, repeat };
  }

  #sequence(): Part {
    let { width, size, repeat } = NOTHING;
    const start = this.#at;
    while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")") {
      const item = this.#item();
      width += item.width;
      size += item.size;
      repeat = Math.max(repeat, item.repeat);
    }
    if (this.#at === start) this.#refuse("an empty alternative or group");
    return { width, size, repeat };
  }

  #item(): Part {
    if (this.#take(/[\^$]|\\[bB]/y)) {
      if (this.#take(/[*+?{]/y)) this.#refuse("a repeated anchor");
      return NOTHING;
    }
    const part = this.#atom();
    const times = this.#quantifier();
    if (!times) return part;
    const repeat = part.repeat * times.most;
    const size = part.size * times.most;
    if (repeat > MAX_REPEAT) this.#refuse(`repeats of more than ${MAX_REPEAT} in all`);
    if (size > MAX_SIZE) this.#refuse("repeats that make it too large");
    return { width: part.width * times.least, size, repeat };
  }

  /** Takes a quantifier. `most` is that of a bounded one, of the others what is written out. */
  #quantifier(): { least: number; most: number } | undefined {
    const match = this.#take(/(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})\??/y);
    if (!match) {
      if (this.#next === "{") this.#refuse("a brace that is neither escaped nor part of a repeat like {2,5}");
      return undefined;
    }
    if (/[*+?{]/.test(this.#next ?? "")) this.#refuse("a quantifier after a quantifier");
    const [, sign, low, comma, high] = match;
    if (sign !== undefined) return { least: sign === "+" ? 1 : 0, most: 1 };
    const least = Number(low);
    const most = high !== undefined ? Number(high) : comma ? Math.max(least, 1) : least;
    if (least > most || most > MAX_REPEAT || most === 0) {
      this.#refuse(`a repeat that is not from 1 to ${MAX_REPEAT}, least before most`);
    }
    return { least, most };
  }

  #atom(): Part {
    const next = this.#next!;
    if (next === "(") return this.#group();
    if (next === "[") return this.#class();
    if (/[*+?]/.test(next)) this.#refuse("a quantifier after nothing");
    if (/[{}\]]/.test(next)) this.#refuse(`${next} without a backslash before it`);
    const kind = this.#take(/\\([dDwWsS])/y);
    if (kind) return { width: 1, size: /w/i.test(kind[1]!) ? WORD_SIZE : CLASS_SIZE, repeat: 1 };
    if (next === ".") this.#at++;
    else this.#character();
    return { width: 1, size: 1, repeat: 1 };
  }

  #group(): Part {
    if (!this.#take(/\((?:\?:|(?!\?))/y)) this.#refuse("a group that is neither (...) nor (?:...)");
    const part = this.#alternatives();
    if (!this.#take(/\)/y)) this.#refuse("a parenthesis that is not closed");
    return part;
  }

  #class(): Part {
    this.#take(/\[\^?/y);
    const start = this.#at;
    while (this.#next !== "]") {
      if (this.#take(/([&|~])\1|--/y)) this.#refuse("a class operation");
      const low = this.#member();
      if (!this.#take(/-(?![\]-])/y)) continue;
      const high = this.#member();
      if (low === undefined || high === undefined || high < low) this.#refuse("a range that is none");
      if (this.#take(/-(?!\])/y)) this.#refuse("a range of a range");
    }
    if (this.#at === start) this.#refuse("a class that is empty or begins with ]");
    this.#at++;
    return { width: 1, size: /\\w/i.test(this.#pattern.slice(start, this.#at)) ? WORD_SIZE : CLASS_SIZE, repeat: 1 };
  }

  /** Reads a character of a class and gives its code; undefined for a kind like `\d`. */
  #member(): number | undefined {
    if (this.#take(/\\[dDwWsS]/y)) return undefined;
    if (this.#next === "[") this.#refuse("[ in a class without a backslash before it");
    return this.#character();
  }

  /** Reads a character, escaped or not, and gives its code. */
  #character(): number {
    const control = this.#take(/\\([tnrf])/y);
    if (control) return CONTROLS[control[1] as keyof typeof CONTROLS];
    const hex = this.#take(/\\x([0-7][0-9A-Fa-f])/y);
    if (hex?.[1] === "00") this.#refuse("U+0000");
    if (hex) return parseInt(hex[1]!, 16);
    // GNU and Rust take \< \> \` \' for anchors.
    const escaped = this.#take(/\\([!"#$%&()*+,\-./:;=?@[\\\]^_{|}~ ])/y);
    if (escaped) return escaped[1]!.charCodeAt(0);
    const plain = this.#take(/[^\\\p{Cc}\p{Cs}\u2028\u2029]/uy);
    if (!plain || plain[0].length > 1) this.#refuse(this.#strange(plain !== undefined));
    return plain[0].charCodeAt(0);
  }

  #strange(isAstral: boolean): string {
    if (isAstral) return "a character above U+FFFF";
    if (this.#next === undefined) return "a class that is not closed";
    if (this.#next !== "\\") return "a control character, which may be written as \\x and two hex digits";
    const escape = this.#pattern.slice(this.#at, this.#at + 2);
    return escape.length < 2 ? "a backslash at its end" : `the escape ${escape}`;
  }
}

const CONTROLS = { t: 9, n: 10, r: 13, f: 12 } as const;
