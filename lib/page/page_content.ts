/**
 * What the preview page gets from its server, as JSON. Everything in it is fit to be shown: secrets are `***`. The page writes texts as texts, never as
 * markup, so that nothing in it has to be escaped here.
 *
 * @module
 */
import type { ContainerReport } from "../inspect/node_report.ts";

/** A line of a source file around a mistake. */
export interface Excerpt {
  /** Number of the first line, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** Where in an agent's folder a mistake is. */
export interface MistakePlace {
  /** Name in the folder, e.g. `context.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1; undefined where it is not known. */
  readonly column?: number;
  /** The lines around it; undefined if they could not be read. */
  readonly excerpt?: Excerpt;
}

/** Something that went wrong, with its place if that is known. */
export interface Mistake {
  readonly message: string;
  readonly place?: MistakePlace;
}

/** Containers that an agent refuses for one reason. */
export interface Refusal extends Mistake {
  /** `namespace/pod/container`, the first few. */
  readonly containers: readonly string[];
  /** Number of containers. */
  readonly count: number;
}

/** A wish that a shipper cannot be told, and the containers that wish it. */
export interface PageUnexpressed {
  readonly what: string;
  /** The first few. */
  readonly containers: readonly string[];
  readonly count: number;
}

/** What an agent says of what it rendered. */
export interface AgentRemarks {
  /** Why it could not render at all; its files are those that it rendered last. */
  readonly error?: Mistake;
  readonly refused: readonly Refusal[];
  readonly warnings: readonly string[];
  readonly unexpressed: readonly PageUnexpressed[];
}

/** An agent, a tab. */
export interface PageAgent extends AgentRemarks {
  readonly name: string;
  readonly summary: string;
  readonly folder: string;
  readonly files: number;
  readonly links: number;
}

/** A file or link that an agent would write. */
export interface PageFile {
  readonly path: string;
  readonly kind: "file" | "link";
  /** Of a link. */
  readonly target?: string;
  /** Octal; of a file. */
  readonly mode?: string;
  /** Key of the container that it is for; undefined where it is for all. */
  readonly container?: string;
  /** Length of its text. */
  readonly length: number;
}

/** What became of a file. */
export interface FileChange {
  readonly path: string;
  readonly change: "created" | "updated" | "removed";
  /** Unified; cut where it is very long. */
  readonly diff: string;
  /** The new text, or the target of a link: of trials, where it is not very long. */
  readonly contents?: string;
}

/** Changes of one agent's files. */
export interface AgentChanges {
  readonly name: string;
  readonly files: readonly FileChange[];
  /** Changed files that are not among them, as there are too many. */
  readonly more: number;
}

/** What came of a save. */
export interface Save {
  readonly revision: number;
  /** Agents whose files changed. */
  readonly agents: readonly AgentChanges[];
  /** Names of the agents with which something is wrong. */
  readonly failing: readonly string[];
}

/** A container of the list. */
export interface PageContainer {
  readonly key: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly state: "collected" | "excluded" | "waiting" | "failed" | "not-followed";
  readonly reason: string;
  /** uid of the pod whose labels can be tried; undefined where no pod is known. */
  readonly podUid?: string;
}

/** Everything but files. */
export interface PageState {
  /** Grows with each save. */
  readonly revision: number;
  readonly program: string;
  /** What is looked at. */
  readonly source: string;
  readonly node: string;
  /** Sentences on what stands in for settings that are not set. */
  readonly notes: readonly string[];
  /** Names of annotations that can be tried. */
  readonly annotations: readonly string[];
  /** What is wrong with the configuration as it was saved last; the one before is in force. */
  readonly error?: Mistake;
  readonly agents: readonly PageAgent[];
  readonly containers: readonly PageContainer[];
  readonly problems: readonly { readonly kind: string; readonly text: string }[];
  /** The last save; undefined until there was one. */
  readonly save?: Save;
}

/** Labels and annotations to be tried for a pod. */
export interface PodEdit {
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A pod as it is, for the form. */
export interface PagePod extends PodEdit {
  readonly namespace: string;
  readonly name: string;
}

/** Something to be said beside a field of the form. */
export interface FieldProblem {
  readonly field: "labels" | "annotations";
  readonly key: string;
  readonly text: string;
}

/** A container in full. */
export type PageContainerDetails = Omit<ContainerReport, "state"> & Pick<PageContainer, "state">;

/** What would follow from edited labels and annotations. */
export interface Trial {
  /** Of the looks that it is compared with. */
  readonly revision: number;
  readonly fields: readonly FieldProblem[];
  /** What is wrong and belongs to no field. */
  readonly problems: readonly string[];
  /** The pod's containers as they would be. */
  readonly containers: readonly PageContainerDetails[];
  readonly agents: readonly (AgentRemarks & AgentChanges)[];
}

/** What the server shows; its texts hold no secret. */
export interface PageSubject {
  state(): PageState;
  /** Undefined if there is no such agent. */
  files(agent: string): readonly PageFile[] | undefined;
  /** Undefined if there is no such file. */
  contents(agent: string, path: string): string | undefined;
  /** Undefined if there is no such container. */
  container(key: string): PageContainerDetails | undefined;
  /** Undefined if there is no such pod. */
  pod(uid: string): PagePod | undefined;
  /** Undefined if there is no such pod, or nobody waits any more when its turn comes. */
  try(edit: PodEdit, signal: AbortSignal): Promise<Trial | undefined>;
  /** Looks at the node and the agents' folders again. */
  refresh(): Promise<Save>;
}
