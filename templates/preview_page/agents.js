// @ts-check
/// <reference lib="dom" />
/**
 * The agents as tabs, each with what it says and the files that it would write.
 *
 * @module
 */
import { chooseAgent, complain } from "./api.js";
import { mistakeBlock } from "./code.js";
import { byId, count, fill, h } from "./dom.js";
import { drawFiles } from "./files.js";
import { changes, onChange, store } from "./store.js";
import { shown } from "./text.js";

/** @import { AgentRemarks, PageAgent } from "../../lib/page/page_content.ts" */

/** Draws the tabs and the chosen panel whenever they change. */
export function startAgents() {
  byId("tabs").addEventListener("keydown", onKey);
  onChange(["state", "agent", "trial"], drawTabs);
  onChange(["state", "agent", "trial", "files", "path", "view", "container", "details"], drawPanel);
}

/** Puts the focus on the chosen tab. */
export function focusTabs() {
  const tab = byId("tabs").querySelector('[aria-selected="true"]');
  if (tab instanceof HTMLElement) tab.focus();
}

/** @param {PageAgent} agent */
function remarksOf(agent) {
  /** @type {AgentRemarks} */
  const remarks = store.trial?.agents.find(({ name }) => name === agent.name) ?? agent;
  return remarks;
}

function drawTabs() {
  const tabs = byId("tabs");
  const hadFocus = tabs.contains(document.activeElement);
  fill(
    tabs,
    (store.state?.agents ?? []).map((agent) => {
      const { error, refused } = remarksOf(agent);
      const changed = changes().find(({ name }) => name === agent.name);
      const number = changed ? changed.files.length + changed.more : 0;
      const isWrong = error !== undefined || refused.length > 0;
      return h(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${agent.name}`,
          class: "tab",
          "aria-controls": "panel",
          "aria-selected": agent.name === store.agent ? "true" : "false",
          tabindex: agent.name === store.agent ? 0 : -1,
          onclick: () => choose(agent.name),
        },
        agent.name,
        isWrong &&
          h(
            "span",
            { class: "badge error" },
            h("span", { "aria-hidden": "true" }, "!"),
            h("span", { class: "hidden" }, " has errors"),
          ),
        number > 0 &&
          h(
            "span",
            { class: "badge" },
            number.toLocaleString("en"),
            h("span", { class: "hidden" }, ` ${number === 1 ? "file" : "files"} changed`),
          ),
      );
    }),
  );
  if (hadFocus) focusTabs();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const names = (store.state?.agents ?? []).map(({ name }) => name);
  const at = names.indexOf(store.agent);
  const steps = { ArrowRight: at + 1, ArrowLeft: at - 1 + names.length, Home: 0, End: names.length - 1 };
  if (!(event.key in steps) || names.length === 0) return;
  event.preventDefault();
  choose(names[steps[/** @type {keyof typeof steps} */ (event.key)] % names.length] ?? "");
}

/** @param {string} name */
function choose(name) {
  chooseAgent(name).catch(complain);
}

function drawPanel() {
  const panel = byId("panel");
  const agent = store.state?.agents.find(({ name }) => name === store.agent);
  if (!agent) {
    panel.removeAttribute("aria-labelledby");
    return fill(panel, h("p", { class: "empty muted" }, "There is no agent to show."));
  }
  panel.setAttribute("aria-labelledby", `tab-${agent.name}`);
  const focused = panel.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const links = agent.links > 0 ? [count(agent.links, "link")] : [];
  const written = [...(agent.files > 0 || links.length === 0 ? [count(agent.files, "file")] : []), ...links].join(", ");
  fill(
    panel,
    h(
      "div",
      { class: "about" },
      h(
        "p",
        {},
        shown(agent.summary === "" ? agent.name : agent.summary),
        h("span", { class: "muted" }, ` · ${written}`),
      ),
      h("p", { class: "muted folder" }, h("code", {}, shown(agent.folder))),
    ),
    remarkBlocks(remarksOf(agent)),
    drawFiles(agent),
  );
  if (focused !== undefined) (document.getElementById(focused) ?? panel).focus({ preventScroll: true });
}

/** @param {AgentRemarks} remarks */
function remarkBlocks({ error, refused, warnings, unexpressed }) {
  const more = warnings.length + unexpressed.length;
  return [
    error && h(
      "div",
      { class: "alert error" },
      h("h3", {}, "It failed"),
      mistakeBlock(error, h("p", { class: "muted" }, "The files below are those that it rendered last.")),
    ),
    refused.length > 0 && h(
      "div",
      { class: "alert error" },
      h("h3", {}, `${count(refused.reduce((sum, one) => sum + one.count, 0), "container")} cannot be rendered`),
      refused.map((one) => mistakeBlock(one, namesLine(one))),
    ),
    more > 0 && h(
      "details",
      { class: "alert warning" },
      h("summary", {}, count(more, "remark"), " on wishes that are not met"),
      h(
        "ul",
        {},
        warnings.map((text) => h("li", {}, shown(text))),
        unexpressed.map((one) => h("li", {}, shown(one.what), namesLine(one))),
      ),
    ),
  ];
}

/** @param {{ containers: readonly string[], count: number }} one */
function namesLine({ containers, count: all }) {
  const more = all > containers.length ? ` and ${all - containers.length} more` : "";
  return h("p", { class: "muted names" }, shown(containers.join(", ")), more);
}
