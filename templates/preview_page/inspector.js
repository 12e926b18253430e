// @ts-check
/// <reference lib="dom" />
/**
 * The chosen container: what `explain` says of it.
 *
 * @module
 */
import { codeBlock } from "./code.js";
import { STATES } from "./containers.js";
import { byId, count, fill, h } from "./dom.js";
import { nameOf, onChange, store } from "./store.js";
import { podForm } from "./pod_form.js";
import { shown } from "./text.js";

/** @import { PageContainerDetails } from "../../lib/page/page_content.ts" */

/** @typedef {PageContainerDetails["agents"][number]} AgentPart */

/** Draws the chosen container whenever it changes; the form is drawn by itself, so that it is not disturbed while somebody types. */
export function startInspector() {
  const head = h("div", { class: "inspector-head" });
  const parts = h("div", { class: "parts" });
  const form = podForm();
  fill(byId("inspector"), head, form, parts);
  const draw = () => {
    fill(head, headOf());
    fill(parts, partsOf());
    form.hidden = store.pod === undefined;
  };
  onChange(["state", "agent", "container", "details", "pod", "trial"], draw);
  let last = store.container;
  onChange(["container"], () => {
    if (store.container !== last) byId("inspector").scrollTop = 0;
    last = store.container;
  });
}

/** The details, those of a trial as they would be. */
function current() {
  return store.trial?.containers.find(({ key }) => key === store.container) ??
    (store.details?.key === store.container ? store.details : undefined);
}

function headOf() {
  const listed = store.state?.containers.find(({ key }) => key === store.container);
  if (!listed) {
    return [
      h("h2", {}, "Container"),
      h("p", { class: "muted" }, "Choose a container on the left: this says why it is or is not followed."),
    ];
  }
  const details = current();
  const { state, reason } = details ?? listed;
  return [
    h("h2", {}, shown(listed.container === "" ? listed.pod : listed.container)),
    listed.container !== "" && h("p", { class: "muted name" }, shown(nameOf({ ...listed, container: "" }))),
    h(
      "p",
      { class: "state", "data-state": state },
      h("span", { class: "sign", "aria-hidden": "true" }, STATES[state].sign),
      h("b", {}, STATES[state].label),
      store.trial && details !== store.details && h("span", { class: "tag" }, "as edited"),
    ),
    reason !== "" && h("p", { class: "reason" }, shown(reason)),
    details && factsOf(details),
  ];
}

/** @param {PageContainerDetails} one */
function factsOf(one) {
  /** @type {[string, string][]} */
  const rows = [
    ["Log", one.log],
    ["Layout", `${one.layout === "cri" ? "containerd or CRI-O" : "Docker"}, restart ${one.restart}`],
    ["Id", one.id === "" ? "not learned yet" : one.id],
    ["Image", one.image === "" ? "not known" : one.image],
    ["Pod", one.isPodKnown ? "known from the API" : "not shown by the API; identity is that of the path"],
    ...(one.origins?.rules ?? []).map((rule) => /** @type {[string, string]} */ (["Rule", rule])),
    ...Object.entries(one.attributes).map((
      [name, value],
    ) => /** @type {[string, string]} */ ([
      "Attribute",
      `${name}=${value}${originOf(one.origins?.attributes, name)}`,
    ])),
    ...Object.entries(one.hints).map((
      [name, value],
    ) => /** @type {[string, string]} */ ([
      "Wish",
      `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}${originOf(one.origins?.wishes, name)}`,
    ])),
    ...one.problems.map((text) => /** @type {[string, string]} */ (["Problem", text])),
  ];
  return h(
    "dl",
    { class: "facts" },
    rows.map(([name, text]) =>
      h("div", { class: name === "Problem" ? "is-problem" : null }, h("dt", {}, name), h("dd", {}, shown(text)))
    ),
  );
}

/**
 * Says where something comes from.
 *
 * @param {Readonly<Record<string, string>> | undefined} origins
 * @param {string} name
 */
function originOf(origins, name) {
  return origins && Object.hasOwn(origins, name) ? ` (${origins[name]})` : "";
}

function partsOf() {
  const details = current();
  if (!details || details.agents.length === 0) return [];
  return [h("h3", {}, "What the agents have for it"), ...details.agents.map(partOf)];
}

/** @param {AgentPart} part */
function partOf({ name, result, reason, files, entries, warnings, unexpressed }) {
  const remarks = warnings.length + unexpressed.length;
  return h(
    "details",
    { class: "part", "data-result": result.replaceAll(" ", "-"), open: name === store.agent },
    h(
      "summary",
      {},
      h("b", {}, name),
      h("span", { class: "result" }, ` ${result}`),
      remarks > 0 && h("span", { class: "muted" }, ` · ${count(remarks, "remark")}`),
    ),
    reason !== "" && h("p", {}, shown(reason)),
    files.map((text) => h("p", {}, h("code", { class: "path" }, shown(text)))),
    entries.map(({ path, text }) => [
      h("p", { class: "muted" }, "in ", h("code", { class: "path" }, shown(path))),
      codeBlock(text, { path, label: `The entry in ${path}` }),
    ]).flat(),
    (warnings.length > 0 || unexpressed.length > 0) && h(
      "ul",
      {},
      warnings.map((text) => h("li", {}, shown(text))),
      unexpressed.map((text) => h("li", {}, shown(`cannot be told: ${text}`))),
    ),
  );
}
