/**
 * The real work behind the commands.
 *
 * @module
 */
import { AgentHost } from "../render/agent_host.ts";
import { findAgents } from "../render/find_agents.ts";
import type { Commands } from "./commands.ts";

/** Commands that own processes and folders until they are disposed of. */
export type ComposedCommands = Commands & AsyncDisposable;

/** Composes the commands; what only one of them needs is loaded when it runs. */
export function composeCommands(): ComposedCommands {
  const host = new AgentHost();
  return {
    knownAgents: (agentsPath) => Promise.resolve(findAgents(agentsPath)),
    describe: (folders) =>
      Promise.all([...folders].map(async ([name, folder]) => (await host.open(name, folder)).description)),
    watch: async (config, options) => await (await import("./compose_watch.ts")).watch(config, options, host),
    preview: async (config, options) => await (await import("./compose_preview.ts")).preview(config, options, host),
    openPage: async (configured, options) =>
      await (await import("./compose_page.ts")).openPage(configured, options, host),
    report: async (config, options) => await (await import("./compose_report.ts")).report(config, options, host),
    ask: async (statePath, wanted) => {
      const { askForReport, socketPath } = await import("./report_socket.ts");
      return await askForReport(socketPath({ agents: [], statePath }), wanted);
    },
    checkAgent: async (config, options) =>
      await (await import("./compose_agent_check.ts")).checkAgent(config, options, host),
    record: async (config, { signal }) => await (await import("./node_subject.ts")).recordNode(config, signal),
    demo: async (config, options) => await (await import("./compose_demo.ts")).demo(config, options),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}
