// @ts-check
/// <reference lib="dom" />
/**
 * Rows of a key and a value each, to be changed, added and removed.
 *
 * @module
 */
import { fill, h } from "./dom.js";
import { shown } from "./text.js";

/** @import { FieldProblem } from "../../lib/page/page_content.ts" */

/** @typedef {{ key: string, value: string }} Row */

/** @type {Record<FieldProblem["field"], { legend: string, one: string, hint: string }>} */
const TEXTS = {
  labels: { legend: "Labels", one: "label", hint: "application" },
  annotations: { legend: "Annotations", one: "annotation", hint: "kubernetes-log-watcher/parser" },
};

/**
 * Makes the fields of one kind.
 *
 * @param {FieldProblem["field"]} field
 * @param {Row[]} rows Are changed as somebody types.
 * @param {() => void} edited Is called after each change.
 */
export function fieldset(field, rows, edited) {
  const { legend, one, hint } = TEXTS[field];
  const list = h("div", { class: "fields" });
  const add = h("button", {
    type: "button",
    class: "plain small",
    onclick: () => {
      rows.push({ key: "", value: "" });
      draw();
      inputs().at(-1)?.focus();
    },
  }, `Add ${one}`);
  const known = h("datalist", { id: `${field}-known` });
  const root = h("fieldset", { class: field }, h("legend", {}, legend), list, add, known);
  /** @type {readonly FieldProblem[]} */
  let problems = [];

  const inputs = () => [...list.querySelectorAll("input")];

  /** @param {number} index */
  const remove = (index) => {
    rows.splice(index, 1);
    draw();
    const next = list.querySelectorAll("button")[Math.min(index, rows.length - 1)];
    (next ?? add).focus();
    edited();
  };

  /**
   * @param {Row} row
   * @param {number} index
   */
  const rowOf = (row, index) => {
    const id = `${field}-${index}-problem`;
    const isDouble = row.key !== "" && rows.findIndex(({ key }) => key === row.key) !== index;
    const own = isDouble
      ? ["This key is there already, further up."]
      : problems.filter((one) => one.field === field && one.key === row.key).map(({ text }) => text);
    return h(
      "div",
      { class: own.length > 0 ? "field is-wrong" : "field" },
      h("input", {
        type: "text",
        value: row.key,
        placeholder: hint,
        dir: "auto",
        list: `${field}-known`,
        spellcheck: "false",
        autocomplete: "off",
        "aria-label": `Key of ${one} ${index + 1}`,
        "aria-invalid": own.length > 0 ? "true" : null,
        "aria-describedby": own.length > 0 ? id : null,
        oninput: (event) => change(row, { key: event.target.value }),
      }),
      h("textarea", {
        rows: 1,
        dir: "auto",
        spellcheck: "false",
        "aria-label": row.key === "" ? `Value of ${one} ${index + 1}` : `Value of ${row.key}`,
        "aria-invalid": own.length > 0 ? "true" : null,
        "aria-describedby": own.length > 0 ? id : null,
        oninput: (event) => change(row, { value: event.target.value }),
      }, row.value),
      h("button", {
        type: "button",
        class: "plain square small",
        "aria-label": `Remove ${row.key === "" ? `${one} ${index + 1}` : row.key}`,
        onclick: () => remove(index),
      }, "×"),
      own.length > 0 && h("div", { class: "field-problem", id }, own.map((text) => h("p", {}, shown(text)))),
    );
  };

  /**
   * @param {Row} row
   * @param {Partial<Row>} changed
   */
  const change = (row, changed) => {
    Object.assign(row, changed);
    edited();
  };

  /** Draws all rows; the focus and what is selected stay where they are. */
  const draw = () => {
    const active = document.activeElement;
    const all = [...list.querySelectorAll("input, textarea, button")];
    const at = active ? all.indexOf(active) : -1;
    const selection = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement
      ? [active.selectionStart, active.selectionEnd]
      : undefined;
    fill(list, rows.map(rowOf));
    if (at < 0) return;
    const again = [...list.querySelectorAll("input, textarea, button")][at];
    if (again instanceof HTMLElement) again.focus();
    if (selection && (again instanceof HTMLInputElement || again instanceof HTMLTextAreaElement)) {
      again.setSelectionRange(selection[0] ?? 0, selection[1] ?? 0);
    }
  };

  return {
    root,
    rows,
    /** @param {readonly string[]} keys Offers keys. */
    offer(keys) {
      fill(known, keys.map((value) => h("option", { value })));
    },
    /** @param {Readonly<Record<string, string>>} map Takes what there is. */
    take(map) {
      rows.splice(0, rows.length, ...Object.entries(map).map(([key, value]) => ({ key, value })));
      problems = [];
      draw();
    },
    /** @param {readonly FieldProblem[]} found Shows what is wrong beside the fields. */
    mark(found) {
      problems = found;
      draw();
    },
    focus() {
      (inputs()[0] ?? add).focus();
    },
  };
}
