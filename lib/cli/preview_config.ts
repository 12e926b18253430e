/**
 * The configuration of previews.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { CORE_SETTINGS } from "../config/core_settings.ts";
import { findGiven, type Given } from "../config/given.ts";
import type { OperatorRules } from "../config/operator_rules.ts";
import type { CommandContext } from "./command_definition.ts";
import { resolveToLook } from "./resolve_to_look.ts";

/** Decides what a preview looks at: the real thing as soon as one of its places is given. */
export function previewSource(given: Given): "sample" | "real" {
  const { containersPath, podLogsPath, kubeUrl, kubeconfig } = CORE_SETTINGS;
  const isGiven = [containersPath, podLogsPath, kubeUrl, kubeconfig].some((setting) => findGiven(given, setting));
  return isGiven ? "real" : "sample";
}

/** What a preview is configured with. */
export interface PreviewContext extends CommandContext {
  /** The operator's rules: of the configuration file, or of a snapshot; undefined where there are none. */
  readonly rules: OperatorRules | undefined;
}

/** Resolves it; required settings that are not set take sample values. @throws {ConfigError} If any is wrong. */
export async function resolvePreview(names: readonly string[], context: PreviewContext): Promise<Config> {
  const { agents, given, rules } = context;
  const isSelected = names.length > 0 || findGiven(given, CORE_SETTINGS.agents) !== undefined;
  const all = agents.described.map(({ name }) => name);
  const failed = new Set(agents.failed.map(({ name }) => name));
  const usable = names.filter((name) => !failed.has(name));
  return await resolveToLook(context, {
    agentNames: usable.length > 0 ? usable : names.length > 0 ? names : isSelected ? undefined : all,
    ...(rules ? { rules } : {}),
  });
}
