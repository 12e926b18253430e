/**
 * The operator's rules as a file has them, each with its place: what `config show` prints of them.
 *
 * @module
 */
import type { YamlFile, YamlNode } from "./yaml_file.ts";

/** A rule. */
export interface RuleSummary {
  readonly kind: "include" | "exclude" | "attributes" | "rule" | "scalyr sampling rule";
  /** Its own name; empty where it has none. */
  readonly name: string;
  /** What it says, as JSON. */
  readonly text: string;
  /** `<file>:<line>:<column>`. */
  readonly from: string;
  /** When it ends, ISO 8601; undefined: never. */
  readonly ends?: string;
}

const KINDS: readonly (readonly [string, RuleSummary["kind"]])[] = [
  ["include", "include"],
  ["exclude", "exclude"],
  ["rules", "rule"],
  ["attributes", "attributes"],
  ["scalyr_sampling_rules", "scalyr sampling rule"],
];

/** A day ends at its last moment. */
const DAY_MS = 86_400_000;

/**
 * Reads the end of a rule: a day, which is the last one on which it holds (UTC), or a moment.
 *
 * @returns Milliseconds since 1970; undefined for any other text.
 */
export function readEnd(text: unknown): number | undefined {
  if (typeof text !== "string") return undefined;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = isDay || isMoment ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? undefined : isDay ? ms + DAY_MS : ms;
}

/** Tells whether a rule's end has come. */
export function hasEnded({ ends }: Pick<RuleSummary, "ends">): boolean {
  return ends !== undefined && Date.parse(ends) <= Date.now();
}

/** Lists the rules of a file that has no mistakes. */
export function summarizeRules(file: YamlFile): readonly RuleSummary[] {
  const parts = new Map(file.entries(file.root, "the file"));
  return KINDS.flatMap(([key, kind]) => {
    const part = parts.get(key);
    if (!part || part.value === null) return [];
    return (kind === "attributes" ? [part] : file.items(part, key)).map((node) => summaryOf(node, { kind, file }));
  });
}

function summaryOf(node: YamlNode, { kind, file }: { readonly kind: RuleSummary["kind"]; readonly file: YamlFile }) {
  const value = typeof node.value === "object" && node.value !== null ? node.value as Record<string, unknown> : {};
  const { name, until, ...rest } = kind === "attributes" ? { ...value, name: undefined, until: undefined } : value;
  const endMs = readEnd(until);
  return {
    kind,
    name: typeof name === "string" ? name : "",
    text: JSON.stringify(kind === "attributes" ? value : rest),
    from: file.place(node),
    ...(endMs === undefined ? {} : { ends: new Date(endMs).toISOString() }),
  };
}
