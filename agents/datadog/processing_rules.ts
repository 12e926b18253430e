/**
 * The rules that the Datadog agent applies to each line, in this order: lines are joined, the runtime's envelope is taken off, lines are dropped, text is replaced.
 *
 * Rules of type `multi_line` see lines as they stand in the file, before all others (pkg/logs/internal/decoder); lines that are joined have `\n`, two characters,
 * between them.
 *
 * @module
 */
import type { LogTarget, Scope } from "../../lib/render/agent.ts";
import { afterPrefix, CRI_PREFIX, whole } from "./pattern.ts";

/** A rule of `log_processing_rules`. */
export interface ProcessingRule {
  readonly type: "multi_line" | "mask_sequences" | "exclude_at_match";
  readonly name: string;
  readonly pattern: string;
  readonly replace_placeholder?: string;
}

type Told = Pick<Scope, "cannot">;

/** Makes the rules of a container's log. */
export function processingRules(target: LogTarget, scope: Told): ProcessingRule[] {
  const dropped = droppedBy(target, scope);
  const redacted = redactedBy(target, scope);
  if (target.log.format === "cri") return [...joinedBy(target, scope), ...CRI_ENVELOPE, ...dropped, ...redacted];
  if (target.hints.multiline) {
    scope.cannot(
      "multiline",
      "Docker's lines: Datadog compares the pattern with the JSON of the line, not with its text",
    );
  }
  // Datadog reads Docker's JSON itself, and takes `log` for the message; it is only taken apart for rules that are meant for the text in it.
  return dropped.length + redacted.length > 0 ? [...DOCKER_ENVELOPE, ...dropped, ...redacted] : [];
}

const CRI_ENVELOPE: readonly ProcessingRule[] = [
  mask("cri_prefix", { pattern: `^${CRI_PREFIX}` }),
  // Of lines that were joined.
  mask("cri_prefixes", { pattern: `(\\\\n|\\n)${CRI_PREFIX}`, placeholder: "$1" }),
];

const DOCKER_ENVELOPE: readonly ProcessingRule[] = [
  mask("docker_start", { pattern: '^\\{"log":"' }),
  mask("docker_end", { pattern: '(?:\\\\n)?","stream":"(?:stdout|stderr)"(?:,"attrs":\\{.*\\})?,"time":"[^"]*"\\}$' }),
  mask("docker_quotes", { pattern: '\\\\"', placeholder: '"' }),
];

/** What Docker's JSON has as an escape, other than quotes, and patterns may speak of. */
const ESCAPED_IN_JSON = /[<>&]|\\[\\tnrfx]/;

function joinedBy({ hints }: LogTarget, scope: Told): ProcessingRule[] {
  if (!hints.multiline) return [];
  const pattern = afterPrefix(hints.multiline.firstLine, CRI_PREFIX);
  if (pattern !== undefined) return [{ type: "multi_line", name: "first_line", pattern }];
  scope.cannot("multiline", "a pattern in which ^ stands elsewhere than at the start of an alternative");
  return [];
}

/** Takes the rules with rate 0 that come before all others: there is no rule that keeps a line from those after it. */
function droppedBy({ hints }: LogTarget, scope: Told): ProcessingRule[] {
  const { samplingRules } = hints;
  const firstKept = samplingRules.findIndex(({ rate }) => rate > 0);
  const leading = firstKept === -1 ? samplingRules : samplingRules.slice(0, firstKept);
  if (samplingRules.some(({ rate }, index) => rate > 0 && rate < 1 || rate === 0 && index > leading.length)) {
    scope.cannot(
      "samplingRules",
      "rates between 0 and 1, and rules after one that keeps lines: Datadog has no rule for them; what they match is shipped whole",
    );
  }
  return leading.map(({ pattern }, index) => ({
    type: "exclude_at_match",
    name: `dropped_${index + 1}`,
    pattern: whole(pattern),
  }));
}

function redactedBy({ hints, log }: LogTarget, scope: Told): ProcessingRule[] {
  if (log.format === "json-file" && hints.redactionRules.some(({ pattern }) => ESCAPED_IN_JSON.test(pattern))) {
    scope.cannot(
      "redactionRules",
      "patterns with \\, <, >, & or control characters in Docker's lines: they are compared with JSON's escapes of these",
    );
  }
  return hints.redactionRules.map(({ pattern, replacement }, index) =>
    // In Go's replacements $1 and ${name} stand for groups.
    mask(`redacted_${index + 1}`, { pattern: whole(pattern), placeholder: replacement.replaceAll("$", "$$$$") })
  );
}

function mask(name: string, { pattern, placeholder = "" }: { pattern: string; placeholder?: string }): ProcessingRule {
  return { type: "mask_sequences", name, pattern, replace_placeholder: placeholder };
}
