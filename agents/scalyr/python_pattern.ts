/**
 * Tells whether Python compiles a regular expression. Scalyr refuses its whole configuration for one that it cannot compile, and
 * expressions come from annotations: one pod could take the logs of all others down.
 *
 * Follows `sre_parse` of Python 3.8 to 3.13, and says no where these differ or where it would take more than a page to tell: flags other than
 * i, m and s, conditionals, atomic groups, possessive quantifiers, `\N{...}`, references in a lookbehind. Checked against Python by random expressions.
 *
 * @module
 */

/** Longest pattern and deepest nesting that are read; more is no rule that someone wrote. */
const MAX_LENGTH = 4096;
const MAX_DEPTH = 50;
/** Largest repeat count. Python's own limit is 4294967294. */
const MAX_REPEAT = 65_535;
/** Digits of a repeat count; more would not come through `Number` as they are. */
const MAX_DIGITS = 15;

/** Fewest and most characters that something matches. */
type Width = readonly [min: number, max: number];

const NOTHING: Width = [0, 0];
const ONE: Width = [1, 1];

/** Says that Python would refuse the pattern, or might. */
class Refused extends Error {}

/** Tells whether every Python 3 from 3.8 compiles the pattern; an empty one, which matches everywhere, does not count. */
export function isPythonPattern(pattern: string): boolean {
  if (pattern === "" || pattern.length > MAX_LENGTH || !pattern.isWellFormed() || pattern.includes("\0")) return false;
  try {
    new PatternReader(pattern).readAll();
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

class PatternReader {
  readonly #pattern: string;
  #at = 0;
  #depth = 0;
  #lookbehinds = 0;
  /** Widths of the groups that are closed, by number or name; undefined for open ones. */
  readonly #groups = new Map<string, Width | undefined>();
  #groupCount = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  readAll() {
    // Flags for the whole pattern are taken at its start only: elsewhere they are an error since 3.11.
    while (this.#take(/\(\?[ims]+\)/y)) continue;
    this.#alternatives();
    if (this.#next !== undefined) throw new Refused("A parenthesis too many");
  }

  /** The next character; two UTF-16 units where it takes them. */
  get #next(): string | undefined {
    const code = this.#pattern.codePointAt(this.#at);
    return code === undefined ? undefined : String.fromCodePoint(code);
  }

  /** Takes what a sticky expression matches from here on. */
  #take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const match = expression.exec(this.#pattern);
    if (!match) return undefined;
    this.#at = expression.lastIndex;
    return match;
  }

  /** Takes the next character, whatever it is. */
  #takeOne(): string {
    const character = this.#next!;
    this.#at += character.length;
    return character;
  }

  #alternatives(): Width {
    if (++this.#depth > MAX_DEPTH) throw new Refused("Nested too deeply");
    let [min, max] = this.#sequence();
    while (this.#take(/\|/y)) {
      const [otherMin, otherMax] = this.#sequence();
      [min, max] = [Math.min(min, otherMin), Math.max(max, otherMax)];
    }
    this.#depth--;
    return [min, max];
  }

  #sequence(): Width {
    let [min, max] = NOTHING;
    while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")") {
      const [itemMin, itemMax] = this.#item();
      [min, max] = [min + itemMin, max + itemMax];
    }
    return [min, max];
  }

  #item(): Width {
    const isAnchor = this.#take(/(?:[\^$]|\\[AbBZ])/y) !== undefined;
    const width = isAnchor ? NOTHING : this.#atom();
    const times = this.#quantifier();
    if (!times) return width;
    if (isAnchor || this.#quantifier()) throw new Refused("Nothing to repeat, or repeated twice");
    return [width[0] * times[0], width[1] === 0 ? 0 : width[1] * times[1]];
  }

  /** Takes a quantifier with its `?`; undefined if there is none, also where a brace is only a brace. */
  #quantifier(): Width | undefined {
    const match = this.#take(/(?:([*+?])|\{(?=[\d,])(\d*)(,?)(\d*)\})\??/y);
    if (!match) return undefined;
    const [, sign, low = "", comma, high = ""] = match;
    if (sign !== undefined) return [sign === "+" ? 1 : 0, sign === "?" ? 1 : Infinity];
    if (low.length > MAX_DIGITS || high.length > MAX_DIGITS) throw new Refused("Bad repeat count");
    const min = Number(low);
    const max = high ? Number(high) : comma ? Infinity : min;
    if (max < min || min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity)) throw new Refused("Bad repeat count");
    return [min, max];
  }

  #atom(): Width {
    if (this.#next === "(") return this.#group();
    if (this.#next === "[") return this.#class();
    if (this.#next === "\\") return this.#escape();
    if (/^[*+?]$/.test(this.#next!)) throw new Refused("Nothing to repeat");
    if (this.#next === "{" && this.#quantifier()) throw new Refused("Nothing to repeat");
    this.#takeOne();
    return ONE;
  }

  #group(): Width {
    const named = this.#take(/\(\?P<([A-Za-z_][A-Za-z0-9_]*)>/y);
    if (named || this.#take(/\((?!\?)/y)) return this.#capture(named?.[1]);
    const reference = this.#take(/\(\?P=([A-Za-z_][A-Za-z0-9_]*)\)/y);
    if (reference) return this.#reference(reference[1]!);
    if (this.#take(/\(\?(?:[ims]+)?:/y) || this.#take(/\(\?-[ims]+:/y)) return this.#rest();
    if (this.#take(/\(\?[=!]/y)) return this.#rest(), NOTHING;
    if (this.#take(/\(\?<[=!]/y)) return this.#lookbehind();
    throw new Refused("A group of an unknown kind");
  }

  #capture(name: string | undefined): Width {
    const number = String(++this.#groupCount);
    if (name !== undefined && this.#groups.has(name)) throw new Refused("A group name twice");
    const keys = name === undefined ? [number] : [number, name];
    for (const key of keys) this.#groups.set(key, undefined);
    const width = this.#rest();
    for (const key of keys) this.#groups.set(key, width);
    return width;
  }

  /** Reads a group from after its opening to its end. */
  #rest(): Width {
    const width = this.#alternatives();
    if (!this.#take(/\)/y)) throw new Refused("A parenthesis that is not closed");
    return width;
  }

  #lookbehind(): Width {
    this.#lookbehinds++;
    const [min, max] = this.#rest();
    this.#lookbehinds--;
    if (min !== max) throw new Refused("A lookbehind without a fixed width");
    return NOTHING;
  }

  #reference(group: string): Width {
    const width = this.#groups.get(group);
    if (!width || this.#lookbehinds > 0) throw new Refused("A reference to a group that is not there, or open");
    return width;
  }

  #escape(): Width {
    const reference = this.#take(/\\([1-9]\d?)(?!\d)/y);
    if (reference) return this.#reference(reference[1]!);
    if (this.#take(/\\[dDsSwW]/y)) return ONE;
    this.#character();
    return ONE;
  }

  /** Reads a class; its first `]` is only a bracket when it stands at the start. */
  #class(): Width {
    this.#take(/\[\^?/y);
    let isFirst = true;
    while (isFirst || this.#next !== "]") {
      isFirst = false;
      const low = this.#member();
      if (!this.#take(/-(?!\])/y)) continue;
      const high = this.#member();
      if (low === undefined || high === undefined || high < low) throw new Refused("A bad range of characters");
    }
    this.#at++;
    return ONE;
  }

  /** Reads one character of a class and gives its code point; undefined for a kind like `\d`. */
  #member(): number | undefined {
    if (this.#take(/\\[dDsSwW]/y)) return undefined;
    if (this.#take(/\\b/y)) return 8;
    return this.#character();
  }

  /** Reads a character, escaped or not, and gives its code point. */
  #character(): number {
    const character = this.#next;
    if (character === undefined) throw new Refused("The pattern ends too early");
    if (character !== "\\") return this.#takeOne().codePointAt(0)!;
    const code = this.#take(/\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U(000[0-9A-Fa-f]{5}|0010[0-9A-Fa-f]{4}))/y);
    if (code) return parseInt(code[1] ?? code[2] ?? code[3]!, 16);
    const octal = this.#take(/\\(0[0-7]{0,2})/y);
    if (octal) return parseInt(octal[1]!, 8);
    const control = this.#take(/\\([afnrtv])/y);
    if (control) return CONTROLS.get(control[1]!)!;
    // Python refuses what it does not know of ASCII letters and digits.
    const other = this.#take(/\\([^A-Za-z0-9])/suy);
    if (!other) throw new Refused("An unknown escape");
    return other[1]!.codePointAt(0)!;
  }
}

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
]);
