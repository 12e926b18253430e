// @ts-check
/// <reference lib="dom" />
/**
 * The node's containers with their states: a list box, filtered by text and state.
 *
 * @module
 */
import { chooseContainer, complain } from "./api.js";
import { byId, count, fill, h } from "./dom.js";
import { containers, nameOf, onChange, store } from "./store.js";
import { shown } from "./text.js";

/** @import { PageContainer } from "../../lib/page/page_content.ts" */

/** Rows that are drawn at once: a node may have thousands. */
const PAGE_ROWS = 150;

/** @type {Record<PageContainer["state"], { sign: string, label: string }>} */
export const STATES = {
  collected: { sign: "●", label: "Collected" },
  failed: { sign: "✕", label: "Failed" },
  waiting: { sign: "◔", label: "Waiting" },
  excluded: { sign: "⊘", label: "Excluded" },
  "not-followed": { sign: "–", label: "Not followed" },
};

let filter = "";
/** @type {PageContainer["state"] | undefined} */
let state;
let limit = PAGE_ROWS;

/** @typedef {ReturnType<typeof containers>[number]} Row */

/** Draws the list whenever it changes. */
export function startContainers() {
  const input = /** @type {HTMLInputElement} */ (byId("filter"));
  input.addEventListener("input", () => {
    filter = input.value.trim().toLowerCase();
    limit = PAGE_ROWS;
    draw();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.value !== "") {
      input.value = filter = "";
      draw();
      event.stopPropagation();
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      focusList();
    }
  });
  byId("containers").addEventListener("keydown", onKey);
  byId("containers-more").addEventListener("click", () => {
    const first = limit;
    limit += PAGE_ROWS;
    draw();
    rows()[first]?.focus();
  });
  onChange(["state", "container", "trial"], draw);
}

/** Puts the focus on the chosen row, or the first. */
export function focusList() {
  const all = rows();
  (all.find((row) => row.getAttribute("aria-selected") === "true") ?? all[0])?.focus();
}

/** @returns {HTMLElement[]} */
function rows() {
  return [...byId("containers").children].map((row) => /** @type {HTMLElement} */ (row));
}

/** @param {Row} one */
function matches(one) {
  return (state === undefined || one.state === state) &&
    (filter === "" || `${nameOf(one)} ${one.reason}`.toLowerCase().includes(filter));
}

function draw() {
  const all = containers();
  const found = all.filter(matches);
  const page = found.slice(0, limit);
  const focused = rows().find((row) => row === document.activeElement)?.dataset.key;
  const tabbed = page.some(({ key }) => key === store.container) ? store.container : page[0]?.key;
  fill(byId("containers"), page.map((one) => rowOf(one, one.key === tabbed)));
  if (focused !== undefined) (rows().find((row) => row.dataset.key === focused) ?? rows()[0] ?? byId("filter")).focus();
  byId("containers-count").textContent = found.length === all.length
    ? `${all.length.toLocaleString("en")}`
    : `${found.length.toLocaleString("en")} of ${all.length.toLocaleString("en")}`;
  const none = byId("containers-none");
  none.hidden = found.length > 0;
  none.textContent = all.length === 0 ? "No log of a container was found on this node." : "No container matches.";
  const more = byId("containers-more");
  more.hidden = found.length <= limit;
  more.textContent = `Show ${Math.min(PAGE_ROWS, found.length - limit)} more of ${count(found.length - limit, "row")}`;
  drawStates(all);
}

/**
 * @param {Row} one
 * @param {boolean} isTabbed
 */
function rowOf(one, isTabbed) {
  const { sign, label } = STATES[one.state];
  const isKnown = one.container !== "";
  const parts = one.pod.split("/");
  const [name, below] = isKnown
    ? [one.container, `${one.namespace}/${one.pod}`]
    : [parts.at(-1) ?? "", parts.slice(0, -1).join("/")];
  return h(
    "li",
    {
      role: "option",
      class: "row",
      "data-key": one.key,
      "data-state": one.state,
      "aria-selected": one.key === store.container ? "true" : "false",
      tabindex: isTabbed ? 0 : -1,
      onclick: () => choose(one.key),
    },
    h("span", { class: "sign", "aria-hidden": "true" }, sign),
    h(
      "span",
      { class: "row-text" },
      h("span", { class: "row-name" }, shown(name)),
      below !== "" && h("span", { class: "row-pod muted" }, shown(below)),
      h("span", { class: "hidden" }, `${label}.`),
      one.state !== "collected" && h("span", { class: "row-reason" }, shown(one.reason)),
    ),
    one.isTried && h("span", { class: "tag" }, "edited"),
  );
}

/** @param {Row[]} all */
function drawStates(all) {
  const counts = Map.groupBy(all, (one) => one.state);
  const button = (
    /** @type {PageContainer["state"] | undefined} */ value,
    /** @type {string} */ label,
    /** @type {number} */ number,
  ) =>
    h(
      "button",
      {
        type: "button",
        class: "chip",
        "data-state": value ?? "all",
        "aria-pressed": state === value ? "true" : "false",
        onclick: () => {
          state = value;
          limit = PAGE_ROWS;
          draw();
          const again = byId("states").querySelector(`[data-state="${value ?? "all"}"]`);
          if (again instanceof HTMLElement) again.focus();
        },
      },
      `${label} `,
      h("b", {}, number.toLocaleString("en")),
    );
  const known = /** @type {PageContainer["state"][]} */ (Object.keys(STATES));
  fill(
    byId("states"),
    button(undefined, "All", all.length),
    known.filter((one) => counts.has(one) || one === state).map((one) =>
      button(one, STATES[one].label, counts.get(one)?.length ?? 0)
    ),
  );
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const all = rows();
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const steps = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: all.length - 1,
    PageDown: at + 10,
    PageUp: at - 10,
  };
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    const key = all[at]?.dataset.key;
    if (key !== undefined) choose(key);
  } else if (event.key in steps) {
    event.preventDefault();
    const to = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (to < 0 && event.key === "ArrowUp") return byId("filter").focus();
    const row = all[Math.max(0, Math.min(all.length - 1, to))];
    for (const one of all) one.tabIndex = one === row ? 0 : -1;
    row?.focus();
  }
}

/** @param {string} key */
function choose(key) {
  const one = store.state?.containers.find((container) => container.key === key);
  if (one) chooseContainer(one).catch(complain);
}
