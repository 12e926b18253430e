/**
 * Makes a report of the node: asks the running watcher, or looks by itself.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { type InspectedAgent, type NodeReport, nodeReport, type Wanted } from "../inspect/node_report.ts";
import { targetsFor } from "../join/targets_for.ts";
import type { AgentHost } from "../render/agent_host.ts";
import { AgentRenderer } from "../render/agent_renderer.ts";
import { logRootsOf } from "./agent_places.ts";
import type { ReportOptions } from "./commands.ts";
import { originsOf } from "./explained_rules.ts";
import { listIfPossible } from "./list_once.ts";
import { joinSubject, realSubject } from "./node_subject.ts";
import { askForReport, socketPath } from "./report_socket.ts";
import { rulesOf } from "./rules_of.ts";
import { SecretMark } from "./secret_mark.ts";
import { VERSION } from "./version.ts";

/** Asks the watcher that runs with this configuration; where there is none, looks at disk and API and renders what one would write. */
export async function report(config: Config, { wanted, signal }: ReportOptions, host: AgentHost): Promise<NodeReport> {
  const running = await askForReport(socketPath(config), wanted);
  return running ?? await lookOnce(config, { wanted, signal, host });
}

async function lookOnce(
  config: Config,
  { wanted, signal, host }: {
    readonly wanted: Wanted | undefined;
    readonly signal: AbortSignal;
    readonly host: AgentHost;
  },
): Promise<NodeReport> {
  const subject = await realSubject(config, signal, listIfPossible);
  const joined = joinSubject(subject, config);
  const mark = new SecretMark();
  const agents: InspectedAgent[] = [];
  for (const agent of config.agents) {
    const { name, folder } = agent.description;
    const targets = targetsFor(name, joined.targets, rulesOf(config));
    try {
      const opened = await host.open(name, folder);
      const options = { node: subject.node, settings: mark.settingsOf(agent), logRoots: logRootsOf(config) };
      const rendering = await new AgentRenderer({ ...opened, ...options }).render(targets, { signal });
      agents.push({ name, failure: "", rendered: { targets, rendering } });
    } catch (error) {
      agents.push({ name, failure: (error as Error).message, rendered: undefined });
    }
  }
  const known = { discovery: subject.discovery, joined, since: new Map<string, number>() };
  const about = {
    program: VERSION,
    isRunning: false,
    node: subject.node.name,
    api: subject.source,
    hasPods: subject.pods.hasSynced,
  };
  return mark.reveal(nodeReport({ ...about, ...known, agents, origins: originsOf(config, subject.hints) }, wanted));
}
