/**
 * Says how what lies on disk differs from what should.
 *
 * @module
 */
import type { Written } from "./written.ts";

/** Lists differences, one line each. */
export function differences(actual: Written, expected: Written): string[] {
  return (Object.keys(expected) as (keyof Written)[]).flatMap((part) =>
    recordDifferences(actual[part], expected[part]).map((line) => `${part}: ${line}`)
  );
}

/** Compares two records key by key; the order of keys in objects does not matter. */
export function recordDifferences(
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): string[] {
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  return [...keys].sort().flatMap((key) => {
    const [is, wanted] = [canonical(actual[key]), canonical(expected[key])];
    if (is === wanted) return [];
    if (is === undefined) return [`${key} is missing`];
    if (wanted === undefined) return [`${key} should not be there: ${is.slice(0, 200)}`];
    return [`${key} is ${is}, expected ${wanted}`];
  });
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(
    value,
    (_, part) =>
      part && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}
