/**
 * Conditions of the agent contract: `name` and `!name` of a boolean setting.
 *
 * @module
 */
import type { Condition, Settings } from "../agent.ts";

/** Tells whether something is a condition over these settings. */
export function isCondition(value: unknown, settings: Settings): value is Condition {
  if (typeof value !== "string") return false;
  const name = nameIn(value);
  return Object.hasOwn(settings, name) && settings[name]!.type === "boolean";
}

/** Tells whether a condition holds; one that is not given does. */
export function holds(condition: Condition | undefined, settings: Readonly<Record<string, unknown>>): boolean {
  if (condition === undefined) return true;
  const isSet = settings[nameIn(condition)] === true;
  return condition.startsWith("!") ? !isSet : isSet;
}

/** Gives the name of the setting in a condition. */
function nameIn(condition: Condition): string {
  return condition.startsWith("!") ? condition.slice(1) : condition;
}

/** Puts a condition into words that follow what depends on it: "if WATCHER_SCALYR_FRAGMENT is not set". */
export function conditionWords(condition: Condition, settings: Settings): string {
  return `if ${settings[nameIn(condition)]?.env} is ${condition.startsWith("!") ? "not " : ""}set`;
}
