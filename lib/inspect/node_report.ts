/**
 * What the program knows of a node at one moment, as one value that JSON carries: `status`, `explain` and `audit` are ways to show it.
 *
 * @module
 */
import type { Discovery, NotFollowed } from "../discover/container.ts";
import type { Joined, Remembered } from "../join/join.ts";
import { type AgentPart, agentPart, type InspectedAgent } from "./agent_part.ts";

export type { InspectedAgent };

/** An agent as it stands. */
export interface AgentReport {
  readonly name: string;
  /** Number of the newest wanted output, and of the newest that is wholly on disk; undefined where nobody writes. */
  readonly wantedGeneration?: number;
  readonly appliedGeneration?: number;
  /** Containers that it was given and did not refuse. */
  readonly containers: number;
  readonly files: number;
  readonly links: number;
  readonly refused: number;
  /** Why it is not up to date; empty if it is. */
  readonly failure: string;
  /** Files and links that it wants and that are not on disk; undefined where nobody writes. */
  readonly missing?: readonly string[];
}

/** Why a container has the wishes that it has, in words. */
export interface ContainerOrigins {
  readonly rules: readonly string[];
  /** By wish. */
  readonly wishes: Readonly<Record<string, string>>;
  /** By name of the attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A container as it stands. */
export interface ContainerReport {
  readonly key: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly restart: number;
  /** Empty while none was learned. */
  readonly id: string;
  readonly layout: "docker" | "cri";
  readonly log: string;
  readonly state: "collected" | "excluded" | "waiting";
  /** Sentence without a full stop. */
  readonly reason: string;
  /** ISO 8601; undefined where nobody watched. */
  readonly since?: string;
  /** Whether the API shows its pod, or showed it. */
  readonly isPodKnown: boolean;
  /** Uid of that pod: of a static pod not the one that its folder bears; empty while it is not known. */
  readonly podUid: string;
  readonly image: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Wishes that hold, those that say something. */
  readonly hints: Readonly<Record<string, unknown>>;
  /** Rules of the operator that are for it, and where its wishes and attributes come from; only of those containers that were asked for by name. */
  readonly origins?: ContainerOrigins;
  /** What is wrong with the annotations of its pod. */
  readonly problems: readonly string[];
  /** Names of the agents that have it in their files. */
  readonly coveredBy: readonly string[];
  /** Of those containers that were asked for by name. */
  readonly agents: readonly AgentPart[];
}

/** Everything. */
export interface NodeReport {
  readonly format: "kube-log-watcher/report";
  readonly version: 1;
  /** Version of the program. */
  readonly program: string;
  /** Where this comes from: the running watcher, or a look of this command's own. */
  readonly isRunning: boolean;
  readonly node: string;
  /** Where pods come from. */
  readonly api: string;
  readonly hasPods: boolean;
  /** Whether all folders could be read. */
  readonly isComplete: boolean;
  readonly agents: readonly AgentReport[];
  readonly containers: readonly ContainerReport[];
  readonly notFollowed: readonly NotFollowed[];
}

/** What a report is made of. */
export interface ReportInput {
  readonly program: string;
  readonly isRunning: boolean;
  readonly node: string;
  readonly api: string;
  readonly hasPods: boolean;
  readonly discovery: Discovery;
  readonly joined: Joined;
  /** When each container came into its state, by key, milliseconds since 1970. */
  readonly since: ReadonlyMap<string, number>;
  readonly agents: readonly InspectedAgent[];
  /** Tells the origins of a container's wishes. */
  readonly origins: (one: Remembered) => ContainerOrigins;
}

/** Which containers a report is to show, as people name them: `namespace/pod[/container]`, a pod's name, or a container's id from its start. */
export type Wanted = string;

/** Makes a report. @param wanted Undefined: all containers, without what the agents have for each. */
export function nodeReport(input: ReportInput, wanted?: Wanted): NodeReport {
  const { discovery, joined, agents } = input;
  const covering = agents.map(({ name, rendered }) => {
    const refused = new Set(rendered?.rendering.refused.map(({ targetId }) => targetId));
    return { name, ids: new Set(rendered?.targets.flatMap(({ id }) => refused.has(id) ? [] : id)) };
  });
  const chosen = [...joined.memory.values()].filter((one) => wanted === undefined || isWanted(one, wanted));
  return {
    format: "kube-log-watcher/report",
    version: 1,
    program: input.program,
    isRunning: input.isRunning,
    node: input.node,
    api: input.api,
    hasPods: input.hasPods,
    isComplete: discovery.isComplete,
    agents: agents.map(agentReport),
    containers: chosen.map((one) => containerReport(one, { input, covering, isWhole: wanted !== undefined })),
    notFollowed: discovery.notFollowed.filter(({ key, path }) =>
      wanted === undefined || key.startsWith(wanted) || path.includes(wanted)
    ),
  };
}

function agentReport({ name, generations, failure, rendered, missing }: InspectedAgent): AgentReport {
  const wanted = rendered?.rendering.wanted ?? [];
  const refused = rendered?.rendering.refused.length ?? 0;
  const behind = generations && generations.wanted !== generations.applied && failure === "";
  return {
    name,
    ...(generations ? { wantedGeneration: generations.wanted, appliedGeneration: generations.applied } : {}),
    containers: (rendered?.targets.length ?? 0) - refused,
    files: wanted.filter(({ kind }) => kind === "file").length,
    links: wanted.filter(({ kind }) => kind === "link").length,
    refused,
    ...(missing ? { missing } : {}),
    failure: behind ? "The newest output is not on disk yet" : failure,
  };
}

function containerReport(
  remembered: Remembered,
  { input, covering, isWhole }: {
    readonly input: ReportInput;
    readonly covering: readonly { readonly name: string; readonly ids: ReadonlySet<string> }[];
    readonly isWhole: boolean;
  },
): ContainerReport {
  const { container, target, status, pod, id } = remembered;
  const sinceMs = input.since.get(container.key);
  const { state, reason } = status;
  // Of a static pod the API knows another uid than the disk, which problems are kept by.
  const problems = input.joined.problems.filter(({ podUid }) => podUid === container.podUid);
  return {
    key: container.key,
    namespace: container.namespace,
    pod: container.podName,
    container: container.containerName,
    restart: container.restart,
    id: target?.id ?? id ?? container.id ?? "",
    layout: container.layout,
    log: container.logPath,
    state,
    reason,
    ...(sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() }),
    isPodKnown: pod !== undefined,
    podUid: pod?.uid ?? "",
    image: target?.container.imageReference ?? container.image ?? "",
    attributes: target?.attributes ?? {},
    hints: sayingSomething(target?.hints ?? {}),
    ...(isWhole ? { origins: input.origins(remembered) } : {}),
    problems: problems.map(({ text }) => text),
    coveredBy: covering.filter(({ ids }) => target && ids.has(target.id)).map(({ name }) => name),
    agents: isWhole && target ? input.agents.map((agent) => agentPart(agent, target)) : [],
  };
}

function sayingSomething(hints: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(hints).filter(([, value]) =>
      value !== "" && value !== undefined && !(Array.isArray(value) && value.length === 0)
    ),
  );
}

function isWanted({ container, id }: Remembered, wanted: Wanted): boolean {
  const { namespace, podName, containerName } = container;
  const names = [podName, `${namespace}/${podName}`, `${namespace}/${podName}/${containerName}`];
  const learned = id ?? container.id ?? "";
  return names.includes(wanted) || (wanted.length >= 8 && learned.startsWith(wanted));
}
