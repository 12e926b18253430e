/**
 * Which labels and annotations of a pod become attributes, as the operator chose.
 *
 * @module
 */
import { attributeNameOf, type Attributes, isAttributeName, isAttributeValue } from "./attributes.ts";

/** One choice of a label or annotation. */
export interface AttributeChoice {
  /** Its key, or how its key begins. */
  readonly key: string;
  /** Whether `key` is only how it begins; `*` alone gives an empty one. */
  readonly isPrefix: boolean;
  /** Name of the attribute; undefined makes it of the key. */
  readonly name: string | undefined;
}

/** What nobody means by `*`: kubectl's copy of the whole pod. */
const NEVER_BY_PREFIX: ReadonlySet<string> = new Set(["kubectl.kubernetes.io/last-applied-configuration"]);

/** Reads one choice: `key`, `key=attribute`, `prefix*` or `*`; undefined if it is none. */
export function readAttributeChoice(text: string): AttributeChoice | undefined {
  const match = /^([^=*\s]*)(\*?)(?:=([^=*\s]+))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, key = "", star, name] = match;
  const isPrefix = star === "*";
  if ((key === "" && !isPrefix) || (isPrefix && name !== undefined)) return undefined;
  if (name !== undefined && !isAttributeName(name)) return undefined;
  return { key, isPrefix, name };
}

/**
 * Makes attributes of those labels or annotations that are chosen. A key is taken by the first choice that names it whole, else by the first whose prefix it
 * has; of two that make the same attribute the first key in order holds.
 *
 * @param leaveOut Is told the keys of values that are too long.
 */
export function chosenAttributes(
  texts: Readonly<Record<string, string>>,
  { choices, leaveOut }: { choices: readonly AttributeChoice[]; leaveOut: (key: string) => void },
): Attributes {
  if (choices.length === 0) return {};
  const chosen = new Map<string, string>();
  for (const key of Object.keys(texts).sort()) {
    const choice = choices.find((one) => !one.isPrefix && one.key === key) ??
      (NEVER_BY_PREFIX.has(key) ? undefined : choices.find((one) => one.isPrefix && key.startsWith(one.key)));
    if (!choice) continue;
    const name = choice.name ?? attributeNameOf(key);
    if (chosen.has(name)) continue;
    if (isAttributeName(name) && isAttributeValue(texts[key])) chosen.set(name, texts[key]);
    else leaveOut(key);
  }
  return Object.fromEntries(chosen);
}
