/**
 * What the host remembers of one target's rendering, so that only what changed is rendered.
 *
 * @module
 */
import type { LogTarget } from "../join/log_target.ts";
import { printable } from "./printable.ts";
import type { InputWarning, Refusal, Rendered, UnexpressedHint } from "./rendered.ts";

/** Longest reason of a refusal, in UTF-16 units. */
const MAX_REASON = 3000;

/** What is known of one target's rendering. */
export interface KnownTarget {
  /** The target that was asked for last. */
  readonly wanted: LogTarget;
  /** The last version that could be rendered; undefined if there is none. */
  readonly used: LogTarget | undefined;
  readonly files: readonly Rendered[];
  readonly warnings: readonly InputWarning[];
  readonly unexpressed: readonly UnexpressedHint[];
  readonly refusal: Refusal | undefined;
  /** Whether `wanted` ended the agent's process or the like, so that it must not be given to the agent again. */
  readonly isPoison: boolean;
}

/** Says that an agent cannot render a target. */
export function refusalOf(target: LogTarget, { agent, why }: { agent: string; why: string }): Refusal {
  const { pod, container } = target;
  // Names are no longer than this, but for an API that checks none.
  const whose = printable(`${pod.namespace}/${pod.name}/${container.name}`, 400);
  return {
    targetId: target.id,
    reason: printable(`Agent ${agent} cannot render ${whose}: ${why}`, MAX_REASON),
    why: printable(why, MAX_REASON),
  };
}
