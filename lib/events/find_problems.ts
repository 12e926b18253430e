/**
 * Finds what is wrong with the annotations of pods: what the last pass and the last renderings say. Pure.
 *
 * @module
 */
import type { HintProblem } from "../hints/hint_problem.ts";
import type { Joined } from "../join/join.ts";
import type { LogTarget } from "../join/log_target.ts";
import type { Pod, PodView } from "../pods/pod.ts";
import type { Rendering } from "../render/rendered.ts";
import type { PodProblem, ProblemReason } from "./pod_problem.ts";

/** What an agent was given, and what it said. */
export interface AgentAnswer {
  readonly agent: string;
  readonly rendered: {
    readonly targets: readonly LogTarget[];
    /** One that is unfinished says of containers that nobody is to blame for that they are not checked yet. */
    readonly rendering: Rendering & { readonly isUnfinished?: boolean };
  } | undefined;
}

/** Input of {@linkcode findProblems}. */
export interface FindProblemsInput {
  readonly joined: Pick<Joined, "memory">;
  readonly agents: readonly AgentAnswer[];
  readonly pods: Pick<PodView, "find">;
  /** Tells whether a pod is gone from the API. */
  readonly isRetired: (uid: string) => boolean;
}

/** Most mistakes that are looked at; what is beyond them comes when these have been mended. */
const MAX_PROBLEMS = 1_000;

/** What is right but has no counterpart is no mistake of the pod's owners. */
const REASONS: Readonly<Record<HintProblem["kind"], ProblemReason | undefined>> = {
  invalid: "LogAnnotationInvalid",
  conflict: "LogAnnotationConflict",
  "not-read": undefined,
};

/** Lists the mistakes, each once for all containers of a pod that have it; none of pods that the API does not show. */
export function findProblems({ joined, agents, pods, isRetired }: FindProblemsInput): PodProblem[] {
  const found = new ProblemSet();
  for (const { container, wishes } of joined.memory.values()) {
    if (wishes === undefined || wishes.problems.length === 0) continue;
    const pod = pods.find(container.podUid, container.namespace, container.podName);
    for (const { kind, text } of wishes.problems) {
      const reason = REASONS[kind];
      if (pod && reason && !isRetired(pod.uid)) found.add(pod, { reason, text, container: container.containerName });
    }
  }
  for (const { agent, rendered } of agents) {
    if (!rendered) continue;
    const { targets, rendering } = rendered;
    const answers = [
      ...rendering.warnings.map(({ targetId, subject, expected }) => ({
        targetId,
        reason: "LogAnnotationInvalid" as const,
        text: `Agent ${agent} cannot use ${subject} as it is: its default is taken, or the faulty part left out; ` +
          `expected: ${expected}`,
      })),
      ...(rendering.isUnfinished ? [] : rendering.refused).map(({ targetId, reason: text }) => ({
        targetId,
        reason: "LogConfigurationRefused" as const,
        text,
      })),
    ];
    if (answers.length === 0) continue;
    const byId = new Map(targets.map((target) => [target.id, target]));
    for (const { targetId, reason, text } of answers) {
      const target = byId.get(targetId);
      const pod = target && pods.find(target.pod.uid, target.pod.namespace, target.pod.name);
      if (pod && !isRetired(pod.uid)) found.add(pod, { reason, text, container: target.container.name });
    }
  }
  return found.list();
}

class ProblemSet {
  readonly #found = new Map<string, PodProblem & { readonly containers: string[] }>();

  add(pod: Pod, { reason, text, container }: { reason: ProblemReason; text: string; container: string }) {
    const key = `${pod.uid} ${reason} ${text}`;
    const known = this.#found.get(key);
    if (known) {
      if (!known.containers.includes(container)) known.containers.push(container);
    } else if (this.#found.size < MAX_PROBLEMS) {
      const { uid, namespace, name } = pod;
      this.#found.set(key, { pod: { uid, namespace, name }, reason, text, containers: [container] });
    }
  }

  list(): PodProblem[] {
    return [...this.#found.values()].map((problem) => ({ ...problem, containers: problem.containers.toSorted() }));
  }
}
