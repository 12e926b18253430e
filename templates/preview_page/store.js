// @ts-check
/// <reference lib="dom" />
/**
 * What the page knows and what is chosen; the parts draw themselves anew when it changes.
 *
 * @module
 */

/** @import { PageContainer, PageContainerDetails, PageFile, PagePod, PageState, Trial } from "../../lib/page/page_content.ts" */

/**
 * @typedef {object} Store
 * @property {PageState | undefined} state
 * @property {string} agent Name of the chosen one.
 * @property {string | undefined} container Key of the chosen one.
 * @property {PageContainerDetails | undefined} details Of the chosen container, as it is.
 * @property {PagePod | undefined} pod Of the chosen container, as it is.
 * @property {readonly PageFile[]} files Of the chosen agent.
 * @property {string | undefined} path Of the chosen file; empty for the list of links.
 * @property {"file" | "changes"} view
 * @property {Trial | undefined} trial What follows from the edited labels; undefined while they are as they are.
 */

/** @type {Store} */
export const store = {
  state: undefined,
  agent: "",
  container: undefined,
  details: undefined,
  pod: undefined,
  files: [],
  path: undefined,
  view: "file",
  trial: undefined,
};

/** @type {Set<(changed: ReadonlySet<string>) => void>} */
const listeners = new Set();

/**
 * Takes changes in.
 *
 * @param {Partial<Store>} changes
 */
export function update(changes) {
  Object.assign(store, changes);
  const names = new Set(Object.keys(changes));
  for (const listener of listeners) listener(names);
}

/**
 * Calls back when one of some parts changed.
 *
 * @param {(keyof Store)[]} parts
 * @param {() => void} draw
 */
export function onChange(parts, draw) {
  listeners.add((changed) => {
    if (parts.some((part) => changed.has(part))) draw();
  });
}

/**
 * Names a container for people.
 *
 * @param {Pick<PageContainer, "namespace" | "pod" | "container">} container
 */
export function nameOf({ namespace, pod, container }) {
  return [namespace, pod, container].filter((part) => part !== "").join("/");
}

/** Changed files of each agent: of the trial if there is one, else of the last save. */
export function changes() {
  return store.trial ? store.trial.agents : store.state?.save?.agents ?? [];
}

/** The containers, those of a trial as they would be. */
export function containers() {
  const tried = new Map(store.trial?.containers.map((one) => [one.key, one]));
  return (store.state?.containers ?? []).map((one) => {
    const trial = tried.get(one.key);
    return trial ? { ...one, state: trial.state, reason: trial.reason, isTried: true } : { ...one, isTried: false };
  });
}
