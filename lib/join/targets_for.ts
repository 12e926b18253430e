/**
 * Tells which logs an agent gets.
 *
 * @module
 */
import type { LogTarget } from "./log_target.ts";

/** Gives the targets that are for an agent: those that name no agents, and those that name it. */
export function targetsFor(agent: string, targets: readonly LogTarget[]): readonly LogTarget[] {
  return targets.filter(({ hints: { agents } }) => agents.length === 0 || agents.includes(agent));
}
