/**
 * The configuration of commands that look at a node and write nothing.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { resolveConfig, type ResolveInput } from "../config/resolve.ts";
import type { CommandContext } from "./command_definition.ts";

/**
 * Resolves it: no name of the node is needed, and required settings that are not set take sample values, a secret that only the watcher may read among
 * them. Warnings are noted.
 *
 * @param own What the command decides for itself.
 * @throws {ConfigError} If any setting is wrong.
 */
export async function resolveToLook(
  { agents, given, terminal, hasNetwork, hasServiceAccount }: CommandContext,
  own: Pick<ResolveInput, "agentNames" | "rules">,
): Promise<Config> {
  const { config, warnings } = await resolveConfig({
    given,
    leftOut: new Set(agents.failed.map(({ name }) => name)),
    described: agents.described,
    knownAgentNames: agents.known,
    readTextFile: Deno.readTextFile,
    workingFolder: Deno.cwd(),
    hasNetwork,
    hasServiceAccount,
    isNodeNameRequired: false,
    samples: true,
    ...own,
  });
  for (const warning of warnings) await terminal.note(`warning: ${warning}`);
  return config;
}
