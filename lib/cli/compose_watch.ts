/**
 * Runs `watch`: with one configuration after the other where the configuration file changes.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { createLog, type Log } from "../observe/log.ts";
import type { AgentHost } from "../render/agent_host.ts";
import type { WatchOptions } from "./commands.ts";
import { Watcher } from "./watcher.ts";

/**
 * Keeps the agents' files true until the signal.
 *
 * @returns The exit code: 0, or with `once` 1 if anything failed.
 */
export async function watch(config: Config, options: WatchOptions, host: AgentHost): Promise<number> {
  const { once, signal, late: lateAgents = new Map() } = options;
  const log = createLog({
    level: config.isDebug ? "debug" : config.logLevel ?? "info",
    format: config.logFormat,
    color: config.logFormat === "text" && Deno.stderr.isTerminal() && !Deno.noColor,
  });
  const parts = { log, host, lateAgents };
  if (once || !options.file || config.configPath === undefined) {
    return await watchOne(config, { once, signal, ...parts, isFileRefused: () => false });
  }
  const { text: applied, reconfigure } = options.file;
  const { watchConfigFile } = await import("./watch_config_file.ts");
  await using file = watchConfigFile({ path: config.configPath, applied, reconfigure, log, signal });
  for (let inForce: Config | undefined, next = config;;) {
    const changed = file.next();
    try {
      const exitCode = await watchOne(next, {
        ...parts,
        once,
        signal: AbortSignal.any([signal, changed.signal]),
        isFileRefused: () => next === inForce || file.isRefused,
      });
      inForce = next;
      if (signal.aborted || !changed.config) return exitCode;
      next = changed.config;
      log.info("The configuration file was changed, and what it says is in force now", { path: config.configPath });
    } catch (error) {
      if (inForce === undefined || next === inForce) throw error;
      log.error(`${(error as Error).message}; the configuration from before stays in force`);
      next = inForce;
    }
  }
}

/** Watches with one configuration, until the signal. */
async function watchOne(
  config: Config,
  { once, signal, log, host, lateAgents, isFileRefused }: {
    readonly once: boolean;
    readonly signal: AbortSignal;
    readonly log: Log;
    readonly host: AgentHost;
    readonly lateAgents: NonNullable<WatchOptions["late"]>;
    readonly isFileRefused: () => boolean;
  },
): Promise<number> {
  await using resources = new AsyncDisposableStack();
  // One pass alone has no later one to wait for.
  const waitMs = once || config.api.kind === "none" ? 0 : config.podWaitMs;
  const watcher = await Watcher.open(config, { log, host, resources, waitMs, lateAgents, isFileRefused });
  const stop = new AbortController();
  const running = watcher.start(AbortSignal.any([signal, stop.signal]));
  let exitCode: number | void;
  try {
    // What runs beside the passes ends at the signal only, or by an error that nothing was meant to survive.
    exitCode = await Promise.race([once ? watcher.once(signal) : watcher.run(signal), running]);
  } finally {
    stop.abort();
    await running;
  }
  log.info("Stopped");
  return exitCode ?? 0;
}
