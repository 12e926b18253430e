/**
 * All promises about bad input.
 *
 * @module
 */
import type { AgentHost } from "../../lib/render/agent_host.ts";
import { findAgents } from "../../lib/render/find_agents.ts";
import { agentProperty } from "./agent_property.ts";
import { CLUSTER_PROPERTIES } from "./cluster_properties.ts";
import { CONFIG_PROPERTIES } from "./config_properties.ts";
import { HINT_PROPERTIES } from "./hint_properties.ts";
import { LOG_PROPERTIES } from "./log_properties.ts";
import type { Property } from "./property.ts";
import { STATE_PROPERTIES } from "./state_properties.ts";

/** Those that need no agent. */
export const PROPERTIES: readonly Property[] = [
  ...CONFIG_PROPERTIES,
  ...CLUSTER_PROPERTIES,
  ...HINT_PROPERTIES,
  ...STATE_PROPERTIES,
  ...LOG_PROPERTIES,
];

/** Names of the agents that come with the program; one that is added is tried without a change here. */
export const AGENT_NAMES: readonly string[] = [...findAgents().keys()];

/** Makes the property of one of these agents. */
export async function propertyOfAgent(name: string, host: AgentHost): Promise<Property> {
  return agentProperty(await host.open(name, findAgents().get(name)!));
}
