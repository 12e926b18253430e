/**
 * Compares the log files that lie on a node with what is configured: those that nobody ships, and those that are shipped twice. Pure.
 *
 * @module
 */
import type { NodeReport } from "./node_report.ts";

/** A log file with something to say of it. */
export interface AuditFinding {
  readonly log: string;
  /** `lost` if a configured file is missing on disk. */
  readonly kind: "uncovered" | "double" | "excluded" | "lost";
  /** Sentence without a full stop. */
  readonly reason: string;
}

/** What an audit found. */
export interface Audit {
  /** Log files on disk. */
  readonly logs: number;
  /** Those that exactly one agent covers. */
  readonly covered: number;
  readonly findings: readonly AuditFinding[];
}

/** What is compared. */
export interface AuditInput {
  /** Live log files on disk, absolute, found without the watcher's help. */
  readonly logs: readonly string[];
  readonly report: NodeReport;
  /** Configured files and links that are not on disk, by agent. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** Kinds of what is found and not followed that are no mistake. */
export const DELIBERATE: ReadonlySet<string> = new Set(["sandbox", "not-kubernetes", "log-driver"]);

/** Compares. */
export function audit({ logs, report, missing }: AuditInput): Audit {
  const known = new Map(report.containers.map((container) => [container.log, container]));
  const findings: AuditFinding[] = [];
  let covered = 0;
  for (const log of logs) {
    const container = known.get(log);
    if (!container) {
      const note = report.notFollowed.find(({ path }) => path !== "" && (log === path || log.startsWith(`${path}/`)));
      const kind = note && DELIBERATE.has(note.code) ? "excluded" : "uncovered";
      findings.push({ log, kind, reason: note?.reason ?? "The watcher does not know it" });
    } else if (container.state === "excluded") {
      findings.push({ log, kind: "excluded", reason: container.reason });
    } else if (container.coveredBy.length === 0) {
      findings.push({
        log,
        kind: "uncovered",
        reason: container.state === "collected" ? noAgent(report) : container.reason,
      });
    } else if (container.coveredBy.length > 1) {
      findings.push({ log, kind: "double", reason: `It is covered by ${container.coveredBy.join(" and ")}` });
    } else covered++;
  }
  for (const [agent, paths] of missing) {
    for (const path of paths) {
      findings.push({ log: path, kind: "lost", reason: `Agent ${agent} wants it, and it is not on disk` });
    }
  }
  return { logs: logs.length, covered, findings };
}

function noAgent({ agents }: NodeReport): string {
  const failed = agents.filter(({ failure }) => failure !== "").map(({ name, failure }) => `${name}: ${failure}`);
  return failed.length > 0
    ? `No agent has it (${failed.join("; ")})`
    : "No agent has it: it was refused, or is for none that is selected";
}
