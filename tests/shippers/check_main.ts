/**
 * The configuration that an agent makes for its shipper's own check.
 *
 * @module
 */
import { join } from "node:path";
import type { Agent } from "../../lib/render/agent.ts";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";
import { createEngine } from "../../lib/render/runtime/engine.ts";

/** Renders the `main` of a built-in agent's check with the settings given: places are those of the staged files. */
export async function renderCheckMain(
  name: string,
  { settings, ...rest }: { settings: Readonly<Record<string, unknown>>; files?: readonly string[]; work?: string },
): Promise<string> {
  const folder = join(BUILT_IN_AGENTS, name);
  const { check, languages } = (await import(join(folder, "context.ts"))).default as Agent;
  if (!check?.main) throw new Error(`Agent ${name} has no main configuration for its check`);
  const { template, format } = check.main;
  const source = Deno.readTextFileSync(join(folder, template));
  return createEngine(new Map([[template, source]]), languages)(template, format, { settings, ...rest });
}
