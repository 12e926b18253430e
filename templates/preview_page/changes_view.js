// @ts-check
/// <reference lib="dom" />
/**
 * What changed in the files of the chosen agent.
 *
 * @module
 */
import { diffBlock } from "./diff.js";
import { count, h } from "./dom.js";
import { nameOf, store } from "./store.js";
import { shown } from "./text.js";

/** @import { FileChange } from "../../lib/page/page_content.ts" */

/** Differences that are open at first. */
const OPEN_DIFFS = 8;

/**
 * Shows them.
 *
 * @param {{ files: readonly FileChange[], more: number }} changed
 * @param {boolean} isBroken
 */
export function changesView({ files, more }, isBroken) {
  if (files.length === 0) {
    const why = isBroken
      ? "While it has errors nothing is compared; what is mended is compared with what was good last."
      : store.trial
      ? "The edited labels and annotations change nothing that this agent writes."
      : store.state?.save
      ? "The last save changed nothing that this agent writes."
      : "Nothing was saved yet. Save a template, context.ts or the configuration file, and what changes appears here.";
    return h("p", { class: "empty muted" }, why);
  }
  const keys = new Map(store.files.map(({ path, container }) => [path, container]));
  const names = new Map(store.state?.containers.map((one) => [one.key, nameOf(one)]));
  return [
    h("p", { class: "muted hint" }, store.trial ? "With the edited labels and annotations:" : "Since the last save:"),
    ...files.map((file, index) =>
      h(
        "details",
        { class: "change", open: index < OPEN_DIFFS },
        h(
          "summary",
          {},
          h("span", { class: `change-kind ${file.change}` }, file.change),
          " ",
          shown(names.get(keys.get(file.path) ?? "") ?? ""),
          " ",
          h("code", { class: "path muted" }, shown(file.path)),
        ),
        diffBlock(file),
      )
    ),
    more > 0 && h("p", { class: "muted" }, `${count(more, "more file")} changed.`),
  ];
}
