/**
 * The report of a running watcher.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { HintReader } from "../hints/hint_reader.ts";
import { type NodeReport, nodeReport, type Wanted } from "../inspect/node_report.ts";
import type { AgentLane } from "../reconcile/agent_lane.ts";
import type { Controller } from "../reconcile/controller.ts";
import type { Rendered } from "../render/rendered.ts";
import { originsOf } from "./explained_rules.ts";
import { VERSION } from "./version.ts";

/** What a report is read from. */
export interface RunningParts {
  readonly config: Config;
  readonly controller: Pick<Controller, "observation" | "since">;
  readonly lanes: readonly Pick<AgentLane, "agent" | "generations" | "failure" | "rendered" | "hasFailed">[];
  readonly late: { readonly names: readonly string[] };
  readonly hints: Pick<HintReader, "sources">;
  readonly api: string;
  readonly hasPods: () => boolean;
}

/** Makes the report; secrets are left out of it. */
export function runningReport(
  { config, controller, lanes, late, hints, api, hasPods }: RunningParts,
  wanted: Wanted | undefined,
): NodeReport {
  const { discovery = NOTHING, joined = NOBODY } = controller.observation ?? {};
  const agents = lanes.map(({ agent, generations, failure, hasFailed, rendered }) => ({
    name: agent,
    generations,
    failure: failure || (hasFailed ? "Some file or container failed; see the watcher's log" : ""),
    rendered,
    missing: missingOf(rendered?.rendering.wanted ?? []),
  }));
  const closed = late.names.map((name) => ({
    name,
    failure: "It cannot be opened; see the watcher's log",
    rendered: undefined,
  }));
  const about = { program: VERSION, isRunning: true, node: config.node.name, api, hasPods: hasPods() };
  const report = nodeReport(
    {
      ...about,
      discovery,
      joined,
      since: controller.since,
      agents: [...agents, ...closed],
      origins: originsOf(config, hints),
    },
    wanted,
  );
  return withoutSecrets(report, config);
}

function missingOf(wanted: readonly Rendered[]): readonly string[] {
  return wanted.flatMap(({ path }) => {
    try {
      Deno.lstatSync(path);
      return [];
    } catch {
      return path;
    }
  });
}

const NOTHING = { containers: [], notFollowed: [], isComplete: false };
const NOBODY = {
  targets: [],
  statuses: [],
  problems: [],
  memory: new Map(),
  dropped: [],
  nextDueMs: undefined,
  hintsEpoch: 0,
};

/** Hides secrets in what comes from agents: they may have put them into the entry of a container, or into a message. */
function withoutSecrets(report: NodeReport, { agents }: Config): NodeReport {
  const secrets = agents.flatMap(({ secrets, settings }) => secrets.map((name) => settings[name]))
    .filter((value) => typeof value === "string" && value !== "") as string[];
  if (secrets.length === 0) return report;
  const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
  const hide = (text: string) =>
    secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "***").replaceAll(inJson(secret), "***"), text);
  return {
    ...report,
    agents: report.agents.map(({ failure, missing, ...agent }) => ({
      ...agent,
      failure: hide(failure),
      ...(missing ? { missing: missing.map(hide) } : {}),
    })),
    containers: report.containers.map((container) => ({
      ...container,
      agents: container.agents.map((part) => ({
        ...part,
        reason: hide(part.reason),
        files: part.files.map(hide),
        entries: part.entries.map(({ path, text }) => ({ path: hide(path), text: hide(text) })),
        warnings: part.warnings.map(hide),
        unexpressed: part.unexpressed.map(hide),
      })),
    })),
  };
}
