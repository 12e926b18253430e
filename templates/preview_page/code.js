// @ts-check
/// <reference lib="dom" />
/**
 * Shows a file with its lines numbered, and the lines around a mistake.
 *
 * @module
 */
import { count, h } from "./dom.js";
import { highlighterFor } from "./highlight.js";
import { shown, textNodes } from "./text.js";

/** @import { Mistake } from "../../lib/page/page_content.ts" */

/** Lines that are drawn at once. */
const PAGE_LINES = 1_500;

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
          colour(line).flatMap(([part, kind]) =>
            textNodes(part, (plain) => h("span", { class: kind === "" ? null : `c-${kind}` }, plain))
          ),
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
      shown(message),
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
