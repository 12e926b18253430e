/**
 * The blocks of agent.json for the node's journal.
 *
 * @module
 */
import type { Scope } from "../../lib/render/agent.ts";

/** Settings that decide. */
interface JournaldSettings {
  readonly journald: boolean;
  readonly journaldAttributes: Readonly<Record<string, unknown>> | undefined;
  readonly journaldExtraFields: Readonly<Record<string, unknown>> | undefined;
  readonly journaldPath: string | undefined;
  readonly journaldWriteRate: number;
  readonly journaldWriteBurst: number;
}

/** Makes `monitors` and `journald_logs`; both empty where the journal is not shipped. */
export function journald(
  { node, settings }: { node: Scope["node"]; settings: JournaldSettings },
): { monitors: object[]; journaldLogs: object[] } {
  if (!settings.journald) return { monitors: [], journaldLogs: [] };
  const fields = texts(settings.journaldExtraFields ?? {});
  const monitor = {
    module: "scalyr_agent.builtin_monitors.journald_monitor",
    // Not written when unset: Scalyr refuses the whole file when the folder is not there.
    ...(settings.journaldPath ? { journal_path: settings.journaldPath } : {}),
    monitor_log_write_rate: settings.journaldWriteRate,
    monitor_log_max_write_burst: settings.journaldWriteBurst,
    ...(Object.keys(fields).length > 0 ? { journal_fields: fields } : {}),
  };
  const attributes = {
    ...texts(settings.journaldAttributes ?? {}),
    ...(node.clusterId ? { cluster: node.clusterId } : {}),
    node: node.name,
  };
  return { monitors: [monitor], journaldLogs: [{ journald_unit: ".*", parser: "journald_monitor", attributes }] };
}

/** Makes all values text: Scalyr refuses the whole file for an attribute that is true, a list or an object. */
function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null)
      .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
