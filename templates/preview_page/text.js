// @ts-check
/// <reference lib="dom" />
/**
 * Shows texts that are not ours: what steers how others are shown is shown itself, and nothing of them is markup.
 *
 * @module
 */
import { h } from "./dom.js";

/** Bidirectional marks, characters without width, other controls. */
// deno-lint-ignore no-control-regex
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const PARTS = new RegExp(`(${STEERING.source})`);

/**
 * Makes the nodes of a text.
 *
 * @param {string} text
 * @param {(part: string) => Node} [plain] Makes the node of a part.
 * @returns {Node[]}
 */
export function textNodes(text, plain = (part) => document.createTextNode(part)) {
  if (!STEERING.test(text)) return [plain(text)];
  return text.split(PARTS).filter((part) => part !== "").map((part) => {
    if (!STEERING.test(part)) return plain(part);
    const code = `\\u${part.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return h("span", { class: "c-steering", title: "A character that is not seen" }, code);
  });
}

/**
 * Shows a text on its own, whatever direction it is written in.
 *
 * @param {string} text
 */
export function shown(text) {
  return h("bdi", {}, textNodes(text));
}
