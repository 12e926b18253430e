/**
 * Weighs what several vocabularies say about one container.
 *
 * @module
 */
import { withinLimits } from "./rule_list.ts";
import type { Wish, Wishes, WishValues } from "./wishes.ts";

/** Is told of wishes that contradict each other. */
export type ReportConflict = (
  conflict: { readonly what: string; readonly taken: string; readonly not: string },
) => void;

/** Names of hints in messages. */
const WORDS: Readonly<Record<keyof WishValues, string>> = {
  exclude: "whether it is excluded",
  agents: "its agents",
  parser: "its parser",
  multiline: "its multi-line events",
  samplingRules: "its sampling rules",
  redactionRules: "its redaction rules",
  attributes: "its attribute",
};

/** Wishes of which the first one holds. */
const SINGLE = ["exclude", "agents", "parser", "multiline", "samplingRules"] as const;

/**
 * Merges wishes: of most hints the first vocabulary's holds, and another one that differs is reported. Redaction rules add up, as leaving one out would show what
 * somebody wanted hidden; attributes add up by name.
 *
 * @param layers Most important vocabulary first.
 */
export function mergeWishes(layers: readonly Wishes[], reportConflict: ReportConflict): Wishes {
  if (layers.length === 1) return layers[0]!;
  const merged: { -readonly [K in keyof Wishes]: Wishes[K] } = {};
  for (const hint of SINGLE) {
    const [first, ...others] = layers.flatMap((layer) => (layer[hint] ?? []) as Wish<unknown> | never[]);
    if (!first) continue;
    for (const other of others) {
      if (!isSame(first.value, other.value)) {
        reportConflict({ what: WORDS[hint], taken: first.source, not: other.source });
      }
    }
    Object.assign(merged, { [hint]: first });
  }
  const redaction = allRedactionRules(layers);
  if (redaction) merged.redactionRules = redaction;
  const attributes = allAttributes(layers, reportConflict);
  if (attributes) merged.attributes = attributes;
  return merged;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function allRedactionRules(layers: readonly Wishes[]): Wishes["redactionRules"] {
  const said = layers.flatMap((layer) => layer.redactionRules ?? []);
  const [first] = said;
  if (!first || said.length === 1) return first;
  const rules = new Map(said.flatMap(({ value }) => value).map((rule) => [JSON.stringify(rule), rule]));
  return { value: withinLimits([...rules.values()], () => {}), source: first.source };
}

function allAttributes(layers: readonly Wishes[], reportConflict: ReportConflict): Wishes["attributes"] {
  const said = layers.flatMap((layer) => layer.attributes ?? []);
  const [first] = said;
  if (!first || said.length === 1) return first;
  const merged = new Map<string, Wish<string>>();
  for (const { value, source } of said) {
    for (const [name, text] of Object.entries(value)) {
      const before = merged.get(name);
      if (!before) merged.set(name, { value: text, source });
      else if (before.value !== text) {
        reportConflict({ what: `${WORDS.attributes} ${name}`, taken: before.source, not: source });
      }
    }
  }
  return { value: Object.fromEntries([...merged].map(([name, { value }]) => [name, value])), source: first.source };
}
