/**
 * Keeps outputs out of the folders that are watched for logs.
 *
 * @module
 */
import type { AgentConfig } from "./config.ts";
import type { CoreValues } from "./core_settings.ts";

/** Folders that belong to the runtimes and the kubelet. */
const LOG_FOLDERS = [
  ["containersPath", "WATCHER_CONTAINERS_PATH"],
  ["podLogsPath", "WATCHER_POD_LOGS_PATH"],
  ["containerLinksPath", "WATCHER_CONTAINER_LINKS_PATH"],
] as const;

/**
 * Finds destinations that lie in a folder of logs: the kubelet removes what it does not know there, and every write would look like a
 * change of the logs. Compares paths as they are written, with `.` and `..` taken out.
 * @returns One sentence without a full stop for each.
 */
export function findOutputsAmongLogs(agents: readonly AgentConfig[], core: CoreValues): readonly string[] {
  return agents.flatMap(({ description, settings }) =>
    Object.entries(description.settings)
      .filter(([, { type }]) => type === "directory" || type === "file")
      .flatMap(([name, { env }]) => {
        const path = settings[name];
        const among = LOG_FOLDERS.find(([key]) => typeof path === "string" && `${path}/`.startsWith(`${core[key]}/`));
        if (!among) return [];
        const [key, variable] = among;
        return [`${env} is "${path}", expected a place outside of ${core[key]} (${variable}), which holds logs alone`];
      })
  );
}
