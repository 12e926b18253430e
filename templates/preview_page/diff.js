// @ts-check
/// <reference lib="dom" />
/**
 * Shows unified differences, and within a line that was changed the part that differs.
 *
 * @module
 */
import { h } from "./dom.js";
import { highlighterFor } from "./highlight.js";
import { textNodes } from "./text.js";

/** @import { FileChange } from "../../lib/page/page_content.ts" */

/** Lines that are drawn. */
const MAX_LINES = 1_500;

/** @typedef {readonly [from: number, to: number]} Span */

/**
 * Shows what changes in a file.
 *
 * @param {FileChange} change
 */
export function diffBlock({ path, diff }) {
  const colour = highlighterFor(path);
  const lines = diff.split("\n").filter((line, index, all) =>
    !(line === "" && index === all.length - 1) && !/^(---|\+\+\+) /.test(line)
  ).slice(0, MAX_LINES);
  const spans = changedSpans(lines);
  return h(
    "div",
    { class: "code diff", tabindex: 0, role: "region", "aria-label": `What changes in ${path}` },
    lines.map((line, index) => {
      const kind = { "+": "is-new", "-": "is-old", "@": "is-place" }[line[0] ?? ""] ?? "";
      const sign = kind === "is-new" ? "+" : kind === "is-old" ? "−" : "";
      const said = kind === "is-new" ? "new: " : kind === "is-old" ? "old: " : "";
      const isText = kind !== "is-place" && !line.startsWith("\\");
      return h(
        "div",
        { class: `line ${kind}` },
        h("span", { class: "number", "aria-hidden": "true" }, sign),
        h(
          "span",
          { class: "text" },
          said !== "" && h("span", { class: "hidden" }, said),
          isText ? emphasised(colour(line.slice(1)), spans.get(index)) : line,
        ),
      );
    }),
  );
}

/**
 * Finds what differs within lines that stand for each other: as many old ones as new ones follow each other.
 *
 * @param {readonly string[]} lines
 * @returns {ReadonlyMap<number, Span>}
 */
function changedSpans(lines) {
  /** @type {Map<number, Span>} */
  const spans = new Map();
  for (let at = 0; at < lines.length;) {
    const olds = runOf(lines, at, "-");
    const news = runOf(lines, at + olds, "+");
    if (olds > 0 && olds === news) {
      for (let index = at; index < at + olds; index++) {
        const [was, is] = [lines[index]?.slice(1) ?? "", lines[index + olds]?.slice(1) ?? ""];
        const shortest = Math.min(was.length, is.length);
        let [start, end] = [0, 0];
        while (start < shortest && was[start] === is[start]) start++;
        while (end < shortest - start && was.at(-1 - end) === is.at(-1 - end)) end++;
        // Where nearly all differs, nothing is said by saying so.
        if (start + end < shortest / 4) continue;
        spans.set(index, [start, was.length - end]);
        spans.set(index + olds, [start, is.length - end]);
      }
    }
    at += Math.max(1, olds + news);
  }
  return spans;
}

/**
 * @param {readonly string[]} lines
 * @param {number} from
 * @param {string} sign
 */
function runOf(lines, from, sign) {
  let count = 0;
  while (lines[from + count]?.startsWith(sign)) count++;
  return count;
}

/**
 * @param {import("./highlight.js").Piece[]} pieces
 * @param {Span} [span]
 * @returns {Node[]}
 */
function emphasised(pieces, [from, to] = [0, 0]) {
  let at = 0;
  return pieces.flatMap(([text, kind]) => {
    const start = at;
    at += text.length;
    const cuts = [0, from - start, to - start, text.length].map((cut) => Math.max(0, Math.min(text.length, cut)));
    return [0, 1, 2].flatMap((part) => {
      const some = text.slice(cuts[part], cuts[part + 1]);
      const names = [kind === "" ? "" : `c-${kind}`, part === 1 ? "c-changed" : ""].filter((name) => name !== "");
      return some === "" ? [] : textNodes(some, (plain) => h("span", { class: names.join(" ") }, plain));
    });
  });
}

/**
 * Numbers of the lines that a difference makes new.
 *
 * @param {string} diff
 */
export function newLines(diff) {
  /** @type {Set<number>} */
  const numbers = new Set();
  let at = 0;
  for (const line of diff.split("\n")) {
    const start = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(line)?.[1];
    if (start !== undefined) at = Number(start);
    else if (at > 0 && line.startsWith("+")) numbers.add(at++);
    else if (at > 0 && !line.startsWith("-") && !line.startsWith("\\")) at++;
  }
  return numbers;
}
