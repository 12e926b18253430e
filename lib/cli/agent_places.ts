/**
 * The places that settings name: where an agent may write, and where container logs may lie.
 *
 * @module
 */
import type { AgentConfig, Config } from "../config/config.ts";
import { parsePathPattern } from "../render/output_path.ts";
import { holds } from "../render/runtime/condition.ts";
import type { Root } from "../write/places.ts";
import { WrittenBefore } from "./written_before.ts";

/**
 * Lists the folders and files that an agent's outputs go to, in the order of the outputs. Those of outputs that there are not with these settings are among
 * them only where something was written before, which has to go.
 *
 * @param statePath Folder of ledgers, if they do not lie beside the outputs.
 */
export function rootsOf(agent: AgentConfig, statePath?: string): Root[] {
  const { name, outputs, settings } = agent.description;
  const roots = new Map<string, Root & { isUsed: boolean }>();
  for (const output of Object.values(outputs)) {
    const { setting } = parsePathPattern("template" in output ? output.path : output.link, settings);
    const path = agent.settings[setting];
    if (path === undefined) continue;
    const kind = settings[setting]?.type === "file" ? "file" : "directory";
    const isUsed = holds(output.onlyIf, agent.settings) || (roots.get(setting)?.isUsed ?? false);
    roots.set(setting, { path: String(path), kind, isUsed });
  }
  const all = [...roots.values()];
  const written = all.every(({ isUsed }) => isUsed) ? undefined : new WrittenBefore(all, { agent: name, statePath });
  return all.filter((root) => root.isUsed || written?.isIn(root)).map(({ path, kind }) => ({ path, kind }));
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
