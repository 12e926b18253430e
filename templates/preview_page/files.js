// @ts-check
/// <reference lib="dom" />
/**
 * The files of the chosen agent: one of them whole, or what changes in all.
 *
 * @module
 */
import { complain, contentsOf } from "./api.js";
import { codeBlock } from "./code.js";
import { changesView } from "./changes_view.js";
import { newLines } from "./diff.js";
import { count, fill, h } from "./dom.js";
import { changes, nameOf, store, update } from "./store.js";
import { shown } from "./text.js";

/** @import { FileChange, PageAgent, PageFile } from "../../lib/page/page_content.ts" */

/** Files that can be chosen from a list; others by their container. */
const MAX_OPTIONS = 300;

/**
 * Draws the tool bar and the chosen view.
 *
 * @param {PageAgent} agent
 */
export function drawFiles(agent) {
  const changed = changes().find(({ name }) => name === agent.name) ?? { files: [], more: 0 };
  const number = changed.files.length + changed.more;
  const view = h("div", { class: "view" });
  if (store.view === "changes") fill(view, changesView(changed, isWrong(agent)));
  else fill(view, fileView(agent, changed.files));
  return h(
    "div",
    { class: "files" },
    h(
      "div",
      { class: "tools" },
      h(
        "div",
        { class: "switch", role: "group", "aria-label": "View" },
        viewButton("file", "File"),
        viewButton("changes", "Changes", number),
      ),
      store.view === "file" && picker(agent, changed.files),
    ),
    view,
  );
}

/**
 * @param {"file" | "changes"} view
 * @param {string} label
 * @param {number} [number]
 */
function viewButton(view, label, number = 0) {
  return h(
    "button",
    {
      type: "button",
      id: `view-${view}`,
      "aria-pressed": store.view === view ? "true" : "false",
      onclick: () => showView(view),
    },
    label,
    number > 0 && h("span", { class: "badge" }, number.toLocaleString("en")),
  );
}

/** @param {"file" | "changes"} view */
export function showView(view) {
  update({ view });
  document.getElementById(`view-${view}`)?.focus();
}

/**
 * The file that is shown: the one that was chosen, else one of the chosen container, else the first.
 *
 * @param {readonly FileChange[]} changed
 */
function chosenPath(changed) {
  const { files, path, container, details, agent } = store;
  const known = (/** @type {string | undefined} */ one) =>
    one === "" || files.some((file) => file.path === one) || changed.some((file) => file.path === one);
  if (path !== undefined && known(path)) return path;
  const own = files.find((file) => file.container === container && file.kind === "file");
  if (own) return own.path;
  const entry = details?.key === container
    ? details?.agents.find(({ name }) => name === agent)?.entries[0]?.path
    : undefined;
  if (entry !== undefined && known(entry)) return entry;
  return files.find(({ kind }) => kind === "file")?.path ?? (files.length > 0 ? "" : undefined);
}

/**
 * @param {PageAgent} agent
 * @param {readonly FileChange[]} changed
 */
function picker(agent, changed) {
  const chosen = chosenPath(changed);
  const names = new Map(store.state?.containers.map((one) => [one.key, nameOf(one)]));
  const files = store.files.filter(({ kind }) => kind === "file");
  const added = changed.filter(({ path, change }) =>
    change === "created" && !store.files.some((file) => file.path === path)
  );
  if (files.length + added.length + agent.links === 0) return null;
  const text = (/** @type {Pick<PageFile, "path" | "container">} */ { path, container }) => {
    const name = container === undefined ? undefined : names.get(container);
    return name === undefined ? path : `${name}  (${path.split("/").at(-1)})`;
  };
  const listed = files.slice(0, MAX_OPTIONS);
  const current = files.find(({ path }) => path === chosen);
  if (current && !listed.includes(current)) listed.push(current);
  const option = (/** @type {string} */ value, /** @type {string} */ label) =>
    h("option", { value, selected: value === chosen }, label);
  return h(
    "label",
    { class: "picker" },
    h(
      "select",
      {
        id: "file-picker",
        "aria-label": "File",
        onchange: (event) => {
          update({ path: event.target.value });
          document.getElementById("file-picker")?.focus();
        },
      },
      agent.links > 0 && option("", `All ${count(agent.links, "link")}`),
      added.map(({ path }) => option(path, `New: ${path}`)),
      listed.map((file) => option(file.path, text(file))),
      files.length > listed.length &&
        h("option", { disabled: true }, `${count(files.length - listed.length, "more file")}: choose a container`),
    ),
  );
}

