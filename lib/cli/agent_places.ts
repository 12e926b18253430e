/**
 * The places that settings name: where an agent may write, and where container logs may lie.
 *
 * @module
 */
import type { AgentConfig, Config } from "../config/config.ts";
import { parsePathPattern } from "../render/output_path.ts";
import type { Root } from "../write/places.ts";

/**
 * Lists the folders and files that an agent's outputs go to; those of outputs that there are not with these settings, too, where they are named: what was
 * written there before has to go.
 */
export function rootsOf(agent: AgentConfig): Root[] {
  const { outputs, settings } = agent.description;
  const roots = new Map<string, Root>();
  for (const output of Object.values(outputs)) {
    const { setting } = parsePathPattern("template" in output ? output.path : output.link, settings);
    if (agent.settings[setting] === undefined) continue;
    const kind = settings[setting]?.type === "file" ? "file" : "directory";
    roots.set(setting, { path: String(agent.settings[setting]), kind });
  }
  return [...roots.values()];
}

/** Lists the folders in which container logs may lie, as named and with all links resolved. */
export function logRootsOf(
  { containersPath, podLogsPath, containerLinksPath }: Pick<
    Config,
    "containersPath" | "podLogsPath" | "containerLinksPath"
  >,
): string[] {
  return [...new Set([containersPath, podLogsPath, containerLinksPath].flatMap((path) => [path, realPath(path)]))];
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    // A layout that this node does not have.
    return path;
  }
}
