/**
 * The value that is told: a mistake in the annotations of a pod, for the pod's owners.
 *
 * @module
 */

/** Kind of a mistake, in the form that Kubernetes gives reasons. */
export type ProblemReason =
  /** An annotation is not usable as it is: its default is taken, or the faulty part left out. */
  | "LogAnnotationInvalid"
  /** Two annotations say different things; one of them is taken. */
  | "LogAnnotationConflict"
  /** An agent, or its shipper's check, takes the container's log not at all, or as it was before. */
  | "LogConfigurationRefused";

/** A mistake. */
export interface PodProblem {
  /** As the API knows the pod; of a static pod its mirror. */
  readonly pod: { readonly uid: string; readonly namespace: string; readonly name: string };
  readonly reason: ProblemReason;
  /** What is wrong and what was expected; a sentence without a full stop. */
  readonly text: string;
  /** Names of the pod's containers that it is so for, sorted. */
  readonly containers: readonly string[];
}
