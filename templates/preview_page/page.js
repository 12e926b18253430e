// @ts-check
/// <reference lib="dom" />
/**
 * The preview page: puts its parts together and begins.
 *
 * @module
 */
import { startAgents } from "./agents.js";
import { chooseContainer, complain, follow, lookAgain, reload } from "./api.js";
import { startContainers } from "./containers.js";
import { byId, count, fill, h } from "./dom.js";
import { startInspector } from "./inspector.js";
import { startKeys } from "./keys.js";
import { tryAgain } from "./pod_form.js";
import { onChange, store } from "./store.js";
import { shown } from "./text.js";

const THEMES = ["auto", "light", "dark"];

function startTheme() {
  const button = byId("theme");
  const root = document.documentElement;
  const draw = () => button.textContent = `Theme: ${root.dataset.theme ?? "auto"}`;
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "auto") + 1) % THEMES.length] ?? "auto";
    if (next === "auto") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem("klw-theme", next);
    } catch {
      // Storage is switched off: it holds for this page.
    }
    draw();
  });
  draw();
}

function drawSource() {
  const { state } = store;
  if (!state) return;
  const samples = state.notes.length === 0 ? null : h(
    "details",
    { class: "samples" },
    h("summary", {}, count(state.notes.length, "sample setting")),
    h(
      "div",
      { class: "pop" },
      h("p", {}, "These stand for required settings that are not set:"),
      h("ul", {}, state.notes.map((note) => h("li", {}, h("code", {}, shown(note))))),
    ),
  );
  fill(
    byId("source"),
    h("b", {}, shown(state.node === "" ? "this node" : state.node)),
    h("span", {}, ` · ${state.source}`),
    samples && " · ",
    samples,
  );
}

startTheme();
startContainers();
startAgents();
startInspector();
startKeys();
onChange(["state"], drawSource);
byId("look").addEventListener("click", () => lookAgain().catch(complain));
try {
  await reload();
  const first = store.state?.containers.find(({ state }) => state === "collected") ?? store.state?.containers[0];
  if (first) await chooseContainer(first);
} catch (error) {
  complain(error);
}
follow(tryAgain);
