/**
 * What is wished for a log, in words that depend on no shipper.
 *
 * @module
 */

/**
 * What is wished for a log, in words that depend on no shipper. Everything is checked: patterns are regular expressions in the part that RE2, Rust,
 * PCRE, Onigmo, Python and JavaScript read alike (no look-around, no back-references, no flags).
 */
export interface LogHints {
  /** Name of the parser that lines are for, e.g. `nginx`; empty where none is asked for. */
  readonly parser: string;
  /** How lines belong together; undefined: each line is an event. */
  readonly multiline: Multiline | undefined;
  /** In order: the first rule that matches decides. */
  readonly samplingRules: readonly SamplingRule[];
  /** In order, each applied to what the one before left; those of the operator first. */
  readonly redactionRules: readonly RedactionRule[];
  /** Agents that this log is for, by name; empty: all. The host goes by it, no agent sees a log that is not for it. */
  readonly agents: readonly string[];
}

/** How lines of a log belong together. */
export interface Multiline {
  /** Name of the preset that it comes from: java, python, go, ruby or dotnet; empty for a pattern of the pod's own. */
  readonly preset: string;
  /** Pattern of the lines that begin an event; those that do not match belong to the event before. */
  readonly firstLine: string;
}

/** Ships a part of the lines that match. */
export interface SamplingRule {
  /** Pattern that is searched for in a line. */
  readonly pattern: string;
  /** From 0, none, to 1, all. */
  readonly rate: number;
}

/** Replaces what matches in each line. */
export interface RedactionRule {
  /** Pattern of what is replaced. */
  readonly pattern: string;
  /** Plain text: no reference to groups. */
  readonly replacement: string;
}

/** Hints that an agent can express or not. */
export type HintName = "parser" | "multiline" | "samplingRules" | "redactionRules" | "attributes";

/** Hints of a log for which nothing is wished. */
export const NO_HINTS: LogHints = Object.freeze({
  parser: "",
  multiline: undefined,
  samplingRules: Object.freeze([]),
  redactionRules: Object.freeze([]),
  agents: Object.freeze([]),
});
