/**
 * Freezes plain data through and through, so that no agent can change what another target sees.
 *
 * @module
 */

/** Freezes a value and everything in it; returns it. Loops are followed once. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
  return value;
}
