/**
 * What is not usable, not read or contradictory in the annotations of a pod.
 *
 * @module
 */
import { printable } from "../observe/printable.ts";
import type { Report } from "./wishes.ts";

/** One problem. */
export interface HintProblem {
  /** `invalid` is left out, of a `conflict` one side is taken, `not-read` is right but has no counterpart. */
  readonly kind: "invalid" | "conflict" | "not-read";
  readonly podUid: string;
  readonly namespace: string;
  readonly podName: string;
  /** Sentence without a full stop, which names annotation and pod. */
  readonly text: string;
}

/** Problems of one container that are kept, and the longest text of one. */
const MAX_PROBLEMS = 20;
const MAX_TEXT = 600;

/** Collects the problems of one container. */
export class ProblemList implements Report {
  readonly #pod: Pick<HintProblem, "podUid" | "namespace" | "podName">;
  readonly #problems = new Map<string, HintProblem>();

  constructor({ podUid, namespace, podName }: Pick<HintProblem, "podUid" | "namespace" | "podName">) {
    this.#pod = { podUid, namespace, podName };
  }

  /** What was collected. */
  get problems(): readonly HintProblem[] {
    return [...this.#problems.values()];
  }

  invalid(source: string, expected: string) {
    this.#add("invalid", `${sentence(source)} of ${this.#name} is not usable as it is; expected: ${expected}`);
  }

  notRead(source: string, why: string) {
    this.#add("not-read", `${sentence(source)} of ${this.#name} is not read: ${why}`);
  }

  /** Notes that two sources say different things. */
  conflict({ what, taken, not }: { what: string; taken: string; not: string }) {
    const both = `${sentence(taken)} and ${not} of ${this.#name}`;
    this.#add("conflict", `${both} disagree on ${what}; the first one is taken`);
  }

  get #name(): string {
    return `pod ${this.#pod.namespace}/${this.#pod.podName}`;
  }

  #add(kind: HintProblem["kind"], text: string) {
    if (this.#problems.size >= MAX_PROBLEMS) return;
    const shown = printable(text, MAX_TEXT);
    this.#problems.set(shown, { kind, ...this.#pod, text: shown });
  }
}

function sentence(source: string): string {
  return source.charAt(0).toUpperCase() + source.slice(1);
}
