/**
 * Reads the fenced blocks of an agent's README: what operators copy is what the tests run.
 *
 * @module
 */
import { join } from "node:path";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";

/**
 * Gives the fenced blocks of a language, in order.
 *
 * @param agent Name of the agent.
 * @param language What stands after the opening fence, e.g. `yaml`.
 * @throws {Error} If there is none.
 */
export function readmeBlocks(agent: string, language: string): readonly string[] {
  const text = Deno.readTextFileSync(join(BUILT_IN_AGENTS, agent, "README.md"));
  const blocks = [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language).map(([, , content]) => content!);
  if (blocks.length === 0) throw new Error(`README.md of ${agent} has no block of ${language}`);
  return blocks;
}

/**
 * Replaces paths of a static configuration by those of a test.
 *
 * @param paths What to write instead, by what the README says.
 * @throws {Error} If a path does not occur.
 */
export function withPaths(text: string, paths: Readonly<Record<string, string>>): string {
  // Longest first, so that a folder does not spoil the paths below it.
  const sorted = Object.entries(paths).sort(([a], [b]) => b.length - a.length);
  return sorted.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`The static configuration does not have ${from}`);
    return changed.replaceAll(from, to);
  }, text);
}
