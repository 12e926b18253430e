/**
 * Patterns of an agent's commands in which `{name}` stands for the value of a setting.
 *
 * @module
 */

const NAME = /\{([A-Za-z][A-Za-z0-9]*)\}/g;

/** Fills in a pattern; names without a value stay as they are. */
export function fillSettings(pattern: string, values: Readonly<Record<string, unknown>>): string {
  return pattern.replaceAll(NAME, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) return whole;
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  });
}

/** Tells whether every name in a pattern has a value. */
export function isFilled(pattern: string, values: Readonly<Record<string, unknown>>): boolean {
  return missingIn(pattern, values).length === 0;
}

/** Lists the names in a pattern that have no value. */
export function missingIn(pattern: string, values: Readonly<Record<string, unknown>>): string[] {
  return [...pattern.matchAll(NAME)].map((match) => match[1]!)
    .filter((name) => !Object.hasOwn(values, name) || values[name] === undefined);
}
