// @ts-check
/// <reference lib="dom" />
/**
 * Shows texts: a file with its lines numbered, a difference, the lines around a mistake.
 *
 * @module
 */
import { count, h } from "./dom.js";
import { highlighterFor } from "./highlight.js";

/** @import { FileChange, Mistake } from "../../lib/page/page_content.ts" */

/** Lines that are drawn at once. */
const PAGE_LINES = 1_500;

/** Characters that change how others are shown (bidirectional marks, other controls) are shown as what they are. */
// deno-lint-ignore no-control-regex
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/**
 * @param {string} text
 * @param {string} kind
 * @returns {Node[]}
 */
function marked(text, kind) {
  const plain = (/** @type {string} */ part) =>
    kind === "" ? document.createTextNode(part) : h("span", { class: `c-${kind}` }, part);
  if (!STEERING.test(text)) return [plain(text)];
  return text.split(new RegExp(`(${STEERING.source})`)).filter((part) => part !== "").map((part) =>
    STEERING.test(part) && part.length === 1
      ? h(
        "span",
        { class: "c-steering", title: "A character that is not seen" },
        `\\u${part.charCodeAt(0).toString(16).padStart(4, "0")}`,
      )
      : plain(part)
  );
}

/**
 * Shows a text with numbers before its lines.
 *
 * @param {string} text
 * @param {object} options
 * @param {string} options.path Tells the language.
 * @param {string} options.label For those who do not see it.
 * @param {ReadonlySet<number>} [options.changed] Numbers of lines that are new.
 * @param {number} [options.first] Number of the first line, default 1.
 * @param {{ line: number, column?: number | undefined }} [options.mistake]
 * @param {(line: string) => boolean} [options.isChosen] Tells lines that are about what is chosen.
 */
export function codeBlock(text, { path, label, changed = new Set(), first = 1, mistake, isChosen = () => false }) {
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  const colour = highlighterFor(path);
  const body = h("div", { class: "code", tabindex: 0, role: "region", "aria-label": label });
  const more = h("button", { type: "button", class: "more" });
  let drawn = 0;
  const drawMore = () => {
    const rows = lines.slice(drawn, drawn + PAGE_LINES).map((line, index) => {
      const number = first + drawn + index;
      const isMistake = mistake?.line === number;
      return h(
        "div",
        {
          class: `line${changed.has(number) ? " is-new" : ""}${isMistake ? " is-mistake" : ""}${
            isChosen(line) ? " is-chosen" : ""
          }`,
        },
        h("span", { class: "number", "data-number": number, "aria-hidden": "true" }),
        h(
          "span",
          { class: "text" },
          isMistake && h("span", { class: "hidden" }, "The mistake is in this line: "),
          colour(line).flatMap(([part, kind]) => marked(part, kind)),
          isMistake && mistake?.column !== undefined &&
            h("span", { class: "caret", "aria-hidden": "true" }, `\n${" ".repeat(Math.min(200, mistake.column - 1))}^`),
        ),
      );
    });
    more.before(...rows);
    drawn += rows.length;
    more.hidden = drawn >= lines.length;
    more.textContent = `Show more: ${count(lines.length - drawn, "line")} follow`;
  };
  more.addEventListener("click", drawMore);
  body.append(more);
  drawMore();
  return body;
}

/**
 * Shows a unified difference.
 *
 * @param {FileChange} change
 */
export function diffBlock({ path, diff }) {
  const colour = highlighterFor(path);
  const lines = diff.split("\n").filter((line, index, all) =>
    !(line === "" && index === all.length - 1) && !/^(---|\+\+\+) /.test(line)
  );
  return h(
    "div",
    { class: "code diff", tabindex: 0, role: "region", "aria-label": `What changes in ${path}` },
    lines.slice(0, PAGE_LINES).map((line) => {
      const kind = { "+": "is-new", "-": "is-old", "@": "is-place" }[line[0] ?? ""] ?? "";
      const sign = kind === "is-new" ? "+" : kind === "is-old" ? "−" : "";
      const said = kind === "is-new" ? "new: " : kind === "is-old" ? "old: " : "";
      const text = kind === "is-place" || line.startsWith("\\") ? line : line.slice(1);
      return h(
        "div",
        { class: `line ${kind}` },
        h("span", { class: "number", "aria-hidden": "true" }, sign),
        h(
          "span",
          { class: "text" },
          said !== "" && h("span", { class: "hidden" }, said),
          kind === "is-place" ? text : colour(text).flatMap(([part, kind]) => marked(part, kind)),
        ),
      );
    }),
  );
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

/**
 * Shows what is wrong, where.
 *
 * @param {Mistake} mistake
 * @param {...(Node | string)} rest
 */
export function mistakeBlock({ message, place }, ...rest) {
  const where = place && `${place.file}:${place.line}${place.column === undefined ? "" : `:${place.column}`}`;
  return h(
    "div",
    { class: "mistake" },
    h(
      "p",
      { class: "mistake-text" },
      where !== undefined && h("code", { class: "place" }, where),
      " ",
      h("bdi", {}, message),
    ),
    ...rest,
    place?.excerpt &&
      codeBlock(place.excerpt.lines.join("\n"), {
        path: place.file,
        first: place.excerpt.first,
        mistake: { line: place.line, column: place.column },
        label: `${place.file} around line ${place.line}`,
      }),
  );
}
