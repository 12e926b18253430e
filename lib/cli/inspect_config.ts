/**
 * The configuration of commands that look at a node: that of its watcher, as far as it is given.
 *
 * @module
 */
import { CORE_SETTINGS, type CoreKey } from "../config/core_settings.ts";
import type { Config } from "../config/config.ts";
import { ConfigError, parseCore } from "../config/resolve.ts";
import type { NodeReport, Wanted } from "../inspect/node_report.ts";
import type { CommandContext } from "./command_definition.ts";
import { resolveToLook } from "./resolve_to_look.ts";

/** Settings that such commands take. */
export const INSPECT_SETTINGS = Object.keys(CORE_SETTINGS) as CoreKey[];

/** Says in the help how the watcher is found. */
export const INSPECT_HELP =
  "Asks the watcher that runs with the same settings, by its socket in the state folder; in its container the settings are the same " +
  "without saying anything. Where none runs, it looks at disk and API itself and tells what a watcher would do. Secrets are never shown.";

/** Resolves it. @throws {ConfigError} If any setting is missing or wrong. */
export async function resolveInspect(context: CommandContext): Promise<Config> {
  return await resolveToLook(context, context.file ? { rules: context.file.rules } : {});
}

/**
 * Makes what asks for reports. While the configuration file has mistakes, a running watcher goes on with what was in force before: then it is asked alone, and
 * the mistakes are noted.
 *
 * @returns Gives a report, of some containers or of all.
 * @throws {ConfigError} If any setting is missing or wrong, and no running watcher can be found without it.
 */
export async function reporter(context: CommandContext): Promise<(wanted?: Wanted) => Promise<NodeReport>> {
  const { commands, signal, file, given, terminal } = context;
  const problem = file && file.problems.length > 0 ? new ConfigError(file.problems) : undefined;
  try {
    if (problem) throw problem;
    const config = await resolveInspect(context);
    return (wanted) => commands.report(config, { wanted, signal });
  } catch (error) {
    const { statePath } = parseCore(given).values;
    if (!(error instanceof ConfigError) || !file || statePath === undefined) throw error;
    const ask = async (wanted?: Wanted) => {
      const report = await commands.ask(statePath, wanted);
      if (!report) throw error;
      return report;
    };
    await ask();
    await terminal.note(`warning: The running watcher goes on with what was in force before; ${error.message}`);
    return ask;
  }
}
