/**
 * Puts what is wished for a log into Scalyr's words.
 *
 * @module
 */
import type { LogTarget, Scope } from "../../lib/render/agent.ts";
import { isPythonPattern } from "./python_pattern.ts";

type CanSay = Pick<Scope, "cannot">;

/** A redaction rule as Scalyr takes it. */
export interface ScalyrRedaction {
  readonly match_expression: string;
  readonly replacement: string;
}

/** Says what holds for multi-line events, which Scalyr has no place for here. */
export function multilineOf({ hints }: LogTarget, { cannot }: CanSay) {
  if (!hints.multiline) return;
  cannot(
    "multiline",
    "its lineGroupers see the raw line with the runtime's prefix; group lines in the parser on the server",
  );
}

/** Gives the sampling rules that are wished for. */
export function wishedSampling({ hints }: LogTarget, { cannot }: CanSay) {
  return hints.samplingRules.filter(({ pattern }) => isTaken(pattern, () => cannot("samplingRules", NO_PYTHON)))
    .map(({ pattern, rate }) => ({ match_expression: pattern, sampling_rate: rate }));
}

/** Gives the redaction rules that are wished for, those of the operator first. */
export function wishedRedaction({ hints }: LogTarget, { cannot }: CanSay): ScalyrRedaction[] {
  return hints.redactionRules.filter(({ pattern }) => isTaken(pattern, () => cannot("redactionRules", NO_PYTHON)))
    .map(({ pattern, replacement }) => {
      // Scalyr looks for \H wherever it stands, and puts a hash there.
      if (/\\H/.test(replacement)) cannot("redactionRules", 'the text \\H in a replacement; "***" is taken');
      const text = /\\H/.test(replacement) ? "***" : replacement;
      // Python takes a backslash for the beginning of a reference.
      return { match_expression: pattern, replacement: text.replaceAll("\\", "\\\\") };
    });
}

/**
 * Gives the attributes that are wished for.
 *
 * @param taken Names that are not to be had: what they say must not come from a pod.
 */
export function wishedAttributes(
  { attributes }: LogTarget,
  { taken, cannot }: CanSay & { taken: ReadonlySet<string> },
): Record<string, string> {
  const names = Object.keys(attributes).filter((name) => taken.has(name));
  if (names.length > 0) cannot("attributes", `those that Scalyr has from elsewhere: ${names.join(", ")}`);
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !taken.has(name)));
}

const NO_PYTHON = "an expression that some Python does not compile";

function isTaken(pattern: string, refuse: () => void): boolean {
  const isGood = isPythonPattern(pattern);
  if (!isGood) refuse();
  return isGood;
}
