/**
 * Reads the values of hints that are one text.
 *
 * @module
 */
import type { Multiline } from "./log_hints.ts";
import { MULTILINE_PRESETS } from "./multiline_presets.ts";
import { whyNotPortable } from "./portable_pattern.ts";
import type { Refuse } from "./rule_list.ts";

/** Longest name of a parser. */
const MAX_PARSER = 255;
/** Agents that one annotation names at the most. */
const MAX_AGENTS = 50;

/** Reads true or false. */
export function readBoolean(value: unknown, refuse: Refuse): boolean | undefined {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (word === "true" || word === "false") return word === "true";
  return void refuse("true or false");
}

/** Reads the name of a parser. */
export function readParser(value: unknown, refuse: Refuse): string | undefined {
  const name = typeof value === "string" ? value.trim() : "";
  if (name !== "" && name.length <= MAX_PARSER && /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u.test(name)) return name;
  return void refuse(`the name of a parser, of at most ${MAX_PARSER} characters on one line`);
}

/** Reads names of agents separated by commas, or a list of them; sorted, each once. */
export function readAgents(value: unknown, refuse: Refuse): readonly string[] | undefined {
  const items: readonly unknown[] = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
  const names = items.map((item) => typeof item === "string" ? item.trim() : "").filter((name) => name !== "");
  if (
    names.length > 0 && names.length <= MAX_AGENTS && names.every((name) => /^[a-z0-9][a-z0-9_-]{0,62}$/.test(name))
  ) {
    return [...new Set(names)].sort();
  }
  return void refuse("names of agents separated by commas, e.g. scalyr,symlinker");
}

/** What {@linkcode readMultiline} gives for `none`. */
export type MultilineWish = { readonly multiline: Multiline | undefined };

/** Reads the name of a preset, a pattern of first lines, or `none`. */
export function readMultiline(value: unknown, refuse: Refuse): MultilineWish | undefined {
  const presets = [...MULTILINE_PRESETS.keys()].join(", ");
  const expected = `${presets}, none, or a regular expression of the lines that begin an event`;
  if (typeof value !== "string" || value.trim() === "") return void refuse(expected);
  const text = value.trim();
  if (text === "none") return { multiline: undefined };
  const firstLine = MULTILINE_PRESETS.get(text.toLowerCase());
  if (firstLine !== undefined) return { multiline: { preset: text.toLowerCase(), firstLine } };
  const why = whyNotPortable(text);
  if (why === undefined) return { multiline: { preset: "", firstLine: text } };
  return void refuse(`${expected} that all shippers read alike; it has ${why}`);
}
