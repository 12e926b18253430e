/**
 * What the operator wishes for the logs of some containers, whoever wrote their pods.
 *
 * @module
 */
import type { LabelSelector } from "./label_selector.ts";
import type { WishValues } from "./wishes.ts";

/** A rule of the operator. */
export interface OperatorHints {
  /** What messages call it, e.g. `rule 3 of /etc/watcher.yaml`. */
  readonly name: string;
  readonly match: OperatorMatch;
  /**
   * Wishes. Redaction rules come before those of the workload, and no workload can remove them; attributes hold before those of the workload; every other
   * wish holds where the workload has none, or, with `overrides`, whatever it says.
   */
  readonly hints: Partial<WishValues>;
  /** Default false. */
  readonly overrides?: boolean;
  /** When it ends, milliseconds since 1970; undefined: never. */
  readonly untilMs?: number;
}

/** Which containers a rule is for: all that is given must hold; names may have `*` in them, and one of a list is enough. */
export interface OperatorMatch {
  readonly namespaces?: readonly string[];
  readonly pods?: readonly string[];
  readonly containers?: readonly string[];
  readonly labels?: LabelSelector;
}

/** A container as rules see it. */
export interface Matched {
  readonly namespace: string;
  readonly podName: string;
  readonly containerName: string;
  /** Undefined while the pod is not known. */
  readonly labels: Readonly<Record<string, string>> | undefined;
}

/**
 * Tells whether a rule is for a container.
 *
 * @param container Where its labels are not known, a rule that asks for some counts as met only if `isMetUnknown`.
 */
export function isFor(
  { namespaces, pods, containers, labels }: OperatorMatch,
  { container, isMetUnknown }: { container: Matched; isMetUnknown: boolean },
): boolean {
  return isAmong(namespaces, container.namespace) && isAmong(pods, container.podName) &&
    isAmong(containers, container.containerName) &&
    (labels === undefined || (container.labels ? labels(container.labels) : isMetUnknown));
}

function isAmong(patterns: readonly string[] | undefined, name: string): boolean {
  return patterns === undefined || patterns.some((pattern) => isLike(name, pattern));
}

/** Compares a name with a pattern in which `*` stands for any text; takes time in proportion to both lengths. */
export function isLike(name: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return name === pattern;
  const last = rest.pop()!;
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