/** @param {PageAgent} agent */
function isWrong({ refused, error }) {
  return refused.length > 0 || error !== undefined;
}

/** Texts that were fetched for this revision. @type {{ revision: number, texts: Map<string, string> }} */
const fetched = { revision: -1, texts: new Map() };

/**
 * @param {PageAgent} agent
 * @param {readonly FileChange[]} changed
 */
function fileView(agent, changed) {
  const path = chosenPath(changed);
  if (path === undefined) {
    return h(
      "p",
      { class: "empty muted" },
      isWrong(agent) ? "Nothing could be rendered." : "It writes nothing for this node.",
    );
  }
  if (path === "") return linksView();
  const change = changed.find((one) => one.path === path);
  const file = store.files.find((one) => one.path === path);
  const block = h("div", { class: "file" });
  const show = (/** @type {string} */ text) => {
    const code = codeBlock(text, {
      path,
      label: path,
      changed: change && change.change !== "removed" ? newLines(change.diff) : new Set(),
      isChosen: file?.container === undefined ? chosenLine() : () => false,
    });
    fill(
      block,
      h(
        "div",
        { class: "file-head" },
        h("code", { class: "path" }, shown(path)),
        file?.mode !== undefined && h("span", { class: "muted" }, `mode ${file.mode}`),
        store.trial && change && h("span", { class: "tag" }, "as edited"),
        copyButton(text),
      ),
      code,
    );
    keepPlace(code, `${agent.name}\n${path}\n${store.details?.key === store.container ? store.container : ""}`);
  };
  if (store.trial && change?.contents !== undefined) {
    show(change.contents);
    return block;
  }
  const revision = store.state?.revision ?? 0;
  if (fetched.revision !== revision) Object.assign(fetched, { revision, texts: new Map() });
  const key = `${agent.name}\n${path}`;
  const known = fetched.texts.get(key);
  if (known !== undefined) show(known);
  else {
    block.classList.add("is-loading");
    contentsOf(agent.name, path).then((text) => {
      if (fetched.revision === revision) fetched.texts.set(key, text);
      block.classList.remove("is-loading");
      show(text);
    }).catch(complain);
  }
  return block;
}

/** How far which file was scrolled. */
const place = { key: "", top: 0 };

/**
 * Shows the same part of a file again, or that which is about the chosen container.
 *
 * @param {HTMLElement} code
 * @param {string} key
 */
function keepPlace(code, key) {
  const isSame = place.key === key;
  place.key = key;
  code.addEventListener("scroll", () => place.top = code.scrollTop, { passive: true });
  // It has a height once it is in the page.
  queueMicrotask(() => {
    const line = code.querySelector(".is-chosen");
    if (isSame) code.scrollTop = place.top;
    else if (line instanceof HTMLElement) code.scrollTop = line.offsetTop - code.clientHeight / 3;
  });
}

/** Tells which lines name the chosen container. */
function chosenLine() {
  const { details, container } = store;
  const marks = details?.key === container ? [details?.id, details?.log].filter((mark) => mark) : [];
  return (/** @type {string} */ line) => marks.some((mark) => line.includes(/** @type {string} */ (mark)));
}

/** @param {string} text */
function copyButton(text) {
  /** @type {HTMLButtonElement} */
  const button = h("button", {
    type: "button",
    class: "plain small",
    onclick: async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      setTimeout(() => button.textContent = "Copy", 1_500);
    },
  }, "Copy");
  return button;
}

function linksView() {
  const links = store.files.filter(({ kind }) => kind === "link");
  const sorted = links.toSorted((a, b) =>
    Number(b.container === store.container) - Number(a.container === store.container)
  );
  return h(
    "div",
    { class: "file links", tabindex: 0, role: "region", "aria-label": "Links" },
    sorted.slice(0, MAX_OPTIONS).map(({ path, target, container }) =>
      h(
        "p",
        { class: container === store.container ? "link is-chosen" : "link" },
        h("code", { class: "path" }, shown(path)),
        h("code", { class: "muted" }, shown(`→ ${target}`)),
      )
    ),
    links.length > MAX_OPTIONS && h("p", { class: "muted" }, `${count(links.length - MAX_OPTIONS, "more link")}`),
  );
}
