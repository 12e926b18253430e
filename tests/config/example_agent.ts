/**
 * An agent description with a setting of every type, for tests.
 *
 * @module
 */
import type { Settings } from "../../lib/render/agent.ts";
import type { AgentDescription } from "../../lib/render/agent_description.ts";

/** Settings of every type. */
export const EXAMPLE_SETTINGS = {
  apiKey: { env: "WATCHER_EXAMPLE_API_KEY", type: "string", help: "The key", required: true, secret: true },
  destPath: { env: "WATCHER_EXAMPLE_DEST_PATH", type: "directory", help: "The folder", required: true },
  configPath: {
    env: "WATCHER_EXAMPLE_CONFIG_PATH",
    type: "file",
    help: "The file",
    default: "/etc/example//agent.conf",
  },
  journal: { env: "WATCHER_EXAMPLE_JOURNAL", type: "path", help: "The journal" },
  rate: { env: "WATCHER_EXAMPLE_RATE", type: "integer", help: "The rate", default: 10 },
  profile: { env: "WATCHER_EXAMPLE_PROFILE", type: "boolean", help: "The switch", default: false },
  fields: { env: "WATCHER_EXAMPLE_FIELDS", type: "object", help: "The fields" },
  server: { env: "WATCHER_EXAMPLE_SERVER", type: "string", help: "The server" },
} as const satisfies Settings;

/** Describes an agent. */
export function describeAgent(name: string, settings: Settings): AgentDescription {
  return {
    name,
    folder: `/agents/${name}`,
    summary: `Agent ${name}`,
    settings,
    outputs: {},
    languages: {},
    expresses: [],
    minSecondsBetweenWrites: 0.25,
  };
}

/** The example agent. */
export const EXAMPLE = describeAgent("example", EXAMPLE_SETTINGS);
