/**
 * The operator's constraints: which containers are followed at all, and by which agents.
 *
 * @module
 */
import { isFor, isLike, type Matched, type OperatorMatch } from "../hints/operator_hints.ts";

/** A constraint. Of those that include, a container must meet one; of those that exclude, none. */
export interface Constraint {
  readonly kind: "include" | "exclude";
  /** What messages call it. */
  readonly name: string;
  readonly match: OperatorMatch & {
    /** Images, with `*` in them: whole references. */
    readonly images?: readonly string[];
  };
  /** Agents that it is for; undefined: all, and then it decides about the container as a whole. */
  readonly agents?: readonly string[];
  /** When it ends, milliseconds since 1970. */
  readonly untilMs?: number;
}

/** A container as constraints see it. */
export interface Constrained extends Matched {
  /** Empty while it is not known. */
  readonly image: string;
}

/** Tells whether constraints ask for what only the API knows: then nothing can be said of a container before its pod is known. */
export function needPod(constraints: readonly Constraint[]): boolean {
  return constraints.some(({ match }) => match.labels !== undefined || match.images !== undefined);
}

/**
 * Tells why a container is not followed, or not by an agent.
 *
 * @param options.agent Name of the agent; undefined: by none.
 * @returns A sentence without a full stop; undefined if it is followed.
 */
export function constraintAgainst(
  container: Constrained,
  { constraints, agent, nowMs }: {
    readonly constraints: readonly Constraint[];
    readonly agent?: string;
    readonly nowMs: number;
  },
): string | undefined {
  const own = constraints.filter(({ agents, untilMs = Infinity }) =>
    nowMs < untilMs && (agent === undefined ? agents === undefined : agents?.includes(agent))
  );
  const excluding = own.find(({ kind, match }) => kind === "exclude" && meets(container, match));
  if (excluding) return `The operator excludes it: ${excluding.name}`;
  const including = own.filter(({ kind }) => kind === "include");
  if (including.length === 0 || including.some(({ match }) => meets(container, match))) return undefined;
  return `The operator includes others only: ${including.map(({ name }) => name).join(", ")}`;
}

/** Tells whether a constraint holds now and is about a container. */
export function isMet(
  { match, untilMs = Infinity }: Constraint,
  { container, nowMs }: { readonly container: Constrained; readonly nowMs: number },
): boolean {
  return nowMs < untilMs && meets(container, match);
}

function meets(container: Constrained, { images, ...match }: Constraint["match"]): boolean {
  return isFor(match, { container, isMetUnknown: false }) &&
    (images === undefined || images.some((pattern) => isLike(container.image, pattern)));
}
