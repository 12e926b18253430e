/**
 * The command `audit`: logs that nobody ships, and logs that are shipped twice.
 *
 * @module
 */
import { parseCore } from "../config/resolve.ts";
import { type Audit, audit, type AuditFinding } from "../inspect/audit.ts";
import type { CommandDefinition } from "./command_definition.ts";
import { EXIT } from "./failure.ts";
import { INSPECT_HELP, INSPECT_SETTINGS, reporter } from "./inspect_config.ts";
import { listLogFiles } from "./log_files.ts";
import { showControls } from "./show_controls.ts";

/** Declares `audit`. */
export const auditCommand: CommandDefinition = {
  name: "audit",
  needs: ["read", "write", "run"],
  uses: ["net", "env"],
  summary: "Find log files on this node that no agent's configuration covers, or that two cover",
  description:
    `Lists the log files on disk by itself and compares them with what is configured: files that no agent covers, that two cover, and configured files that are ` +
    `missing. ${INSPECT_HELP} Exit code 0 if each log that no rule excludes is covered once, else 1: for alerts and CI.`,
  takesAgentNames: false,
  settings: INSPECT_SETTINGS,
  takesAgentSettings: true,
  takesFaultyFile: true,
  options: [
    { flag: "allow-double", help: "Take a log that several agents cover for covered: where that is meant" },
    { flag: "output", help: "Form of the output", choices: ["text", "json"] },
  ],
  examples: [["deno task start audit --allow-double", "in the watcher's container, with several agents"]],
  async execute({ options }, context) {
    const { terminal } = context;
    const report = await (await reporter(context))();
    const missing = new Map(report.agents.map((agent) => [agent.name, agent.missing ?? []]));
    const found = audit({ logs: listLogFiles(parseCore(context.given).values), report, missing });
    const isDoubleFine = options.has("allow-double");
    const bad = found.findings.filter(({ kind }) => kind !== "excluded" && !(kind === "double" && isDoubleFine));
    const text = options.get("output") === "json"
      ? JSON.stringify({ isGood: bad.length === 0, ...found }, null, 2) + "\n"
      : auditText(found, { isDoubleFine, isRunning: report.isRunning });
    await terminal.out(terminal.isOutScreen ? showControls(text) : text);
    return bad.length === 0 ? EXIT.fine : EXIT.failed;
  },
};

/** Writes an audit for people. */
export function auditText(
  { logs, covered, findings }: Audit,
  { isDoubleFine, isRunning }: { readonly isDoubleFine: boolean; readonly isRunning: boolean },
): string {
  const count = (kind: AuditFinding["kind"]) => findings.filter((one) => one.kind === kind).length;
  const doubles = count("double");
  const counts = [
    `${covered + (isDoubleFine ? doubles : 0)} covered`,
    `${count("uncovered")} not covered`,
    ...(isDoubleFine ? [] : [`${doubles} covered twice`]),
    `${count("excluded")} excluded`,
  ];
  const lines = findings.filter(({ kind }) => !(kind === "double" && isDoubleFine))
    .map(({ log, kind, reason }) => `${kind.padEnd(10)}${log}: ${reason}`);
  const source = isRunning ? "" : " (no watcher answers: compared with what one would write)";
  return [`${logs} log files: ${counts.join(", ")}${source}`, ...lines].join("\n") + "\n";
}
