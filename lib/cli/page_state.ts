/**
 * What the preview page is told of everything but files.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { OWN_NAMES } from "../hints/own_annotations.ts";
import type { Joined } from "../join/join.ts";
import type { PageAgent, PageContainer, PageState, Save } from "../page/page_content.ts";
import type { NodeSubject } from "./node_subject.ts";
import { type PageLane, remarksOf } from "./page_lane.ts";
import { failedTargets } from "./page_trial.ts";
import { VERSION } from "./version.ts";

/** What there is to tell of. */
export interface PageParts {
  readonly config: Config;
  readonly subject: NodeSubject;
  readonly joined: Joined;
  readonly lanes: readonly PageLane[];
  readonly revision: number;
  /** What is wrong as a whole. */
  readonly error: string | undefined;
  readonly save: Save | undefined;
}

/** Tells. */
export function pageState(parts: PageParts): PageState {
  const { config, subject, joined, lanes, revision, error, save } = parts;
  const samples = config.agents.flatMap(({ samples }) => samples);
  return {
    revision,
    program: VERSION,
    source: subject.source,
    node: subject.node.name,
    notes: samples.map(({ env, value }) => `${env}=${typeof value === "object" ? JSON.stringify(value) : value}`),
    annotations: OWN_NAMES,
    ...(error === undefined ? {} : { error: { message: error } }),
    agents: lanes.map((lane) => agentOf(lane, joined)),
    containers: containersOf(parts),
    problems: joined.problems.map(({ kind, text }) => ({ kind, text })),
    ...(save ? { save } : {}),
  };
}

function agentOf(lane: PageLane, joined: Joined): PageAgent {
  const { name, summary, folder, rendered } = lane;
  const files = rendered?.files ?? [];
  const links = files.filter(({ kind }) => kind === "link").length;
  const remarks = remarksOf(lane, { rendering: rendered?.rendering, joined });
  return { name, summary, folder, files: files.length - links, links, ...remarks };
}

function containersOf({ lanes, joined, subject }: PageParts): PageContainer[] {
  const failed = failedTargets(lanes);
  const found = [...joined.memory.values()].map(({ container, status, pod, target }): PageContainer => {
    const failure = target && failed.get(target.id);
    return {
      key: container.key,
      namespace: container.namespace,
      pod: container.podName,
      container: container.containerName,
      state: failure === undefined ? status.state : "failed",
      reason: failure ?? status.reason,
      ...(pod ? { podUid: pod.uid } : {}),
    };
  });
  const others = subject.discovery.notFollowed.map(({ key, path, reason }): PageContainer => ({
    key,
    namespace: "",
    pod: path === "" ? key : path,
    container: "",
    state: "not-followed",
    reason,
  }));
  return [...found, ...others];
}
