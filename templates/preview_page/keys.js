// @ts-check
/// <reference lib="dom" />
/**
 * Keys of one letter, and the list of all keys. They can be switched off, as they disturb those who speak to their computer.
 *
 * @module
 */
import { focusTabs } from "./agents.js";
import { complain, lookAgain } from "./api.js";
import { focusList } from "./containers.js";
import { byId, fill, h } from "./dom.js";
import { showView } from "./files.js";

/** @type {readonly (readonly [key: string, help: string, action?: () => void])[]} */
const KEYS = [
  ["/", "Filter containers", () => byId("filter").focus()],
  ["c", "List of containers", () => focusList()],
  ["t", "Agents", () => focusTabs()],
  ["f", "File", () => showView("file")],
  ["d", "Changes", () => showView("changes")],
  ["e", "Edit labels and annotations", () => focusForm()],
  ["r", "Look at the node again", () => lookAgain().catch(complain)],
  ["?", "This list", () => openHelp()],
  ["↑ ↓ Home End", "Move in the list of containers, Enter chooses"],
  ["← → Home End", "Move between the agents"],
  ["Esc", "Empty the filter, close this list"],
];

const SETTING = "klw-keys";

/** Listens. */
export function startKeys() {
  const box = /** @type {HTMLInputElement} */ (byId("help-single"));
  box.checked = remembered() !== "off";
  box.addEventListener("change", () => remember(box.checked ? "on" : "off"));
  byId("help-open").addEventListener("click", openHelp);
  fill(
    byId("help-keys"),
    KEYS.flatMap(([keys, help]) => [h("dt", {}, keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, help)]),
  );
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !box.checked || isTyping(event.target)) return;
    if (/** @type {HTMLDialogElement} */ (byId("help")).open) return;
    const action = KEYS.find(([key]) => key === event.key)?.[2];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function focusForm() {
  const first = byId("pod-form").querySelector("fieldset input, fieldset button");
  if (first instanceof HTMLElement) first.focus();
}

function openHelp() {
  /** @type {HTMLDialogElement} */ (byId("help")).showModal();
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.closest("input:not([type=checkbox]), textarea, select") !== null;
}

function remembered() {
  try {
    return localStorage.getItem(SETTING);
  } catch {
    return null;
  }
}

/** @param {string} value */
function remember(value) {
  try {
    localStorage.setItem(SETTING, value);
  } catch {
    // Storage is switched off: it holds for this page.
  }
}
