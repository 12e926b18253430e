// @ts-check
/// <reference lib="dom" />
/**
 * Talks with the server: what is chosen is fetched, and a save is told by it.
 *
 * @module
 */
import { announce, byId, count } from "./dom.js";
import { store, update } from "./store.js";

/** @import { PageContainer, PodEdit, Save, Trial } from "../../lib/page/page_content.ts" */

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function ask(path, init) {
  const response = await fetch(path, init);
  const value = await response.json();
  if (!response.ok) throw new Error(value.error);
  return value;
}

/** @param {Record<string, string>} query */
function queryOf(query) {
  return new URLSearchParams(query).toString();
}

/** @param {unknown} error */
export function complain(error) {
  const banner = byId("page-error");
  banner.hidden = false;
  banner.textContent = `The page could not ask its server: ${/** @type {Error} */ (error).message}`;
}

/** Fetches everything anew; what is chosen stays chosen where it is there still. */
export async function reload() {
  const state = await ask("/api/state");
  const agent = state.agents.some((/** @type {{name: string}} */ one) => one.name === store.agent)
    ? store.agent
    : state.agents[0]?.name ?? "";
  const files = agent === "" ? [] : await ask(`/api/files?${queryOf({ agent })}`);
  update({ state, agent, files });
  const error = byId("page-error");
  error.hidden = state.error === undefined;
  error.textContent = state.error?.message ?? "";
}

/** @param {string} agent */
export async function chooseAgent(agent) {
  const files = await ask(`/api/files?${queryOf({ agent })}`);
  update({ agent, files, path: undefined });
}

/** @param {Pick<PageContainer, "key" | "podUid" | "state">} container */
export async function chooseContainer(container) {
  const isOtherPod = container.podUid !== store.pod?.uid;
  update({ container: container.key, path: undefined, ...(isOtherPod ? { pod: undefined, trial: undefined } : {}) });
  await loadContainer(container);
}

/** @param {Pick<PageContainer, "key" | "podUid" | "state">} container */
async function loadContainer({ key, podUid, state }) {
  const [details, pod] = await Promise.all([
    state === "not-followed" ? undefined : ask(`/api/container?${queryOf({ key })}`),
    podUid === undefined ? undefined : ask(`/api/pod?${queryOf({ uid: podUid })}`),
  ]);
  if (store.container === key) update({ details, pod });
}

/**
 * @param {string} agent
 * @param {string} path
 * @returns {Promise<string>}
 */
export async function contentsOf(agent, path) {
  return (await ask(`/api/contents?${queryOf({ agent, path })}`)).text;
}

/**
 * @param {PodEdit} edit
 * @param {AbortSignal} signal
 * @returns {Promise<Trial>}
 */
export function tryEdit(edit, signal) {
  const body = JSON.stringify(edit);
  return ask("/api/try", { method: "POST", headers: { "content-type": "application/json" }, body, signal });
}

/** Looks at the node again; what comes of it is told as a save is. */
export async function lookAgain() {
  await ask("/api/look", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
}

/**
 * Follows the server; after a time without it everything is fetched anew.
 *
 * @param {() => Promise<void>} retry What is to be done again after a change, besides fetching.
 */
export function follow(retry) {
  const events = new EventSource("/api/events");
  const live = byId("live");
  const refresh = async () => {
    try {
      await reload();
      const one = store.state?.containers.find(({ key }) => key === store.container);
      if (one) await loadContainer(one);
      await retry();
    } catch (error) {
      complain(error);
    }
  };
  let isFirst = true;
  events.addEventListener("hello", (event) => {
    live.textContent = "Live";
    live.dataset.state = "live";
    // Another server may be there by now.
    if (!isFirst || store.state?.revision !== JSON.parse(event.data).revision) refresh();
    isFirst = false;
  });
  events.addEventListener("save", async (event) => {
    /** @type {Save} */
    const save = JSON.parse(event.data);
    await refresh();
    announce(saveText(save));
  });
  events.addEventListener("error", () => {
    live.textContent = "Server is gone, trying again";
    live.dataset.state = "gone";
  });
}

/** @param {Save} save */
export function saveText({ agents, failing }) {
  const changed = agents.map(({ name, files, more }) => `${name}: ${count(files.length + more, "file")}`);
  const parts = [
    changed.length === 0 ? "Nothing changes in what is written" : `Changed: ${changed.join(", ")}`,
    failing.length === 0 ? "" : `with errors: ${failing.join(", ")}`,
  ];
  return parts.filter((part) => part !== "").join("; ");
}
