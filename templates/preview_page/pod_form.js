// @ts-check
/// <reference lib="dom" />
/**
 * The form in which labels and annotations of a pod are tried. Nothing of the pod itself is changed.
 *
 * @module
 */
import { tryEdit } from "./api.js";
import { count, fill, h } from "./dom.js";
import { fieldset } from "./pod_fields.js";
import { onChange, store, update } from "./store.js";
import { chooseAgent, complain } from "./api.js";
import { shown } from "./text.js";

/** @import { Row } from "./pod_fields.js" */
/** @import { PagePod, Trial } from "../../lib/page/page_content.ts" */

/** Time for which nobody types before something is tried, milliseconds. */
const QUIET_MS = 300;

/** @type {{ uid: string, labels: Row[], annotations: Row[] }} */
const form = { uid: "", labels: [], annotations: [] };
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let running = new AbortController();
/** What the server could not take. */
let failure = "";
let isBusy = false;

const status = h("div", { class: "trial-status", role: "status" });
const problems = h("div", { class: "trial-problems" });
const reset = h("button", { type: "button", class: "plain", onclick: () => resetForm(true) }, "Reset");
const fields = {
  labels: fieldset("labels", form.labels, edited),
  annotations: fieldset("annotations", form.annotations, edited),
};

/** Makes the form. */
export function podForm() {
  const root = h(
    "form",
    {
      class: "pod-form",
      id: "pod-form",
      "aria-label": "Try other labels and annotations",
      onsubmit: (event) => event.preventDefault(),
    },
    h("div", { class: "form-head" }, h("h3", {}, "Try other labels and annotations"), reset),
    h("p", { class: "muted hint" }, "What follows is shown at once, in all agents. The pod itself stays as it is."),
    fields.labels.root,
    fields.annotations.root,
    problems,
    status,
  );
  root.hidden = true;
  onChange(["state"], () => fields.annotations.offer(store.state?.annotations ?? []));
  onChange(["pod"], () => {
    if (store.pod && store.pod.uid !== form.uid) resetForm(false);
    // The pod changed meanwhile, under the same edits or none.
    else if (store.pod && !isEdited(store.pod)) resetForm(false);
  });
  onChange(["trial", "pod"], drawResults);
  return root;
}

/** Tries again what is edited: after a save other things follow. */
export async function tryAgain() {
  if (store.trial) await submit();
}

/** @param {boolean} isAsked Whether somebody wants the focus back where it was. */
function resetForm(isAsked) {
  clearTimeout(timer);
  running.abort();
  failure = "";
  isBusy = false;
  const { pod } = store;
  form.uid = pod?.uid ?? "";
  fields.labels.take(pod?.labels ?? {});
  fields.annotations.take(pod?.annotations ?? {});
  if (store.trial) update({ trial: undefined });
  else drawResults();
  if (isAsked) fields.labels.focus();
}

/** @param {Row[]} rows */
function mapOf(rows) {
  // The first of two with one key counts; the other is marked.
  return Object.fromEntries(rows.filter(({ key }) => key !== "").toReversed().map(({ key, value }) => [key, value]));
}

/** @param {PagePod} pod */
function isEdited(pod) {
  const sorted = (/** @type {Readonly<Record<string, string>>} */ map) =>
    JSON.stringify(Object.entries(map).toSorted(([a], [b]) => a < b ? -1 : 1));
  return form.uid === pod.uid &&
    (sorted(mapOf(fields.labels.rows)) !== sorted(pod.labels) ||
      sorted(mapOf(fields.annotations.rows)) !== sorted(pod.annotations));
}

function edited() {
  clearTimeout(timer);
  timer = setTimeout(submit, QUIET_MS);
}

async function submit() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  if (!store.pod) return;
  if (!isEdited(store.pod)) return update({ trial: undefined });
  isBusy = true;
  failure = "";
  drawResults();
  try {
    const edit = { uid: form.uid, labels: mapOf(fields.labels.rows), annotations: mapOf(fields.annotations.rows) };
    const trial = await tryEdit(edit, signal);
    isBusy = false;
    // The change is what somebody wants to see.
    if (!signal.aborted) update({ trial });
  } catch (error) {
    if (signal.aborted) return;
    isBusy = false;
    failure = /** @type {Error} */ (error).message;
    drawResults();
  }
}

function drawResults() {
  const { trial } = store;
  reset.disabled = !(store.pod && isEdited(store.pod));
  fields.labels.mark(trial?.fields ?? []);
  fields.annotations.mark(trial?.fields ?? []);
  fill(problems, (trial?.problems ?? []).map((text) => h("p", { class: "field-problem" }, shown(text))));
  if (failure !== "") fill(status, h("p", { class: "field-problem" }, shown(failure)));
  else if (isBusy) fill(status, h("p", { class: "muted" }, "Rendering"));
  else fill(status, trial && outcome(trial));
}

/** @param {Trial} trial */
function outcome(trial) {
  const changed = trial.agents.filter(({ files, more }) => files.length + more > 0);
  if (changed.length === 0) return h("p", {}, "Nothing changes in what is written.");
  return [
    h("p", {}, `${count(changed.length, "agent")} would write something else:`),
    h(
      "ul",
      { class: "outcome" },
      changed.map(({ name, files, more }) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", class: "plain small", onclick: () => show(name) },
            `${name}: ${count(files.length + more, "file")}`,
          ),
        )
      ),
    ),
  ];
}

/** @param {string} agent */
async function show(agent) {
  try {
    await chooseAgent(agent);
    update({ view: "changes" });
    document.getElementById("view-changes")?.focus();
  } catch (error) {
    complain(error);
  }
}
