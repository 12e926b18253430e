import { join } from "node:path";
import type { Agent } from "../../lib/render/agent.ts";
import { checkDescription } from "../../lib/render/check_description.ts";
import { checkAnswer } from "../../lib/render/check_answer.ts";
import { AgentHost } from "../../lib/render/agent_host.ts";
import { AgentRenderer } from "../../lib/render/agent_renderer.ts";
import { BUILT_IN_AGENTS } from "../../lib/render/find_agents.ts";
import type { LogTarget, NodeContext } from "../../lib/join/log_target.ts";
import type { Settings } from "../../lib/render/agent.ts";
import type { Rendering } from "../../lib/render/rendered.ts";
import { createEngine } from "../../lib/render/runtime/engine.ts";
import { AgentSession } from "../../lib/render/runtime/agent_session.ts";

export const NODE: NodeContext = {
  name: "node-1",
  clusterId: "cluster-1",
  clusterEnvironment: "production",
  clusterAlias: "none",
};

/** Folders in which the logs of test targets lie. */
const LOG_ROOTS = ["/var/lib/docker/containers", "/var/log/pods"];

/** Options of the renderings; settings that are not given take their defaults. */
export interface RenderOptions {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly node?: NodeContext;
}

/** Renders with a built-in agent in its sandbox, as the program does. */
export async function renderInSandbox(
  name: string,
  targets: readonly LogTarget[],
  { settings, node = NODE }: RenderOptions,
): Promise<Rendering> {
  await using host = new AgentHost();
  const { description, sandbox } = await host.open(name, join(BUILT_IN_AGENTS, name));
  const renderer = new AgentRenderer({
    description,
    sandbox,
    node,
    settings: withDefaults(description.settings, settings),
    logRoots: LOG_ROOTS,
  });
  return await renderer.render(targets);
}

/** Renders with a built-in agent in this process: the same code, faster, for tables of cases. */
export async function renderHere(
  name: string,
  targets: readonly LogTarget[],
  { settings, node = NODE }: RenderOptions,
) {
  const folder = join(BUILT_IN_AGENTS, name);
  const agent = (await import(`${folder}/context.ts`)).default as Agent;
  const templates = [...Deno.readDirSync(folder)].filter((entry) => entry.name.endsWith(".eta"))
    .map((entry) => [entry.name, Deno.readTextFileSync(join(folder, entry.name))] as const);
  const session = new AgentSession(agent, createEngine(new Map(templates), agent.languages));
  const described = JSON.parse(JSON.stringify(session.describe()));
  const description = checkDescription(described.description, { name, folder });
  session.configure({ type: "configure", node, settings: withDefaults(description.settings, settings) });
  const upsert: LogTarget[] = structuredClone([...targets]);
  return checkAnswer(session.render({ type: "render", upsert, remove: [] }), name);
}

function withDefaults(settings: Settings, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const defaults = Object.entries(settings).map(([name, setting]) => [name, setting.default]);
  return { ...Object.fromEntries(defaults), ...given };
}
