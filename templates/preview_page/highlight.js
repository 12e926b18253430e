// @ts-check
/**
 * Colours for the languages of shippers, line by line: strings, numbers, words, keys, comments, marks. It knows no grammar; where a language is not known, what
 * is common to all of them is coloured.
 *
 * @module
 */

/** @typedef {"string" | "number" | "word" | "key" | "comment" | "mark" | "tag" | ""} Kind */
/** @typedef {readonly [text: string, kind: Kind]} Piece */

const STRING = String.raw`"(?:[^"\\]|\\.)*"?`;
const QUOTED = String.raw`'(?:[^'\\]|\\.|'')*'?`;
const NUMBER = String.raw`(?<![\w.-])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:ms|s|m|h|[kKMG]i?B?)?(?![\w.-])`;
const WORD = String
  .raw`\b(?:true|false|null|nil|yes|no|on|off|if|else|elsif|elif|end|for|in|def|do|function|local|return|and|or|not|then)\b`;
const MARK = String.raw`[{}[\](),;:=<>|&!+*?~]+`;
/** A name that a value follows. */
const KEY = String.raw`(?:"(?:[^"\\]|\\.)*"|[A-Za-z_@$.][\w.@/-]*)(?=\s*(?:[:=]|=>|\{))`;

/** @type {Record<string, { comment?: string, key?: string, tag?: string, quotes?: boolean }>} */
const LANGUAGES = {
  json: { key: String.raw`"(?:[^"\\]|\\.)*"(?=\s*:)`, quotes: false },
  yaml: {
    comment: String.raw`(?:^|(?<=\s))#.*`,
    key: String.raw`(?:"(?:[^"\\]|\\.)*"|(?:[A-Za-z_@$.][\w.@/ -]*))(?=:(?:\s|$))`,
  },
  conf: {
    comment: String.raw`(?:^\s*|(?<=\s))[#;].*`,
    tag: String.raw`^\s*\[\[?[^\]"]*\]\]?\s*$|</?[A-Za-z][\w.-]*(?:\s[^>]*)?>`,
    key: String.raw`^\s*@?[A-Za-z_][\w.@/-]*(?=\s+\S|\s*=)|${KEY}`,
  },
  code: { comment: String.raw`//.*|(?:^|(?<=\s))#.*|/\*.*?\*/|--\s.*` },
};

/** @type {Record<string, keyof typeof LANGUAGES>} */
const ENDINGS = {
  json: "json",
  yaml: "yaml",
  yml: "yaml",
  conf: "conf",
  ini: "conf",
  cfg: "conf",
  toml: "conf",
  properties: "conf",
};

/** @type {Map<string, RegExp>} */
const patterns = new Map();

/**
 * Makes what colours the lines of a file.
 *
 * @param {string} path
 * @returns {(line: string) => Piece[]}
 */
export function highlighterFor(path) {
  const name = ENDINGS[path.split(".").at(-1) ?? ""] ?? "code";
  const language = LANGUAGES[name];
  let pattern = patterns.get(name);
  if (!pattern) {
    const { comment = "(?!)", tag = "(?!)", key = KEY, quotes = true } = language ?? {};
    const strings = quotes ? `${STRING}|${QUOTED}` : STRING;
    pattern = new RegExp(
      `(?<comment>${comment})|(?<tag>${tag})|(?<key>${key})|(?<string>${strings})|(?<number>${NUMBER})|(?<word>${WORD})|(?<mark>${MARK})`,
      "gd",
    );
    patterns.set(name, pattern);
  }
  const found = pattern;
  return (line) => piecesOf(line, found);
}

/** Longest line that is coloured. */
const MAX_LINE = 5_000;

/**
 * @param {string} line
 * @param {RegExp} pattern
 * @returns {Piece[]}
 */
function piecesOf(line, pattern) {
  if (line.length > MAX_LINE) return [[line, ""]];
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    if (match.index > end) pieces.push([line.slice(end, match.index), ""]);
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? "";
    pieces.push([match[0], /** @type {Kind} */ (kind)]);
    end = match.index + match[0].length;
  }
  if (end < line.length) pieces.push([line.slice(end), ""]);
  return pieces;
}
