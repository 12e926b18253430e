/**
 * Tells what of the wishes for a log an agent does not express: what it says itself, and what its `expresses` does not name.
 *
 * @module
 */
import type { HintName, LogTarget } from "../join/log_target.ts";
import type { TargetAnswer } from "./protocol.ts";
import type { UnexpressedHint } from "./rendered.ts";

/** Every hint, with how to tell whether a target has it. */
const HAS_HINT: Readonly<Record<HintName, (target: LogTarget) => boolean>> = {
  parser: ({ hints }) => hints.parser !== "",
  multiline: ({ hints }) => hints.multiline !== undefined,
  samplingRules: ({ hints }) => hints.samplingRules.length > 0,
  redactionRules: ({ hints }) => hints.redactionRules.length > 0,
  attributes: ({ attributes }) => Object.keys(attributes).length > 0,
};

/** Names of all hints. */
export const HINT_NAMES: readonly HintName[] = Object.keys(HAS_HINT) as HintName[];

/**
 * Lists the hints of a target that are not expressed, with reasons.
 *
 * @param answer What the agent answered for the target; what it says of hints that the target does not have is dropped.
 */
export function unexpressedHints(
  target: LogTarget,
  { expresses, answer }: { expresses: readonly HintName[]; answer: Pick<TargetAnswer, "unexpressed"> },
): UnexpressedHint[] {
  const said = answer.unexpressed ?? [];
  return HINT_NAMES.filter((hint) => HAS_HINT[hint](target)).flatMap((hint) => {
    const reasons = said.filter((one) => one.hint === hint).map(({ why }) => why);
    const all = reasons.length > 0 || expresses.includes(hint) ? reasons : ["the agent has no words for it"];
    return all.map((reason) => ({ targetId: target.id, hint, reason }));
  });
}

/** Names a hint as its annotation does, e.g. `sampling-rules`. */
export function hintWords(hint: HintName): string {
  return hint.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}
