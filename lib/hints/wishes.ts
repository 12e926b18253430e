/**
 * What a vocabulary of annotations says about one container, before it is weighed against what others say.
 *
 * @module
 */
import type { Multiline, RedactionRule, SamplingRule } from "./log_hints.ts";

/** Everything that can be wished for a log. */
export interface WishValues {
  /** Whether the log is not to be collected. */
  readonly exclude: boolean;
  /** Names of the agents that the log is for. */
  readonly agents: readonly string[];
  readonly parser: string;
  /** Undefined: each line is an event. */
  readonly multiline: Multiline | undefined;
  readonly samplingRules: readonly SamplingRule[];
  readonly redactionRules: readonly RedactionRule[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** A wish with its source. */
export interface Wish<T> {
  readonly value: T;
  /** Where it stands, for messages, e.g. `annotation kubernetes-log-watcher/parser`. */
  readonly source: string;
}

/** Wishes for one container. */
export type Wishes = { readonly [K in keyof WishValues]?: Wish<WishValues[K]> };

/** What a vocabulary reads: a pod's labels and annotations, on behalf of one of its containers. */
export interface Subject {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Name of the container. */
  readonly container: string;
  /** Names of all containers of the pod; empty where they are not known. */
  readonly containers: readonly string[];
}

/** Takes what a vocabulary cannot use. */
export interface Report {
  /** @param expected What was expected instead; the rest of what was said holds. */
  invalid(source: string, expected: string): void;
  /** @param why Why something that is right has no counterpart. */
  notRead(source: string, why: string): void;
}

/** A way to write wishes as annotations. */
export interface Vocabulary {
  /** Name in the setting WATCHER_ANNOTATIONS_FROM; empty for the program's own. */
  readonly name: string;
  /** Reads what concerns a container. Never throws, whatever the texts. */
  read(subject: Subject, report: Report): Wishes;
}

/** Names an annotation in messages. */
export function annotation(key: string): string {
  return `annotation ${key}`;
}
